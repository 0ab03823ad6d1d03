"""The words of the audit."""

from dataclasses import dataclass
from datetime import datetime

from app.auth.model import Caller

CLI = "cli"


@dataclass(frozen=True, slots=True)
class Act:
    """What a caller is about to do, in the word of the interface, and from where: an address, or `CLI`."""

    caller: Caller
    origin: str
    action: str


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: an entry's number and hash; 0 and nothing before the first."""

    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The link that the kept entries follow, and the last one."""

    start: Link
    head: Link


@dataclass(frozen=True, slots=True)
class Entry:
    """What a caller did. `keys` are the first of `key_count`, and `keys_digest` is made of all of them.

    `details` is JSON: `changes` with what differs of each `before` and `after`, or what was `asked`, and how many
    changes were `omitted` for their size.
    """

    number: int
    at: datetime
    caller: str
    role: str
    origin: str
    action: str
    keys: tuple[str, ...]
    key_count: int
    keys_digest: str
    details: str
    previous: str
    hash: str = ""

    @property
    def link(self) -> Link:
        """Its place in the chain."""
        return Link(self.number, self.hash)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are listed; parts combine with AND. `since` counts, `until` does not."""

    caller: str | None = None
    action: str | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None
