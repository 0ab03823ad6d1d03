"""The GraphQL types of business impact analyses, in the words of `continuity.assessment`.

They know nothing of items but their keys, for the types of items refer to them.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import strawberry

from app.api.context import Context, items_by_key
from app.api.relay import RequestInfo
from app.continuity import assessment as model
from app.continuity.assessment import AssessmentStatus, first_reached
from app.continuity.assessment_store import approved_assessments
from app.continuity.consistency import Targets, contradictions

strawberry.enum(AssessmentStatus)


@strawberry.type
class ImpactBand:
    """How bad an outage is in one category when it has lasted for so long."""

    category: str
    after_seconds: int
    level: int = strawberry.field(description="From 1, negligible, to 5, severe.")
    cumulative_loss: Decimal | None = strawberry.field(
        description="What it has cost by then in this category, in the assessment's `lossCurrency`."
    )


@strawberry.type
class Assessment:
    """One version of the business impact analysis of a process or service; the approved one counts."""

    record: strawberry.Private[model.Assessment]
    id: strawberry.ID
    item_key: str
    version: int
    status: AssessmentStatus
    bands: list[ImpactBand]
    intolerable_level: int
    mtpd_seconds: int | None = strawberry.field(
        description="After how long the first category reaches the intolerable level; null if none does."
    )
    mtpd_categories: list[str] = strawberry.field(description="The categories that reach it then.")
    loss_currency: str | None
    rto_seconds: int | None
    wrt_seconds: int | None
    rpo_seconds: int | None
    mbco: str | None
    minimum_staff: int | None
    notes: str | None
    drafted_at: datetime
    drafted_by: str
    approved_at: datetime | None
    approved_by: str | None
    reviewed_at: datetime | None = strawberry.field(description="When it was last confirmed; approval confirms it.")
    reviewed_by: str | None
    ended_at: datetime | None = strawberry.field(description="When it was superseded or retired.")

    @strawberry.field(
        description="What contradicts itself in it, beside what its item says already, and what to do about it."
    )
    async def contradictions(self, info: RequestInfo) -> list[str]:
        item = await info.context.load(items_by_key, self.item_key)
        targets = Targets.of(item.properties if item else {})
        return list(contradictions(targets.assessed(self.record.contents)))


def assessment(record: model.Assessment) -> Assessment:
    """The version as its GraphQL type."""
    contents = record.contents
    reached = first_reached(contents.bands, contents.intolerable_level)
    return Assessment(
        record=record,
        id=strawberry.ID(record.id),
        item_key=record.item_key,
        version=record.version,
        status=record.status,
        bands=[_band(one) for one in contents.bands],
        intolerable_level=contents.intolerable_level,
        mtpd_seconds=contents.mtpd_seconds,
        mtpd_categories=sorted(name for name, after in reached.items() if after == contents.mtpd_seconds),
        loss_currency=contents.currency,
        rto_seconds=contents.rto_seconds,
        wrt_seconds=contents.wrt_seconds,
        rpo_seconds=contents.rpo_seconds,
        mbco=contents.mbco,
        minimum_staff=contents.minimum_staff,
        notes=contents.notes,
        drafted_at=record.drafted_at,
        drafted_by=record.drafted_by,
        approved_at=record.approved_at,
        approved_by=record.approved_by,
        reviewed_at=record.reviewed_at,
        reviewed_by=record.reviewed_by,
        ended_at=record.ended_at,
    )


def _band(record: model.ImpactBand) -> ImpactBand:
    return ImpactBand(
        category=record.category,
        after_seconds=record.after_seconds,
        level=record.level,
        cumulative_loss=record.cumulative_loss,
    )


async def approved_assessment(context: Context, key: str) -> Assessment | None:
    """The approved version of an item."""
    found = await context.load(_approved, key)
    return assessment(found) if found else None


async def _approved(context: Context, keys: Sequence[str]) -> list[model.Assessment | None]:
    found = await approved_assessments(context.runtime.database, keys)
    return [found.get(key) for key in keys]
