"""Business impact analyses in Neo4j: one wrapper for each query of `cypher/assessments.cypher`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.continuity.assessment import Assessment, AssessmentStatus, Contents, ImpactBand
from app.database.client import Reader, Row, Transaction
from app.database.instants import utc, utc_or_none
from app.database.queries import load_queries
from app.inventory.losses import amount

_QUERIES = load_queries("assessments")
# Neo4j keeps no null in a list.
_NOBODY_SAID = ""


async def draft_version(transaction: Transaction, assessment: Assessment) -> Assessment | None:
    """The draft with the next version of its item; `None` if the item is gone."""
    properties = _properties(assessment)
    return _first(await transaction.rows(_QUERIES["draft_version"], key=assessment.item_key, properties=properties))


async def approve_version(transaction: Transaction, id: str, *, by: str, at: datetime) -> Assessment | None:
    """The draft, approved, and the one that was approved before superseded; `None` if it is no draft."""
    return _first(await transaction.rows(_QUERIES["approve_version"], id=id, by=by, at=at))


async def review_version(transaction: Transaction, id: str, *, by: str, at: datetime) -> Assessment | None:
    """The approved version, confirmed; `None` if it is not the approved one."""
    return _first(await transaction.rows(_QUERIES["review_version"], id=id, by=by, at=at))


async def retire_version(transaction: Transaction, id: str, *, at: datetime) -> Assessment | None:
    """The draft or approved version, retired; `None` if it is over already."""
    return _first(await transaction.rows(_QUERIES["retire_version"], id=id, at=at))


async def versions_to_merge(transaction: Transaction, keys: Sequence[str]) -> tuple[Assessment, ...]:
    """All versions of these items, by item and version; nobody else changes them until the transaction ends."""
    rows = await transaction.rows(_QUERIES["versions_to_merge"], keys=list(keys))
    return tuple(_assessment(row["assessment"]) for row in rows)


async def write_versions(transaction: Transaction, assessments: Sequence[Assessment]) -> None:
    """Write versions as they are to be, new ones and those that are there."""
    rows = [{**_properties(one), "version": one.version} for one in assessments]
    await transaction.rows(_QUERIES["write_versions"], rows=rows)


async def export_assessments(reader: Reader, after: tuple[str, int], first: int) -> tuple[Assessment, ...]:
    """The next `first` versions behind an item key and a version; start with the empty text and 0."""
    rows = await reader.rows(_QUERIES["export_assessments"], after_key=after[0], after_version=after[1], first=first)
    return tuple(_assessment(row["assessment"]) for row in rows)


async def assessment_by_id(reader: Reader, id: str) -> Assessment | None:
    """One version, or `None`."""
    return _first(await reader.rows(_QUERIES["assessment_by_id"], id=id))


async def approved_assessments(reader: Reader, keys: Sequence[str]) -> dict[str, Assessment]:
    """The approved version of each of these items that has one."""
    rows = await reader.rows(_QUERIES["approved_assessments"], keys=list(keys))
    return {row["assessment"]["itemKey"]: _assessment(row["assessment"]) for row in rows}


async def assessments(
    reader: Reader,
    *,
    key: str | None,
    statuses: Collection[AssessmentStatus],
    before: tuple[datetime, str] | None,
    first: int,
) -> tuple[Assessment, ...]:
    """Versions, those drafted last first, before an instant and id; of an empty collection of statuses, all."""
    rows = await reader.rows(
        _QUERIES["assessments"],
        key=key,
        statuses=_names(statuses),
        before_at=before[0] if before else None,
        before_id=before[1] if before else "",
        first=first,
    )
    return tuple(_assessment(row["assessment"]) for row in rows)


async def count_assessments(reader: Reader, *, key: str | None, statuses: Collection[AssessmentStatus]) -> int:
    """How many versions pass the filter."""
    rows = await reader.rows(_QUERIES["count_assessments"], key=key, statuses=_names(statuses))
    return int(rows[0]["count"])


def _names(statuses: Collection[AssessmentStatus]) -> list[str]:
    return sorted(one.value for one in statuses or AssessmentStatus)


def _properties(assessment: Assessment) -> dict[str, object]:
    contents = assessment.contents
    losses = [_NOBODY_SAID if one.cumulative_loss is None else str(one.cumulative_loss) for one in contents.bands]
    return {
        "id": assessment.id,
        "itemKey": assessment.item_key,
        "status": assessment.status.value,
        "draftedAt": assessment.drafted_at,
        "draftedBy": assessment.drafted_by,
        "approvedAt": assessment.approved_at,
        "approvedBy": assessment.approved_by,
        "reviewedAt": assessment.reviewed_at,
        "reviewedBy": assessment.reviewed_by,
        "endedAt": assessment.ended_at,
        "bandCategories": [one.category for one in contents.bands],
        "bandSeconds": [one.after_seconds for one in contents.bands],
        "bandLevels": [one.level for one in contents.bands],
        "bandLosses": losses,
        "intolerableLevel": contents.intolerable_level,
        "mtpdSeconds": contents.mtpd_seconds,
        "lossCurrency": contents.currency,
        "rtoSeconds": contents.rto_seconds,
        "wrtSeconds": contents.wrt_seconds,
        "rpoSeconds": contents.rpo_seconds,
        "mbco": contents.mbco,
        "minimumStaff": contents.minimum_staff,
        "notes": contents.notes,
    }


def _first(rows: Sequence[Row]) -> Assessment | None:
    return _assessment(rows[0]["assessment"]) if rows else None


def _assessment(stored: Mapping[str, Any]) -> Assessment:
    return Assessment(
        id=stored["id"],
        item_key=stored["itemKey"],
        version=stored["version"],
        status=AssessmentStatus(stored["status"]),
        contents=_contents(stored),
        drafted_at=utc(stored["draftedAt"]),
        drafted_by=stored["draftedBy"],
        approved_at=utc_or_none(stored.get("approvedAt")),
        approved_by=stored.get("approvedBy"),
        reviewed_at=utc_or_none(stored.get("reviewedAt")),
        reviewed_by=stored.get("reviewedBy"),
        ended_at=utc_or_none(stored.get("endedAt")),
    )


def _contents(stored: Mapping[str, Any]) -> Contents:
    lists = (stored[name] for name in ("bandCategories", "bandSeconds", "bandLevels", "bandLosses"))
    bands = (ImpactBand(name, after, level, amount(loss)) for name, after, level, loss in zip(*lists, strict=True))
    return Contents(
        tuple(bands),
        stored["intolerableLevel"],
        currency=stored.get("lossCurrency"),
        rto_seconds=stored.get("rtoSeconds"),
        wrt_seconds=stored.get("wrtSeconds"),
        rpo_seconds=stored.get("rpoSeconds"),
        mbco=stored.get("mbco"),
        minimum_staff=stored.get("minimumStaff"),
        notes=stored.get("notes"),
    )
