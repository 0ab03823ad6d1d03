"""Matching: what an alert says about its origin, typed and normalised, looked up in ranked tiers. Pure.

The first tier in which anything is found decides: one item is the match, several are ambiguous and never guessed. But
where one of them stands on all the others, the alert is about that one, and they are its context; and where an alert
names a host and also a service that stands on this host, it is about the service.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import permutations

from app.events.identifiers import KEYED, KINDS
from app.events.match_rules import NO_RULES, CompiledRules
from app.events.model import Clue, Match, MatchTier, TraceStep

MAX_TRACE = 20
MAX_FOUND = 20
MAX_RELATED = 6
"""Among more candidates than this none is looked for that stands on the others."""
_SERVICES = (
    MatchTier.KUBERNETES,
    MatchTier.SCOPED_SERVICE,
    MatchTier.SERVICE,
    MatchTier.ALIAS,
    MatchTier.JOB,
)
_HOSTS = (
    MatchTier.SERIAL,
    MatchTier.CLOUD,
    MatchTier.FQDN,
    MatchTier.MAC,
    MatchTier.SCOPED_IP,
    MatchTier.HOSTNAME,
    MatchTier.IP,
)
Pair = tuple[str, str]
"""An item, and one on which it may stand."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """An item that carries an identifier, or carried it from one instant until before another."""

    key: str
    since: datetime | None = None
    until: datetime | None = None

    def carries(self, at: datetime | None) -> bool:
        """Whether it carries it at an instant; `None` is now."""
        if at is None:
            return self.until is None
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Directory:
    """What is known of some clues: who bears which identifier, which short names and keys there are, and the rules."""

    identified: Mapping[tuple[str, str], tuple[Bearer, ...]]
    short_names: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]
    rules: CompiledRules = NO_RULES

    def items(self, clue: Clue, at: datetime | None = None) -> set[str]:
        """The keys of the items a clue may mean at an instant, now if none is given."""
        kinds = (clue.kind,) if clue.tier is MatchTier.VENDOR and clue.kind else KINDS.get(clue.tier, ())
        found = {key for kind in kinds for key in self._bearers(kind, clue.value, at)}
        if clue.tier is MatchTier.HOSTNAME:
            found.update(self.short_names.get(clue.value, ()))
        if clue.tier in KEYED and clue.value in self.keys:
            found.add(clue.value)
        return found

    def _bearers(self, kind: str, value: str, at: datetime | None) -> list[str]:
        bearers = self.identified.get((kind, value), ())
        then = [one.key for one in bearers if one.carries(at)]
        # An alert may be older than what we know of the estate.
        return then or [one.key for one in bearers if one.carries(None)]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be matched: the clues of an alert, its labels, and since when it lasts."""

    clues: tuple[Clue, ...]
    labels: Mapping[str, str]
    at: datetime | None = None


def pairs_to_ask(subject: Subject, directory: Directory) -> Iterable[Pair]:
    """Of which items it has to be known whether they stand on each other before the subject can be matched."""
    found = _found(subject, directory)
    decisive = next(iter(found), None)
    if decisive is None:
        return
    if 1 < len(found[decisive]) <= MAX_RELATED:
        yield from permutations(sorted(found[decisive]), 2)
    elif decisive in _HOSTS and (service := _only_service(found, found[decisive])):
        yield from ((service, host) for host in sorted(found[decisive]))


def match(subject: Subject, directory: Directory, standing_on: frozenset[Pair] = frozenset()) -> Match:
    """The item the subject is about; `standing_on` are those of the pairs asked for that hold."""
    found = _found(subject, directory)
    decisive = next(iter(found), None)
    if decisive is None:
        return Match(trace=_trace(subject, directory, found, "nothing of this name"))
    keys = set(found[decisive])
    tier, child = decisive, _child(keys, standing_on)
    service = _only_service(found, keys) if decisive in _HOSTS and child is not None else None
    if service is not None and all((service, host) in standing_on for host in keys):
        tier = next(one for one in _SERVICES if service in found.get(one, {}))
        child, keys = service, keys | {service}
    if child is None:
        trace = _trace(subject, directory, found, "several items: ambiguous", decisive)
        return Match(None, decisive, None, tuple(sorted(keys)), trace=trace)
    trace = _trace(subject, directory, found, "the match", tier)
    return Match(child, tier, found[tier][child], context=tuple(sorted(keys - {child})), trace=trace)


def _found(subject: Subject, directory: Directory) -> dict[MatchTier, dict[str, str]]:
    """Of each tier in which anything is found, in turn, the items and what each was found by."""
    found: dict[MatchTier, dict[str, str]] = {}
    for clue in subject.clues:
        for key in directory.items(clue, subject.at):
            found.setdefault(clue.tier, {}).setdefault(key, clue.value)
    for key, rule in directory.rules.items(subject.clues, subject.labels).items():
        found.setdefault(MatchTier.RULE, {})[key] = rule
    return {tier: found[tier] for tier in MatchTier if tier in found}


def _only_service(found: Mapping[MatchTier, Mapping[str, str]], hosts: Iterable[str]) -> str | None:
    """The one item that the strongest tier of services means, if it is none of the hosts."""
    services = next((found[tier] for tier in _SERVICES if tier in found), {})
    return next(iter(services)) if len(services) == 1 and not services.keys() & set(hosts) else None


def _child(keys: set[str], standing_on: frozenset[Pair]) -> str | None:
    """The item that stands on all the others, and none of them on it."""
    children = [
        one
        for one in sorted(keys)
        if all(other == one or ((one, other) in standing_on and (other, one) not in standing_on) for other in keys)
    ]
    return children[0] if len(children) == 1 else None


def _trace(
    subject: Subject,
    directory: Directory,
    found: Mapping[MatchTier, Mapping[str, str]],
    outcome: str,
    decisive: MatchTier | None = None,
) -> tuple[TraceStep, ...]:
    steps: list[TraceStep] = []
    order = {tier: place for place, tier in enumerate(MatchTier)}
    for clue in sorted(subject.clues, key=lambda clue: order[clue.tier])[:MAX_TRACE]:
        items = tuple(sorted(directory.items(clue, subject.at)))[:MAX_FOUND]
        if not items:
            said = "nothing of this name"
        elif clue.tier is decisive:
            said = outcome
        else:
            said = "passed over: another tier decides"
        steps.append(TraceStep(clue, items, said))
    for key, rule in sorted(found.get(MatchTier.RULE, {}).items())[:MAX_FOUND]:
        said = outcome if decisive is MatchTier.RULE else "passed over: another tier decides"
        steps.append(TraceStep(Clue(MatchTier.RULE, rule), (key,), said))
    return tuple(steps)
