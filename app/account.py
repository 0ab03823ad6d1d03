"""What a transaction says it changes, for whoever keeps account of writes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SHOWN = 100
"""Of so many of the things that one transaction changes it has to say how they were and are."""


@dataclass(frozen=True, slots=True)
class Told:
    """How something was before and is after; `None` where there was nothing, or is nothing any more."""

    key: str
    before: object
    after: object


@dataclass(slots=True)
class Account:
    """Grows while the transaction runs; it is empty while nothing is changed."""

    keys: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def tell(self, key: str, *, before: object = None, after: object = None) -> None:
        """Say what is changed: a dataclass or a mapping, of which only the differences are kept."""
        self.tell_many([key], [Told(key, before, after)])

    def tell_many(self, keys: Sequence[str], told: Iterable[Told]) -> None:
        """Name everything that is changed, and say of the first `SHOWN` how they were and are."""
        self.keys += keys
        self.told += told
