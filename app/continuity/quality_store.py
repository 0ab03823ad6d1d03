"""Findings, and what the checks read, in Neo4j: one wrapper for each query of `cypher/quality.cypher`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from app.continuity.checks import BusinessItem
from app.continuity.consistency import Targets
from app.continuity.finding import Finding, FindingSeverity, FindingStatus, Seen, Turn
from app.continuity.mapping_checks import MappingFacts
from app.continuity.mapping_quality import MappedEdge, MappedItem
from app.database.client import Reader, Row, Transaction
from app.database.instants import utc, utc_or_none
from app.database.queries import load_queries
from app.inventory.model import ItemType

_QUERIES = load_queries("quality")
# Neo4j keeps no null in a list.
_NOBODY = ""


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings a list shows; an empty part lets everything pass."""

    key: str | None = None
    owner: str | None = None
    codes: Collection[str] = ()
    severities: Collection[FindingSeverity] = ()
    statuses: Collection[FindingStatus] = ()

    @property
    def parameters(self) -> Row:
        """The filter as the queries take it."""
        return {
            "key": self.key,
            "owner": self.owner,
            "codes": sorted(self.codes) or None,
            "severities": _names(self.severities) or None,
            "statuses": _names(self.statuses or FindingStatus),
        }


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When everything was checked last, and which version of the graph."""

    at: datetime
    graph_version: int


async def business_items(reader: Reader) -> tuple[BusinessItem, ...]:
    """Every business process and service, by key."""
    rows = await reader.rows(_QUERIES["business_items"])
    return tuple(
        BusinessItem(
            row["key"],
            Targets.of(row["targets"]),
            row["owned"],
            utc_or_none(row["reviewed_at"]),
            Targets.of(row["assessed"] or {}),
        )
        for row in rows
    )


async def mapping_facts(reader: Reader, stale_before: date) -> MappingFacts:
    """How the estate is mapped; stale is what was verified before a day (UTC)."""
    (row,) = await reader.rows(_QUERIES["mapping_facts"], stale_before=stale_before.isoformat())
    return MappingFacts(**row)


async def unconnected_items(reader: Reader, keys: Sequence[str]) -> list[str]:
    """Those of the items that have no relation to any other, by key."""
    rows = await reader.rows(_QUERIES["unconnected_items"], keys=list(keys))
    return list(rows[0]["keys"])


async def take_check_turn(transaction: Transaction) -> LastCheck | None:
    """Take the right to write findings until the commit; what was checked last, if anything was."""
    return _check(await transaction.rows(_QUERIES["take_check_turn"]))


async def end_check_turn(transaction: Transaction, check: LastCheck) -> None:
    """Note what was checked."""
    await transaction.rows(_QUERIES["end_check_turn"], at=check.at, version=check.graph_version)


async def last_check(reader: Reader) -> LastCheck | None:
    """What was checked last, if anything was."""
    return _check(await reader.rows(_QUERIES["last_check"]))


async def standing_findings(reader: Reader, checked_at: datetime | None) -> dict[str, Finding]:
    """The findings that are open or accepted, by id; `checked_at` is when everything was checked last."""
    return _findings(await reader.rows(_QUERIES["standing_findings"]), checked_at)


async def findings_by_id(reader: Reader, ids: Collection[str], checked_at: datetime | None) -> dict[str, Finding]:
    """The findings with these ids that are there, by id."""
    return _findings(await reader.rows(_QUERIES["findings_by_id"], ids=list(ids)), checked_at)


async def write_findings(transaction: Transaction, findings: Sequence[Finding]) -> None:
    """Write findings as they are now."""
    rows = [{"id": one.id, "key": one.seen.key, "properties": _properties(one)} for one in findings]
    await transaction.rows(_QUERIES["write_findings"], rows=rows)


async def forget_findings(transaction: Transaction, before: datetime) -> None:
    """Forget findings that were seen last before an instant and are resolved."""
    await transaction.rows(_QUERIES["forget_findings"], before=before)


async def findings(
    reader: Reader, chosen: FindingFilter, after: tuple[int, str] | None, first: int, *, checked_at: datetime | None
) -> list[Finding]:
    """Findings, the severest first, after a rank and id."""
    rank, id = after or (-1, "")
    rows = await reader.rows(_QUERIES["findings"], **chosen.parameters, after_rank=rank, after_id=id, first=first)
    return [*_findings(rows, checked_at).values()]


async def count_findings(reader: Reader, chosen: FindingFilter) -> int:
    """How many findings pass the filter."""
    rows = await reader.rows(_QUERIES["count_findings"], **chosen.parameters)
    return int(rows[0]["count"])


async def mapped_items(reader: Reader, keys: Sequence[str]) -> dict[str, MappedItem]:
    """What is filled in of these items, by key."""
    rows = await reader.rows(_QUERIES["mapped_items"], keys=list(keys))
    return {
        key: MappedItem(key, ItemType(label), kind, operated, frozenset([*names, "owner"] if owned else names))
        for key, label, kind, names, operated, owned in rows[0]["items"]
        if label is not None
    }


async def mapped_edges(reader: Reader, keys: Sequence[str]) -> list[MappedEdge]:
    """What is known of the edges that leave these items and along which failure travels."""
    rows = await reader.rows(_QUERIES["mapped_edges"], keys=list(keys))
    return [
        MappedEdge(dependent, provider, data, confidence, datetime.fromisoformat(verified) if verified else None)
        for dependent, provider, data, confidence, verified in rows[0]["edges"]
    ]


def _names(chosen: Collection[Enum] | type[FindingStatus]) -> list[str]:
    return sorted(one.value for one in chosen)


def _check(rows: Sequence[Row]) -> LastCheck | None:
    if not rows or rows[0]["checked_at"] is None:
        return None
    return LastCheck(utc(rows[0]["checked_at"]), rows[0]["version"])


def _properties(finding: Finding) -> dict[str, object]:
    resolved = finding.status is FindingStatus.RESOLVED
    return {
        "id": finding.id,
        "code": finding.seen.code,
        "severity": finding.seen.severity.value,
        "rank": finding.seen.severity.rank,
        "itemKey": finding.seen.key,
        "sentence": finding.seen.sentence,
        "status": finding.status.value,
        "firstSeenAt": finding.first_seen_at,
        # What stands was seen at the last check, whenever that is: a check that finds the same writes nothing.
        "lastSeenAt": finding.last_seen_at if resolved else None,
        "acceptedUntil": finding.accepted_until,
        "turnsAt": [turn.at for turn in finding.turns],
        "turnsStatuses": [turn.status.value for turn in finding.turns],
        "turnsBy": [turn.by or _NOBODY for turn in finding.turns],
        "turnsReasons": [turn.reason or _NOBODY for turn in finding.turns],
    }


def _findings(rows: Sequence[Row], checked_at: datetime | None) -> dict[str, Finding]:
    return {row["finding"]["id"]: _finding(row["finding"], checked_at) for row in rows}


def _finding(stored: Mapping[str, Any], checked_at: datetime | None) -> Finding:
    lists = (stored[name] for name in ("turnsAt", "turnsStatuses", "turnsBy", "turnsReasons"))
    turns = tuple(
        Turn(utc(at), FindingStatus(status), by or None, reason or None)
        for at, status, by, reason in zip(*lists, strict=True)
    )
    first = utc(stored["firstSeenAt"])
    return Finding(
        Seen(stored["code"], FindingSeverity(stored["severity"]), stored["itemKey"], stored["sentence"]),
        FindingStatus(stored["status"]),
        first_seen_at=first,
        last_seen_at=utc_or_none(stored.get("lastSeenAt")) or checked_at or first,
        turns=turns,
        accepted_until=utc_or_none(stored.get("acceptedUntil")),
    )
