"""A change of the graph, as the journal keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write: `touched` items changed or changed their outgoing edges, `removed` ones are gone."""

    version: int
    touched: tuple[str, ...]
    removed: tuple[str, ...]
