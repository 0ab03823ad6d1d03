"""What the store knows for matching: one wrapper for each query of `cypher/matching.cypher`."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.database.client import Reader, Row, Transaction
from app.database.instants import utc, utc_or_none
from app.database.queries import load_queries
from app.events.match_rules import MatchRule, RuleKind
from app.events.matching import Bearer, Pair
from app.events.model import Event, MatchTier
from app.events.queue import QueuedGroup
from app.events.rows import event_of

_QUERIES = load_queries("matching")


async def items_identified_by(
    reader: Reader, identifiers: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Bearer, ...]]:
    """The items that carry each (kind, value), or carried it."""
    wanted = [{"kind": kind, "value": value} for kind, value in sorted(identifiers)]
    found: dict[tuple[str, str], tuple[Bearer, ...]] = {}
    for row in await reader.rows(_QUERIES["items_identified_by"], identifiers=wanted):
        named = row["kind"], row["value"]
        bearer = Bearer(row["key"], utc_or_none(row["since"]), utc_or_none(row["until"]))
        found[named] = (*found.get(named, ()), bearer)
    return found


async def items_with_short_name(reader: Reader, names: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The keys of the items whose host name begins with each label."""
    rows = await reader.rows(_QUERIES["items_with_short_name"], names=sorted(names))
    return {row["name"]: tuple(row["keys"]) for row in rows}


async def items_with_keys(reader: Reader, keys: Collection[str]) -> frozenset[str]:
    """Which of these are keys of items."""
    (row,) = await reader.rows(_QUERIES["items_with_keys"], keys=sorted(keys))
    return frozenset(row["keys"])


async def environments_of(reader: Reader, keys: Collection[str]) -> dict[str, str]:
    """The environments of those of these items that say theirs."""
    rows = await reader.rows(_QUERIES["environments_of"], keys=sorted(keys))
    return {row["key"]: row["environment"] for row in rows}


async def standing_on(reader: Reader, pairs: Collection[Pair]) -> frozenset[Pair]:
    """Those of the pairs whose first item stands on the second."""
    asked = [{"dependent": dependent, "provider": provider} for dependent, provider in sorted(pairs)]
    rows = await reader.rows(_QUERIES["standing_on"], pairs=asked)
    return frozenset((row["dependent"], row["provider"]) for row in rows)


async def match_rules(reader: Reader) -> tuple[MatchRule, ...]:
    """Every match rule, oldest first."""
    return tuple(_rule(row["rule"]) for row in await reader.rows(_QUERIES["match_rules"]))


async def put_match_rule(transaction: Transaction, rule: MatchRule, *, at: datetime, version: int) -> MatchRule:
    """The rule as it is stored."""
    rows = await transaction.rows(
        _QUERIES["put_match_rule"],
        id=rule.id,
        kind=rule.kind.name,
        pattern=rule.pattern,
        key=rule.key,
        by=rule.created_by,
        at=at,
        version=version,
    )
    return _rule(rows[0]["rule"])


async def remove_match_rule(transaction: Transaction, id: str) -> bool:
    """Whether there was such a rule; there is none any more."""
    rows = await transaction.rows(_QUERIES["remove_match_rule"], id=id)
    return int(rows[0]["count"]) > 0


async def queue(reader: Reader, *, after: int, first: int) -> tuple[QueuedGroup, ...]:
    """The open events about no known item, by what they wait under, most first."""
    rows = await reader.rows(_QUERIES["queue"], after=after, first=first)
    return tuple(_group(row) for row in rows)


async def count_queue(reader: Reader) -> int:
    """How many such groups there are."""
    return int((await reader.rows(_QUERIES["count_queue"]))[0]["count"])


async def unmatched_events(reader: Reader, *, after: str, first: int) -> tuple[Event, ...]:
    """Open events about no known item, by id, after one."""
    rows = await reader.rows(_QUERIES["unmatched_events"], after=after, first=first)
    return tuple(event_of(row["event"]) for row in rows)


async def items_alike(reader: Reader, values: Collection[str], first: int) -> dict[str, dict[str, tuple[str, ...]]]:
    """Of each value the names of items that are somewhat like it, by key."""
    texts = {value: text for value in values if (text := _alike(value))}
    rows = await reader.rows(_QUERIES["items_alike"], texts=sorted({*texts.values()}), first=first) if texts else []
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        found.setdefault(row["text"], {})[row["key"]] = tuple(row["names"])
    return {value: found.get(text, {}) for value, text in texts.items()}


def _alike(value: str) -> str:
    """A Lucene query for what is written like a value: one of its words is enough, and may have two letters wrong."""
    words = [word for word in re.findall(r"[0-9a-z]+", value.casefold())[:10] if len(word) > 1]
    return " OR ".join(f"{word}~2" for word in words)


def _rule(stored: dict[str, Any]) -> MatchRule:
    kind, at = RuleKind[stored["kind"]], utc(stored["createdAt"])
    return MatchRule(stored["id"], kind, stored["pattern"], stored["key"], stored["createdBy"], at)


def _group(row: Row) -> QueuedGroup:
    return QueuedGroup(
        tier=MatchTier(row["tier"]) if row["tier"] else None,
        value=row["value"],
        candidates=tuple(row["candidates"]),
        count=row["count"],
        first_at=utc(row["first_at"]),
        last_at=utc(row["last_at"]),
        event=event_of(row["event"]),
    )
