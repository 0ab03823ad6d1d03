"""Looking up: which items many alerts are about, in a few statements."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from app.database.client import Reader
from app.events import directory
from app.events.identifiers import KEYED, KINDS
from app.events.match_rules import CompiledRules, MatchRule, compiled
from app.events.matching import Directory, Subject, find, match, pairs_to_ask
from app.events.model import Alert, Clue, Match, MatchTier, ReportedWindow
from app.topology.sight import EVERYTHING, Sight

MatchedWindow = tuple[ReportedWindow, tuple[str, ...]]
"""A downtime or a silence, and the keys of the items it is about."""


async def matches_of(reader: Reader, alerts: Sequence[Alert]) -> tuple[Match, ...]:
    """The item each alert means, as of when it began: six statements at most, however many there are."""
    return await matches_of_subjects(reader, [Subject(one.clues, one.labels, one.starts_at) for one in alerts])


async def matches_of_subjects(
    reader: Reader, subjects: Sequence[Subject], sight: Sight = EVERYTHING
) -> tuple[Match, ...]:
    """The item each subject is about, as if there were no others than those that are seen."""
    if not subjects:
        return ()
    known = (await directory_for(reader, subjects)).within(sight)
    found = [find(subject, known) for subject in subjects]
    pairs = {pair for findings in found for pair in pairs_to_ask(findings)}
    related = await directory.standing_on(reader, pairs) if pairs else frozenset()
    return tuple(match(findings, related) for findings in found)


async def windows_matched(reader: Reader, windows: Sequence[ReportedWindow]) -> tuple[MatchedWindow, ...]:
    """Downtimes and silences, each with the key of the item it is about, if that is known."""
    matches = await matches_of_subjects(reader, [Subject(window.clues, {}) for window in windows])
    return tuple((window, (one.key,) if one.key else ()) for window, one in zip(windows, matches, strict=True))


async def directory_for(reader: Reader, subjects: Sequence[Subject]) -> Directory:
    """All that is known of what these subjects say: five queries at most, however many there are."""
    rules = _compiled(await directory.match_rules(reader))
    clues = {clue for subject in subjects for clue in subject.clues}
    identifiers = {(kind, clue.value) for clue in clues for kind in _kinds(clue)}
    names = {clue.value for clue in clues if clue.tier is MatchTier.HOSTNAME}
    keys = {clue.value for clue in clues if clue.tier in KEYED}
    keys |= {key for subject in subjects for key in rules.keys(subject.clues, subject.labels)}
    identified = await directory.items_identified_by(reader, identifiers) if identifiers else {}
    short_names = await directory.items_with_short_name(reader, names) if names else {}
    known = await directory.items_with_keys(reader, keys) if keys else frozenset()
    found = known.union(one.key for bearers in identified.values() for one in bearers)
    asked = found if any(subject.environment for subject in subjects) else ()
    environments = await directory.environments_of(reader, asked) if asked else {}
    return Directory(identified, short_names, known, rules, environments)


@lru_cache(maxsize=1)
def _compiled(rules: tuple[MatchRule, ...]) -> CompiledRules:
    return compiled(rules)


def _kinds(clue: Clue) -> Collection[str]:
    return (clue.kind,) if clue.tier is MatchTier.VENDOR and clue.kind else KINDS.get(clue.tier, ())
