"""A change of the graph, as the journal keeps it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write: `touched` items changed or changed their outgoing edges, `removed` ones are gone."""

    version: int
    touched: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Where an instant falls in the journal: the last `version` written by then, if the journal still has it.

    The journal begins with the version `first`, written at `first_at`; both are `None` where nothing was ever written.
    """

    version: int | None
    first: int | None
    first_at: datetime | None
