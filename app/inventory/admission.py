"""Which rows the store can take: what drafts must agree with in what is already there. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TypeVar

from app.errors import Problem
from app.inventory.model import Dependency, DependencyDraft, Item, ItemDraft, ItemType, Relation, Scalar

EdgeName = tuple[str, str, Relation]
Draft = TypeVar("Draft", ItemDraft, DependencyDraft)

# A relation not named here takes any item at that end.
PROVIDER_TYPES: Mapping[Relation, frozenset[ItemType]] = {
    Relation.LOCATED_IN: frozenset({ItemType.LOCATION}),
    Relation.OPERATED_BY: frozenset({ItemType.TEAM}),
    Relation.OWNED_BY: frozenset({ItemType.TEAM}),
    Relation.PROVIDED_BY: frozenset({ItemType.THIRD_PARTY, ItemType.CONTRACT}),
    Relation.SUBCONTRACTS_TO: frozenset({ItemType.THIRD_PARTY}),
    Relation.CHILD_OF: frozenset({ItemType.THIRD_PARTY}),
}
DEPENDENT_TYPES: Mapping[Relation, frozenset[ItemType]] = {
    Relation.HAS_MEMBER: frozenset({ItemType.REDUNDANCY_GROUP}),
    Relation.SUBCONTRACTS_TO: frozenset({ItemType.THIRD_PARTY}),
    Relation.CHILD_OF: frozenset({ItemType.THIRD_PARTY}),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored side of an upsert.

    `items` holds the drafts' items and every group that gains a member, `types` the type of every key named,
    `edges` the edges that leave the stored ones of the items.
    """

    items: Mapping[str, Item]
    types: Mapping[str, ItemType]
    edges: Mapping[EdgeName, Dependency]


def admit(
    items: Sequence[ItemDraft], dependencies: Sequence[DependencyDraft], stored: Stored
) -> tuple[list[ItemDraft], list[DependencyDraft], list[Problem]]:
    """The rows that can be stored, and the reasons of the others.

    A refused item takes with it what depends on its existence, so this repeats until nothing more falls.
    """
    accepted, edges = list(items), list(dependencies)
    problems: list[Problem] = []
    while True:
        judge = _Judge(accepted, edges, stored)
        bad = _reasons(accepted, judge.item) | _reasons(edges, judge.edge)
        if not bad:
            return accepted, edges, problems
        problems += [Problem(where, reason) for where, reason in bad.items()]
        accepted = [draft for draft in accepted if draft.where not in bad]
        edges = [draft for draft in edges if draft.where not in bad]


def resolved_threshold(threshold: Scalar, total: int) -> int:
    """A threshold as a number: `"60%"` of 4 is 3 (rounded up)."""
    if isinstance(threshold, str):
        return ceil(Fraction(threshold.removesuffix("%")) * total / 100)
    return int(threshold)


def _reasons(drafts: Sequence[Draft], reason: Callable[[Draft], str | None]) -> dict[str, str]:
    return {draft.where: text for draft in drafts if (text := reason(draft))}


def _name(draft: DependencyDraft) -> tuple[str, str, str]:
    # By the relation's text: an Enum hashes in Python, ten times slower.
    return draft.dependent, draft.provider, draft.relation.value


class _Judge:
    """Judges rows against the store and each other."""

    def __init__(self, items: Sequence[ItemDraft], edges: Sequence[DependencyDraft], stored: Stored) -> None:
        self.stored = stored
        # A stored type never changes, so a draft that claims another one must not pull down the edges of its item.
        self.types = {**{draft.key: draft.type for draft in items}, **stored.types}
        # Of several rows for the same thing the first one stands.
        self.first_item = {draft.key: draft for draft in reversed(items)}
        self.first_edge = {_name(draft): draft for draft in reversed(edges)}
        self.group_drafts = {
            key: draft for key, draft in self.first_item.items() if draft.type is ItemType.REDUNDANCY_GROUP
        }
        self.members = self._members()

    def _members(self) -> dict[str, dict[str, int]]:
        """Of every group that is touched, the weight of each member it would have."""
        joining = [edge for edge in self.first_edge.values() if edge.relation is Relation.HAS_MEMBER]
        groups: dict[str, dict[str, int]] = {}
        for key in {*self.group_drafts, *(edge.dependent for edge in joining)}:
            draft, item = self.group_drafts.get(key), self.stored.items.get(key)
            given = draft.members if draft else None
            members = given if given is not None else item.members if item else ()
            groups[key] = {member.key: member.weight for member in members}
        for edge in joining:
            kept = groups[edge.dependent].get(edge.provider)
            groups[edge.dependent][edge.provider] = int(edge.properties.get("weight", kept) or 1)
        return groups

    def item(self, draft: ItemDraft) -> str | None:
        """Why this item cannot be stored, or `None`."""
        first = self.first_item[draft.key]
        if first is not draft:
            return f"key {draft.key!r} was already given in {first.where}; keep one"
        stored = self.stored.items.get(draft.key)
        kept = self.stored.types.get(draft.key)
        if kept is not None and kept is not draft.type:
            return f"type of {draft.key!r} is {kept.name} and cannot become {draft.type.name}; remove the item first"
        if draft.revision is not None and draft.revision != (stored.revision if stored else 0):
            there = f"is at revision {stored.revision}" if stored else "does not exist"
            return f"revision {draft.revision} was given but {draft.key!r} {there}; read it again and repeat the edit"
        owner = draft.fields.get("owner")
        if owner and (reason := self._end(str(owner), "owner", PROVIDER_TYPES[Relation.OWNED_BY])):
            return reason
        for member in draft.members or ():
            if member.key == draft.key:
                return f"members name the group {draft.key!r} itself"
            if member.key not in self.types:
                return f"members name {member.key!r}, which does not exist; add that item or leave it out"
        if reason := self._currency(draft):
            return reason
        return self._thresholds(draft.key) if draft.key in self.group_drafts else None

    def _currency(self, draft: ItemDraft) -> str | None:
        """Why the loss bands that the item would have mean nothing, or `None`."""
        stored = self.stored.items.get(draft.key)
        kept = stored.loss_bands if stored else ()
        if not (kept if draft.loss_bands is None else draft.loss_bands):
            return None
        currency = stored.properties.get("lossCurrency") if stored else None
        if draft.fields.get("lossCurrency", currency) is None:
            return f"lossCurrency is missing; say in which currency the lossBands of {draft.key!r} are"
        return None

    def edge(self, draft: DependencyDraft) -> str | None:
        """Why this dependency cannot be stored, or `None`."""
        first = self.first_edge[_name(draft)]
        if first is not draft:
            ends = f"{draft.relation.value} from {draft.dependent!r} to {draft.provider!r}"
            return f"{ends} was already given in {first.where}; keep one"
        dependents, providers = DEPENDENT_TYPES.get(draft.relation), PROVIDER_TYPES.get(draft.relation)
        reason = self._end(draft.dependent, "from", dependents) or self._end(draft.provider, "to", providers)
        if reason is None and draft.relation is Relation.HAS_MEMBER and draft.dependent not in self.group_drafts:
            return self._thresholds(draft.dependent)
        return reason

    def _end(self, key: str, field: str, allowed: frozenset[ItemType] | None) -> str | None:
        kind = self.types.get(key)
        if kind is None:
            return f"{field} names {key!r}, which does not exist; add that item or correct the key"
        if allowed and kind not in allowed:
            wanted = " or ".join(sorted(one.name for one in allowed))
            return f"{field} names {key!r}, which is a {kind.name}; it must be a {wanted}"
        return None

    def _thresholds(self, key: str) -> str | None:
        """Why the group cannot hold with the members and thresholds it would have, or `None`."""
        members = self.members[key]
        if not members:
            return f"group {key!r} has no members; name at least one"
        total = sum(members.values())
        needed = self._property(key, "minAvailable")
        if needed is None:
            return f"minAvailable is missing; say how many of the members of {key!r} must be available"
        least = resolved_threshold(needed, total)
        below = self._property(key, "degradedBelow")
        healthy = least if below is None else resolved_threshold(below, total)
        weighing = f"{len(members)} members weigh {total}" if total != len(members) else f"it has {total} members"
        if not 1 <= least <= total:
            return f"minAvailable {needed} of {key!r} cannot be met: {weighing}"
        if not least <= healthy <= total:
            return f"degradedBelow {below} of {key!r} must be from minAvailable ({least}) to {total}: {weighing}"
        return None

    def _property(self, key: str, name: str) -> Scalar | None:
        draft, item = self.group_drafts.get(key), self.stored.items.get(key)
        if draft and name in draft.fields:
            return draft.fields[name]
        return item.properties.get(name) if item else None
