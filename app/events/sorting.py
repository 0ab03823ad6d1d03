"""Use cases of matching: write down what an organisation knows of its names, and sort out what waits in the queue."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from app.database.client import Database, Reader, Transaction
from app.errors import InvalidInput, NotFound
from app.events import directory, lifecycle, store
from app.events.identifiers import KINDS
from app.events.looking_up import matches_of_subjects
from app.events.match_rules import MatchRule, RuleKind, checked_pattern
from app.events.matching import Subject
from app.events.model import Match, MatchTier
from app.events.queue import Suggestion, suggestions
from app.inventory.actions import upsert
from app.inventory.identifiers import normalised_identifier
from app.inventory.model import Identifier, ItemDraft
from app.inventory.store import items_by_key

Queued = tuple[MatchTier | None, str | None]
"""What events wait under."""
MAX_RULES = 10_000
_ALIKE = 50
_REMATCHED_AT_ONCE = 500
_NAMESPACE = UUID("0a3ed0a6-9f0f-4a53-8f4e-0d6a4c1f5b77")
# What cannot be meant for another item because it is alike: addresses, serials and keys.
_NAMES = (
    MatchTier.FQDN,
    MatchTier.SCOPED_SERVICE,
    MatchTier.SERVICE,
    MatchTier.ALIAS,
    MatchTier.HOSTNAME,
    MatchTier.JOB,
)


async def put_rule(database: Database, kind: RuleKind, pattern: str, key: str, *, by: str, now: datetime) -> MatchRule:
    """Store a rule, and match the events anew that wait for one; the same rule again changes nothing.

    Raises:
        InvalidInput: the pattern is none of its kind, or there are too many rules.
        NotFound: the key names nothing.
    """
    checked = checked_pattern(kind, pattern)
    id = str(uuid5(_NAMESPACE, f"{kind.name}\n{checked}\n{key}"))
    rule = MatchRule(id, kind, checked, key, by, now)

    async def work(transaction: Transaction) -> MatchRule:
        version = await store.next_event_version(transaction)
        if key not in await directory.items_with_keys(transaction, [key]):
            raise NotFound(f"no configuration item has the key {key!r}; look it up with search(text:)")
        known = {one.id for one in await directory.match_rules(transaction)}
        if len(known) >= MAX_RULES:
            raise InvalidInput(f"there are {MAX_RULES} match rules already; remove one first")
        if id not in known:
            transaction.account.tell(id, after=rule)
        return await directory.put_match_rule(transaction, rule, at=now, version=version)

    stored = await database.write(work, counter="events")
    await match_again(database, now)
    return stored


async def remove_rule(database: Database, id: str) -> None:
    """Drop a rule; events that were matched by it keep their items.

    Raises:
        NotFound: there is no such rule.
    """

    async def work(transaction: Transaction) -> None:
        await store.next_event_version(transaction)
        rule = next((one for one in await directory.match_rules(transaction) if one.id == id), None)
        if rule is None:
            raise NotFound(f"no match rule has the id {id!r}; list them with matchRules")
        await directory.remove_match_rule(transaction, id)
        transaction.account.tell(id, before=rule)

    await database.write(work, counter="events")


async def suggested(reader: Reader, waiting: Collection[Queued]) -> dict[Queued, tuple[Suggestion, ...]]:
    """Of each tier and value that events wait under, the items whose names are much like it."""
    named = {one: one[1] for one in waiting if one[0] in _NAMES and one[1]}
    alike = await directory.items_alike(reader, {value for value in named.values() if value}, _ALIKE)
    return {one: suggestions(value, alike.get(value, {})) if (value := named.get(one)) else () for one in waiting}


async def accept(
    database: Database, tier: MatchTier, value: str, key: str, *, by: str, now: datetime, keep_changes: int
) -> int:
    """Make what events say another name of an item, and match those anew that wait for it; how many found theirs.

    Raises:
        InvalidInput: what they say is no name but an address, a serial or a key, which is corrected in the inventory.
        NotFound: the key names nothing.
    """
    kind = KINDS[tier][0] if tier in (MatchTier.SCOPED_SERVICE, MatchTier.JOB) else "alias"
    normalised = normalised_identifier(kind, value)
    if tier not in _NAMES or normalised is None:
        raise InvalidInput(f"{tier.value} {value!r:.80} is no name; give the item this identifier in the inventory")
    item = (await items_by_key(database, [key])).get(key)
    if item is None:
        raise NotFound(f"no configuration item has the key {key!r}; look it up with search(text:)")
    names = tuple(sorted({*item.identifiers, Identifier(kind, normalised)}))
    draft = ItemDraft("suggestion", key, item.type, {}, identifiers=names)
    await upsert(database, [draft], (), caller=by, source=None, now=now, keep_changes=keep_changes)
    return await match_again(database, now)


async def match_again(database: Database, now: datetime) -> int:
    """Match the events anew that are open and about no known item; how many found theirs."""
    found, after = 0, ""
    while waiting := await directory.unmatched_events(database, after=after, first=_REMATCHED_AT_ONCE):
        after = waiting[-1].id
        subjects = [Subject(event.clues, event.labels, event.starts_at) for event in waiting]
        matches = await matches_of_subjects(database, subjects)
        better = {event.id: one for event, one in zip(waiting, matches, strict=True) if one != event.match}
        if better:
            found += await _rematch(database, better, now)
    return found


async def _rematch(database: Database, matches: Mapping[str, Match], now: datetime) -> int:
    async def work(transaction: Transaction) -> int:
        version = await store.next_event_version(transaction)
        known = await store.events_by_id(transaction, matches.keys())
        changed = [lifecycle.rematched(event, matches[id], now) for id, event in known.items()]
        await store.store_events(transaction, changed, version)
        return sum(event.match.key is not None for event in changed)

    return await database.write(work, counter="events")
