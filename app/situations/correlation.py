"""Which open events are one trouble, by the topology.

Items that alert belong together when one depends on the other with at most two items in between that do not alert
(`app.topology.links`). A silent item that must be taken as failed (`silent`) counts as if it alerted, for all that
began since the first such item failed. Sharing a large zone or a popular provider is not enough. Which event came first
does not matter, and one more event never parts what belongs together. It costs the neighbourhood of what alerts, not
the estate. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from app.impact.live import Told
from app.impact.model import HealthState
from app.inventory.model import ItemType
from app.situations.model import Cause, Group, Rule
from app.situations.ranking import Candidates, explained, foremost, ranked, scores
from app.situations.silent import Silent, Spells, silent_causes
from app.topology.direct import Floats, direct_dependents
from app.topology.graph import TYPE_RANKS, Graph, Int32, Int64
from app.topology.kernels import zeros
from app.topology.links import links, united

MAX_CAUSES = 10


@dataclass(frozen=True, slots=True)
class _Alerts:
    """The events by id, when each began, and which of the items it is about, by place."""

    ids: list[str]
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
    """What stands on what, by place: first the items that alert, then the silent causes, then what lies in between."""

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
    silent = silent_causes(graph, _spells(graph, alerts), speaking, rule)
    network = _network(graph, alerts, silent, rule.silent_hops)
    roots = united(network.size, network.dependents, network.providers)
    known, group = np.unique(roots[: len(alerts.items)], return_inverse=True)
    group_of = _places_in(known, roots)
    earliest = alerts.extreme(np.minimum, np.inf)
    candidates = _candidates(graph, alerts, silent, network, group_of)
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
    items, place = np.unique(np.array(numbers, np.int32), return_inverse=True)
    return _Alerts(ids, np.array(times), items, place)


def _places_in(known: Int32, roots: Int32) -> Int32:
    """The group of each root, -1 for those of none."""
    place = np.minimum(np.searchsorted(known, roots), len(known) - 1)
    return np.where(known[place] == roots, place, -1).astype(np.int32)


def _spells(graph: Graph, alerts: _Alerts) -> Spells:
    """When items alerted; what a group says stands for its members, which are asked themselves."""
    items = alerts.items[alerts.place]
    counts = graph.type_rank[items] != TYPE_RANKS[ItemType.REDUNDANCY_GROUP]
    return Spells(items[counts], alerts.at[counts], alerts.at[counts], np.ones(int(counts.sum())))


def _network(graph: Graph, alerts: _Alerts, silent: Silent, hops: int) -> _Network:
    count, causes = len(alerts.items), len(silent.items)
    between = links(graph, alerts.items, hops)
    # What was there before anything failed has another reason.
    fresh = np.flatnonzero(alerts.extreme(np.maximum, -np.inf) >= silent.first.min(initial=np.inf))
    common = links(graph, np.concatenate([alerts.items[fresh], silent.items]), hops)
    apart = np.arange(count, between.size) + causes
    places = np.concatenate([np.arange(count), apart]).astype(np.int32)
    size = between.size + causes
    further = np.arange(size, size + common.size - len(fresh) - causes)
    others = np.concatenate([fresh, count + np.arange(causes), further]).astype(np.int32)
    return _Network(
        np.concatenate([places[between.dependents], others[common.dependents]]),
        np.concatenate([places[between.providers], others[common.providers]]),
        size + len(further),
    )


def _candidates(graph: Graph, alerts: _Alerts, silent: Silent, network: _Network, group_of: Int32) -> Candidates:
    """Of each group some of what alerts and some silent causes: first what stands on nothing else, then what carries
    most."""
    count, earliest = len(alerts.items), alerts.extreme(np.minimum, np.inf)
    stands = np.bincount(network.dependents, minlength=network.size) > 0
    carries = np.bincount(network.providers, minlength=network.size)
    observed = foremost(group_of[:count], earliest, -carries[:count], stands[:count])
    above = slice(count, count + len(silent.items))
    common = foremost(group_of[above], -silent.counted, stands[above])
    common = common[group_of[above][common] >= 0]
    items = alerts.items[observed]
    counted, standing = _on(graph, items, alerts.items, silent.items)
    share = np.where(standing > 0, counted / np.maximum(standing, 1), 1.0)
    places = np.concatenate([observed, count + common]).astype(np.int32)
    return Candidates(
        places=places,
        keys=[graph.keys[item] for item in np.concatenate([items, silent.items[common]]).tolist()],
        group=group_of[places],
        observed=places < count,
        began=np.concatenate([earliest[observed], silent.first[common]]),
        share=np.concatenate([share, silent.share[common]]),
        counted=np.concatenate([counted, silent.counted[common]]),
        standing=np.concatenate([standing, silent.standing[common]]),
        distance=np.concatenate([np.zeros(len(observed), np.int8), silent.distance[common]]),
    )


def _on(graph: Graph, items: Int32, alerting: Int32, failed: Int32) -> tuple[Int64, Int64]:
    """How many of those directly on each item alert or count as failed, and how many there are."""
    value = zeros(graph.size, np.float64)
    value[alerting] = 1
    value[failed] = 1
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
