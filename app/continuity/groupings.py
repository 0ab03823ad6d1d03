"""Concentration by attributes that callers name: everything with the same value of one is something to rest on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.continuity.concentration import Concentration, groups
from app.continuity.current import Held, Result
from app.continuity.reliance import Reliance
from app.continuity.weak_points_store import attributed_items
from app.database.client import Reader
from app.errors import InvalidInput
from app.topology.graph import Graph

# To read who has an attribute takes a look at every item, so what was asked last is kept.
_KEPT = 5


@dataclass(frozen=True, eq=False)
class Grouped:
    """One version of the estate, and the keys of the items that have each value of an attribute."""

    reliance: Reliance
    values: Mapping[str, Sequence[str]]

    @property
    def graph(self) -> Graph:
        """The version's graph."""
        return self.reliance.graph

    def concentration(self) -> Concentration:
        """How the business rests on each value."""
        return self.reliance.on(groups(self.graph, self.values))


class Groupings:
    """The concentrations of one database by attributes; whoever is first to name one waits for it."""

    def __init__(
        self,
        reader: Reader,
        current: Callable[[], Awaitable[Reliance]],
        clock: Callable[[], datetime],
        *,
        most_values: int,
    ) -> None:
        self._reader = reader
        self._current = current
        self._clock = clock
        self._most_values = most_values
        self._held: dict[str, Held[Grouped, Concentration]] = {}

    async def by(self, attribute: str) -> Result[Concentration]:
        """How the business rests on each value of an attribute, a moment behind the estate.

        Raises:
            InvalidInput: it has too many values.
            Unavailable: Neo4j did not answer.
        """
        held = self._held.pop(attribute, None) or self._begin(attribute)
        self._held[attribute] = held
        while len(self._held) > _KEPT:
            self._held.pop(next(iter(self._held)))
        return await held.renewed()

    def _begin(self, attribute: str) -> Held[Grouped, Concentration]:
        newest: Grouped | None = None

        async def current() -> Grouped:
            nonlocal newest
            reliance = await self._current()
            if newest is None or newest.reliance is not reliance:
                newest = Grouped(reliance, await self._values(attribute))
            return newest

        return Held(f"concentrations by {attribute}", Grouped.concentration, current, self._clock)

    async def _values(self, attribute: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, attributes in (await attributed_items(self._reader, _json(attribute))).items():
            for value in _texts(attributes.get(attribute)):
                found.setdefault(value, []).append(key)
        if len(found) > self._most_values:
            raise InvalidInput(
                f"attribute {attribute!r} has {len(found):,} values, and at most {self._most_values:,} are compared; "
                "name one that groups more items"
            )
        return found


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _texts(value: object) -> set[str]:
    """A value as text, of a list each; what has parts is none."""
    if isinstance(value, list):
        return {text for one in value for text in _texts(one)}
    if value is None or isinstance(value, dict):
        return set()
    return {value if isinstance(value, str) else _json(value)}
