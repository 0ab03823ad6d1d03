"""Matching: what an alert says about its origin, typed and normalised, looked up in ranked tiers.

The first tier in which anything is found decides: one item is the match, several are ambiguous and never guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.database.client import Reader
from app.events import store
from app.events.identifiers import KEYED, KINDS
from app.events.model import Alert, Clue, Match, MatchTier


@dataclass(frozen=True, slots=True)
class Directory:
    """What the store knows of some clues."""

    identified: Mapping[tuple[str, str], tuple[str, ...]]
    short_names: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]

    def items(self, clue: Clue) -> set[str]:
        """The keys of the items a clue may mean."""
        found: set[str] = set()
        for kind in KINDS.get(clue.tier, ()):
            found.update(self.identified.get((kind, clue.value), ()))
        if clue.tier is MatchTier.HOSTNAME:
            found.update(self.short_names.get(clue.value, ()))
        if clue.tier in KEYED and clue.value in self.keys:
            found.add(clue.value)
        return found


async def directory_for(reader: Reader, clues: Iterable[Clue]) -> Directory:
    """Look up all clues of a delivery at once: three queries, however many alerts."""
    clues = list(clues)
    identifiers = {(kind, clue.value) for clue in clues for kind in KINDS.get(clue.tier, ())}
    names = {clue.value for clue in clues if clue.tier is MatchTier.HOSTNAME}
    keys = {clue.value for clue in clues if clue.tier in KEYED}
    return Directory(
        await store.items_identified_by(reader, identifiers) if identifiers else {},
        await store.items_with_short_name(reader, names) if names else {},
        await store.items_with_keys(reader, keys) if keys else frozenset(),
    )


def match(clues: Sequence[Clue], directory: Directory) -> Match:
    """The item the clues mean. Pure."""
    for tier in MatchTier:
        found: dict[str, str] = {}
        for clue in clues:
            if clue.tier is tier:
                found |= dict.fromkeys(directory.items(clue), clue.value)
        if len(found) == 1:
            ((key, identifier),) = found.items()
            return Match(key, tier, identifier)
        if found:
            return Match(None, tier, None, tuple(sorted(found)))
    return Match()


async def matches_of(reader: Reader, alerts: Sequence[Alert]) -> tuple[Match, ...]:
    """The item each alert means."""
    if not alerts:
        return ()
    directory = await directory_for(reader, (clue for alert in alerts for clue in alert.clues))
    return tuple(match(alert.clues, directory) for alert in alerts)
