"""Which events belong together, by the definition and in the plainest way: sets, and every pair looked at."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.inventory.model import ItemType
from app.situations.model import Rule
from tests.graphs import World

Times = Mapping[str, tuple[int, ...]]
"""When the events of each item began, in seconds."""
Spell = tuple[int, int, float]
ROUNDS = 3


@dataclass(frozen=True)
class Neighbours:
    """Who stands on whom."""

    groups: frozenset[str]
    providers: Mapping[str, frozenset[str]]
    dependents: Mapping[str, frozenset[str]]

    def beyond(self, item: str, along: Mapping[str, frozenset[str]]) -> set[str]:
        """The direct neighbours, groups replaced by theirs."""
        found: set[str] = set()
        todo, done = set(along[item]), {item}
        while todo:
            other = todo.pop()
            if other in done:
                continue
            done.add(other)
            if other in self.groups:
                todo |= along[other]
            else:
                found.add(other)
        return found

    def linked(self, item: str, marked: set[str], hops: int) -> set[str]:
        """The marked items that this one depends on with at most so many others between."""
        found: set[str] = set()
        todo, done = [(item, 0)], set()
        while todo:
            at, depth = todo.pop()
            if (at, depth) in done:
                continue
            done.add((at, depth))
            for provider in self.providers[at]:
                deeper = depth if provider in self.groups else depth + 1
                if provider in marked:
                    found.add(provider)
                elif deeper <= hops:
                    todo.append((provider, deeper))
        return found


def neighbours(world: World) -> Neighbours:
    """Who stands on whom in a world."""
    keys = [vertex.key for vertex in world.vertices]
    return Neighbours(
        frozenset(vertex.key for vertex in world.vertices if vertex.type is ItemType.REDUNDANCY_GROUP),
        {key: frozenset(edge.provider for edge in world.edges if edge.dependent == key) for key in keys},
        {key: frozenset(edge.dependent for edge in world.edges if edge.provider == key) for key in keys},
    )


def groups(world: World, times: Times, rule: Rule) -> set[frozenset[str]]:
    """The items that belong together."""
    around = neighbours(world)
    causes = common_causes(around, times, rule)
    pairs = {(item, other) for item in times for other in around.linked(item, set(times), rule.silent_hops)}
    fresh = {item for item, began in times.items() if causes and max(began) >= min(causes.values())}
    marked = fresh | causes.keys()
    pairs |= {(item, other) for item in marked for other in around.linked(item, marked, rule.silent_hops)}
    found = {item: {item} for item in times.keys() | causes.keys()}
    for one, other in pairs:
        if found[one] is not found[other]:
            found[one] |= found[other]
            for item in found[one]:
                found[item] = found[one]
    return {frozenset(one & times.keys()) for one in found.values() if one & times.keys()}


def common_causes(around: Neighbours, times: Times, rule: Rule) -> dict[str, int]:
    """The silent items that are taken as failed and have enough under them, with since when."""
    alerts = {key: [(at, at, 1.0) for at in began] for key, began in times.items() if key not in around.groups}
    silent = around.providers.keys() - around.groups - times.keys()
    failed: dict[str, list[Spell]] = {}
    below: dict[str, list[Spell]] = {}
    for _ in range(ROUNDS):
        below = alerts | failed
        spells = {item: _spells(item, around, below, rule) for item in silent}
        failed = {item: found for item, found in spells.items() if found}
    since = {item: min(first for first, _, _ in spells) for item, spells in failed.items()}

    def under(item: str, done: set[str]) -> set[str]:
        done.add(item)
        if item in times:
            return {item}
        later = {
            one
            for one in around.beyond(item, around.dependents)
            if any(first >= since[item] for first, _, _ in below.get(one, ()))
        }
        found: set[str] = set()
        for one in later:
            if one not in done and (one in times or one in since):
                found |= under(one, done)
        return found

    return {item: at for item, at in since.items() if len(under(item, set())) >= rule.common_alerts}


def _spells(item: str, around: Neighbours, below: Mapping[str, list[Spell]], rule: Rule) -> list[Spell]:
    """The times in which the item counts as failed, each with the share of what stands on it."""
    standing = around.beyond(item, around.dependents)
    rows = sorted((*spell, one) for one in standing for spell in below.get(one, ()))
    found: list[Spell] = []
    while rows:
        end, count = rows[0][1], 0
        while count < len(rows) and rows[count][0] <= end + rule.window_seconds:
            end, count = max(end, rows[count][1]), count + 1
        spell, rows = rows[:count], rows[count:]
        best = {one: max(weight for _, _, weight, other in spell if other == one) for *_, one in spell}
        enough = rule.crowd_share if len(best) >= rule.crowd_alerts else rule.common_share
        if sum(best.values()) >= enough * len(standing) - 1e-9:
            found.append((spell[0][0], end, sum(best.values()) / len(standing)))
    return found
