"""Matching: what an alert says about its origin, typed and normalised, looked up in ranked tiers. Pure.

The first tier in which anything is found decides: one item is the match, several are ambiguous and never guessed. But
where one of them stands on all the others, the alert is about that one, and they are its context; and where an alert
names a host and also a service that stands on this host, it is about the service. A rule about a domain stands in for
a host that is not known, one about a network for anything at all: an exact name is longer than any pattern. What a
service is called in one environment is nothing in another: an alert of `dev` is never about an item of production.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import permutations

from app.events.identifiers import KEYED, KINDS, RANK, environment, environment_of
from app.events.match_rules import NO_RULES, CompiledRules
from app.events.model import Clue, Match, MatchTier, TraceStep
from app.topology.sight import Sight

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
_WEAKER_THAN_DOMAINS = {MatchTier.SCOPED_SERVICE, MatchTier.SERVICE, MatchTier.ALIAS, MatchTier.JOB}
_PASSED_OVER = "passed over: another tier decides"
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
    """What is known of some clues: who bears which identifier, which short names and keys there are, the rules, and the
    environments of those items that say theirs."""

    identified: Mapping[tuple[str, str], tuple[Bearer, ...]]
    short_names: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]
    rules: CompiledRules = NO_RULES
    environments: Mapping[str, str] = field(default_factory=dict)

    def items(self, clue: Clue, at: datetime | None = None) -> set[str]:
        """The keys of the items a clue may mean at an instant, now if none is given."""
        kinds = (clue.kind,) if clue.tier is MatchTier.VENDOR and clue.kind else KINDS.get(clue.tier, ())
        found = {key for kind in kinds for key in self._bearers(kind, clue.value, at)}
        if clue.tier is MatchTier.HOSTNAME:
            found.update(self.short_names.get(clue.value, ()))
        if clue.tier in KEYED and clue.value in self.keys:
            found.add(clue.value)
        return found

    def within(self, sight: Sight) -> "Directory":
        """What is known to somebody who sees so much of the estate, as if the rest were not there."""
        if not sight.is_limited:
            return self
        return replace(
            self,
            identified={
                name: tuple(one for one in bearers if sight.sees(one.key)) for name, bearers in self.identified.items()
            },
            short_names={name: sight.among(keys) for name, keys in self.short_names.items()},
            keys=frozenset(sight.among(self.keys)),
        )

    def look_up(self, clue: Clue, subject: "Subject") -> "LookedUp":
        """The items a clue of a subject may mean, and those of that name in another environment than its own."""
        keys = sorted(self.items(clue, subject.at))
        here = subject.environment if clue.tier in _SERVICES else None
        elsewhere = [key for key in keys if here is not None and environment(self.environments.get(key, here)) != here]
        return LookedUp(clue, [key for key in keys if key not in elsewhere], elsewhere)

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

    @property
    def environment(self) -> str | None:
        """The environment it says it comes from."""
        return environment_of(self.labels)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A clue, the keys of the items it may mean, and of those of this name in another environment."""

    clue: Clue
    keys: Sequence[str]
    elsewhere: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of one subject: each clue with the items it may mean, and of each tier in which anything is found
    the items and what each was found by; the strongest first."""

    looked_up: Sequence[LookedUp]
    tiers: Mapping[MatchTier, Mapping[str, str]]

    @property
    def decisive(self) -> MatchTier | None:
        """The tier that decides."""
        return next(iter(self.tiers), None)

    def service_on(self, hosts: Iterable[str]) -> str | None:
        """The one item that the strongest tier of services means, if it is none of the hosts and these were found as
        hosts: it is to be known whether it stands on them."""
        if self.decisive not in _HOSTS:
            return None
        services = next((self.tiers[tier] for tier in _SERVICES if tier in self.tiers), {})
        return next(iter(services)) if len(services) == 1 and not services.keys() & set(hosts) else None


def find(subject: Subject, directory: Directory) -> Findings:
    """Look the clues of a subject up."""
    looked_up: list[LookedUp] = []
    tiers: dict[MatchTier, dict[str, str]] = {}
    for clue in sorted(subject.clues, key=lambda clue: RANK[clue.tier]):
        looked_up.append(directory.look_up(clue, subject))
        for key in looked_up[-1].keys:
            tiers.setdefault(clue.tier, {}).setdefault(key, clue.value)
    ruled = _ruled(subject, looked_up, tiers.keys(), directory.rules)
    if alive := {key: rule for key, rule in ruled.items() if key in directory.keys}:
        tiers[MatchTier.RULE] = alive
        tiers = {tier: tiers[tier] for tier in sorted(tiers, key=RANK.__getitem__)}
    return Findings(looked_up, tiers)


def _ruled(
    subject: Subject, looked_up: Sequence[LookedUp], found: Collection[MatchTier], rules: CompiledRules
) -> dict[str, str]:
    """The items to which rules lead, and the pattern of each. What somebody wrote about a label always counts."""
    if ruled := rules.by_label(subject.labels):
        return ruled
    known = {one.clue.value for one in looked_up if one.keys}
    unknown = [one.clue for one in looked_up if one.clue.value not in known]
    if not found or _WEAKER_THAN_DOMAINS.issuperset(found):
        ruled = rules.by_domain(unknown)
    return ruled or ({} if found else rules.by_network(unknown))


def pairs_to_ask(findings: Findings) -> Iterable[Pair]:
    """Of which items it has to be known whether they stand on each other before the subject can be matched."""
    if findings.decisive is None:
        return
    keys = findings.tiers[findings.decisive]
    if 1 < len(keys) <= MAX_RELATED:
        yield from permutations(sorted(keys), 2)
    elif service := findings.service_on(keys):
        yield from ((service, host) for host in sorted(keys))


def match(findings: Findings, standing_on: frozenset[Pair] = frozenset()) -> Match:
    """The item that is meant; `standing_on` are those of the pairs asked for that hold."""
    tier = findings.decisive
    if tier is None:
        return Match(trace=_trace(findings, "", None))
    keys = set(findings.tiers[tier])
    child = _child(keys, standing_on)
    if child is None:
        trace = _trace(findings, "several items: ambiguous", tier)
        return Match(None, tier, None, tuple(sorted(keys)), trace=trace)
    service = findings.service_on(keys)
    if service is not None and all((service, host) in standing_on for host in keys):
        tier = next(one for one in _SERVICES if service in findings.tiers.get(one, {}))
        child, keys = service, keys | {service}
    context = tuple(sorted(keys - {child}))
    return Match(child, tier, findings.tiers[tier][child], context=context, trace=_trace(findings, "the match", tier))


def _child(keys: set[str], standing_on: frozenset[Pair]) -> str | None:
    """The item that stands on all the others, and none of them on it."""
    children = [
        one
        for one in sorted(keys)
        if all(other == one or ((one, other) in standing_on and (other, one) not in standing_on) for other in keys)
    ]
    return children[0] if len(children) == 1 else None


def _trace(findings: Findings, outcome: str, decisive: MatchTier | None) -> tuple[TraceStep, ...]:
    ruled = sorted(findings.tiers.get(MatchTier.RULE, {}).items())
    # What rules led to comes first, for there may be more clues than a trace holds.
    steps = [LookedUp(Clue(MatchTier.RULE, rule), (key,)) for key, rule in ruled]
    return tuple(
        TraceStep(one.clue, tuple((one.keys or one.elsewhere)[:MAX_FOUND]), _outcome(one, outcome, decisive))
        for one in [*steps, *findings.looked_up][:MAX_TRACE]
    )


def _outcome(one: LookedUp, outcome: str, decisive: MatchTier | None) -> str:
    if not one.keys:
        return "in another environment" if one.elsewhere else "nothing of this name"
    return outcome if one.clue.tier is decisive else _PASSED_OVER
