"""A change of the graph, as the journal keeps it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write: `touched` items changed or changed their outgoing edges, `removed` ones are gone.

    `mark` is its own and `follows` that of the write before it; both are `None` where an older Underpin wrote.
    """

    version: int
    touched: tuple[str, ...]
    removed: tuple[str, ...]
    mark: str | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where the writes stand: the graph's version and mark, our transactions, and all of them as the server counts.

    `database` and `committed` are `None` where the server does not tell. `committed` was read after `writes`: what is
    committed between the two, or is in the middle of it, shows in one of them before the other.
    """

    version: int
    mark: str | None
    writes: int
    database: str | None = None
    committed: int | None = None

    @property
    def name(self) -> tuple[int, str | None]:
        """The version and its mark, which no two graphs share."""
        return self.version, self.mark

    @property
    def others(self) -> int | None:
        """How many transactions are not ours."""
        return None if self.committed is None else self.committed - self.writes

    def is_foreign_since(self, before: "Position") -> bool:
        """Whether others have committed since `before`, or the database is another one."""
        if self.others is None or before.others is None:
            return False
        if self.others < before.others:
            # One of ours that the server has not closed yet; without a newer one, a backup was put in its place.
            return self.writes <= before.writes or self.database != before.database
        return self.others > before.others or self.database != before.database


@dataclass(frozen=True, slots=True)
class Span:
    """Where an instant falls in the journal: the last `version` written by then, if the journal still has it.

    The journal begins with the version `first`, written at `first_at`; both are `None` where nothing was ever written.
    """

    version: int | None
    first: int | None
    first_at: datetime | None
