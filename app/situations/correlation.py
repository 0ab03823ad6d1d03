"""Which open events are one trouble, by the topology.

Items that alert belong together when one depends on the other with at most two items in between that do not alert
(`app.topology.links`), or when both stand on a silent item that must be taken as failed (`silent`). Sharing a large
zone or a popular provider is not enough. Which event came first does not matter, and one more event never parts what
belongs together. It costs the neighbourhood of what alerts, not the estate. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from app.impact.live import Told
from app.impact.model import HealthState
from app.situations.model import Cause, Group, Rule
from app.situations.ranking import Candidates, explained, foremost, ranked, scores
from app.situations.silent import Silent, Spells, silent_causes
from app.topology.direct import Floats, direct_dependents
from app.topology.graph import Bools, Graph, Int32, Int64
from app.topology.kernels import zeros
from app.topology.links import Links, links, united

MAX_CAUSES = 10


@dataclass(frozen=True, slots=True)
class _Alerts:
    """The events by id, with the number of the item of each and when it began; the items with their place for each."""

    ids: list[str]
    number: Int32
    at: Floats
    items: Int32
    place: Int64

    def extreme(self, ufunc: np.ufunc, start: float) -> Floats:
        """The earliest, or the latest, beginning on each item."""
        found = np.full(len(self.items), start)
        ufunc.at(found, self.place, self.at)
        return found


@dataclass(frozen=True, slots=True)
class _Network:
    """What stands on what: the items that alert, those in between, the silent causes, in this order of places."""

    links: Links
    silent: Silent
    dependents: Int32
    providers: Int32
    size: int


def correlate(graph: Graph, told: Mapping[str, Told], rule: Rule) -> tuple[Group, ...]:
    """The open events of known items in groups, the first to begin first; what is planned is no trouble."""
    alerts = _alerts(graph, told)
    if not alerts.ids:
        return ()
    speaking = zeros(graph.size, np.bool_)
    speaking[alerts.items] = True
    spells = Spells(alerts.number, alerts.at, alerts.at, np.ones(len(alerts.at)))
    linked = links(graph, alerts.items, rule.silent_hops)
    network = _network(graph, alerts, linked, silent_causes(graph, spells, speaking, rule))
    roots = united(network.size, network.dependents, network.providers)
    known, group = np.unique(roots[: len(alerts.items)], return_inverse=True)
    group_of = np.searchsorted(known, roots).astype(np.int32)
    earliest = alerts.extreme(np.minimum, np.inf)
    candidates = _candidates(graph, alerts, network, group_of, earliest)
    causes = _causes(graph, alerts, network, candidates, np.bincount(group), rule)
    return _groups(graph, alerts, group.astype(np.int32), earliest, causes)


def _alerts(graph: Graph, told: Mapping[str, Told]) -> _Alerts:
    ids, numbers, times = [], [], []
    for id, (key, failure) in sorted(told.items()):
        number = graph.number.get(key)
        if number is None or failure.planned or failure.state is HealthState.OPERATIONAL or failure.since is None:
            continue
        ids.append(id)
        numbers.append(number)
        times.append(failure.since.timestamp())
    number = np.array(numbers, np.int32)
    items, place = np.unique(number, return_inverse=True)
    return _Alerts(ids, number, np.array(times), items, place)


def _network(graph: Graph, alerts: _Alerts, linked: Links, silent: Silent) -> _Network:
    place = zeros(graph.size, np.int32)
    place[alerts.items] = np.arange(len(alerts.items))
    place[silent.items] = linked.size + np.arange(len(silent.items))
    return _Network(
        linked,
        silent,
        np.concatenate([linked.dependents, place[silent.below]]),
        np.concatenate([linked.providers, linked.size + silent.causes]).astype(np.int32),
        linked.size + len(silent.items),
    )


def _candidates(graph: Graph, alerts: _Alerts, network: _Network, group_of: Int32, earliest: Floats) -> Candidates:
    linked, silent, count = network.links, network.silent, len(alerts.items)
    stands = np.bincount(linked.dependents, minlength=count)[:count] > 0
    carries = np.bincount(network.providers, minlength=count)[:count]
    observed = foremost(group_of[:count], earliest, -carries, stands)
    common = np.flatnonzero(silent.plausible)
    common = common[foremost(group_of[network.links.size + common], -silent.counted[common])]
    places = np.concatenate([observed, linked.size + common]).astype(np.int32)
    seen = np.arange(len(places)) < len(observed)
    items = np.concatenate([alerts.items[observed], silent.items[common]])
    counted, standing = _on(graph, alerts.items[observed], network, alerts.items)
    counted, standing = (
        np.concatenate([counted, silent.counted[common]]),
        np.concatenate([standing, silent.standing[common]]),
    )
    share = np.concatenate([(counted / np.maximum(standing, 1))[: len(observed)], silent.share[common]])
    keys = [graph.keys[item] for item in items.tolist()]
    return Candidates(
        places=places,
        items=items,
        group=group_of[places],
        observed=seen,
        began=np.concatenate([earliest[observed], silent.first[common]]),
        share=np.where(standing > 0, share, 1.0),
        counted=counted,
        standing=standing,
        distance=np.concatenate([np.zeros(len(observed), np.int8), silent.round[common]]),
        keys=keys,
    )


def _on(graph: Graph, items: Int32, network: _Network, alerting: Int32) -> tuple[Int64, Int64]:
    """How many of those directly on each item alert or count as failed, and how many there are."""
    value = zeros(graph.size, np.float64)
    value[alerting] = 1
    value[network.silent.items] = 1
    standing, counted = direct_dependents(graph, items, np.full(len(items), graph.size), value)
    return counted.astype(np.int64), standing


def _causes(
    graph: Graph, alerts: _Alerts, network: _Network, candidates: Candidates, sizes: Int64, rule: Rule
) -> list[list[Cause]]:
    """The causes of each group, likeliest first; one that explains nothing but itself only if there is no better."""
    latest = alerts.extreme(np.maximum, -np.inf)
    ends = network.dependents, network.providers
    explains = explained(candidates, ends, network.size, latest, rule.skew_seconds)
    score = scores(candidates, explains, sizes)
    found: list[list[Cause]] = [[] for _ in sizes]
    for one in ranked(candidates, explains, score):
        causes = found[candidates.group[one]]
        if len(causes) < MAX_CAUSES and (not causes or explains[one] > 1):
            causes.append(
                Cause(
                    key=candidates.keys[one],
                    observed=bool(candidates.observed[one]),
                    explained=int(explains[one]),
                    alerting=int(candidates.counted[one]),
                    standing=int(candidates.standing[one]),
                    started_at=datetime.fromtimestamp(float(candidates.began[one]), UTC),
                    score=float(score[one]),
                )
            )
    return found


def _groups(
    graph: Graph, alerts: _Alerts, group: Int32, earliest: Floats, causes: list[list[Cause]]
) -> tuple[Group, ...]:
    events: list[list[str]] = [[] for _ in causes]
    for id, number in zip(alerts.ids, group[alerts.place].tolist(), strict=True):
        events[number].append(id)
    keys: list[list[str]] = [[] for _ in causes]
    for item, number in zip(alerts.items.tolist(), group.tolist(), strict=True):
        keys[number].append(graph.keys[item])
    began = np.full(len(causes), np.inf)
    np.minimum.at(began, group, earliest)
    made = [
        Group(frozenset(events[one]), frozenset(keys[one]), datetime.fromtimestamp(at, UTC), tuple(causes[one]))
        for one, at in enumerate(began.tolist())
    ]
    return tuple(sorted(made, key=lambda one: (one.started_at, min(one.items))))
