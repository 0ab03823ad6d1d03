"""The GraphQL types of findings, in the words of `continuity.finding`."""

from datetime import datetime

import strawberry

from app.api.context import items_by_key
from app.api.item_types import ConfigurationItem, Team, item_of
from app.api.relay import Connection, Edge, RequestInfo
from app.continuity import finding as model
from app.continuity.checking import CheckReport
from app.continuity.checks import CHECKS
from app.continuity.finding import FindingSeverity, FindingStatus

strawberry.enum(FindingSeverity)
strawberry.enum(FindingStatus)

_WORDS = {check.code: check.words for check in CHECKS}


@strawberry.type
class FindingTurn:
    """When a finding came into a status, by whom, null for a check, and why if anybody said."""

    at: datetime
    status: FindingStatus
    by: str | None
    reason: str | None


@strawberry.type
class Finding:
    """What a check says is wrong with an item. It resolves itself when it is gone, and opens when it comes back."""

    id: strawberry.ID
    code: str
    words: str | None = strawberry.field(description="What the check looks for; null if it looks no more.")
    severity: FindingSeverity
    item_key: str
    sentence: str = strawberry.field(description="What is wrong with the item, and what to do.")
    status: FindingStatus
    first_seen_at: datetime
    last_seen_at: datetime
    accepted_until: datetime | None
    history: list[FindingTurn] = strawberry.field(description="Its turns in order, the last hundred.")

    @strawberry.field(description="The item; null if it is gone.")
    async def item(self, info: RequestInfo) -> ConfigurationItem | None:
        there = await info.context.load(items_by_key, self.item_key)
        return await item_of(info.context, self.item_key) if there else None

    @strawberry.field(description="The team that answers for the item, and so for what is wrong with it.")
    async def owner(self, info: RequestInfo) -> Team | None:
        there = await info.context.load(items_by_key, self.item_key)
        team = await item_of(info.context, there.owner) if there and there.owner else None
        return team if isinstance(team, Team) else None


@strawberry.type
class FindingConnection(Connection[Edge[Finding]]):
    """Findings, the severest first, then by check and item."""

    checked_at: datetime | None = strawberry.field(description="When everything was checked last; null before that.")


@strawberry.type
class CheckRun:
    """What a check of the whole estate has changed."""

    checked_at: datetime
    graph_version: str
    opened_count: int
    resolved_count: int
    standing_count: int = strawberry.field(description="How many findings are open or accepted after it.")


def finding(record: model.Finding) -> Finding:
    """The finding as its GraphQL type."""
    seen = record.seen
    return Finding(
        id=strawberry.ID(record.id),
        code=seen.code,
        words=_WORDS.get(seen.code),
        severity=seen.severity,
        item_key=seen.key,
        sentence=seen.sentence,
        status=record.status,
        first_seen_at=record.first_seen_at,
        last_seen_at=record.last_seen_at,
        accepted_until=record.accepted_until,
        history=[FindingTurn(at=one.at, status=one.status, by=one.by, reason=one.reason) for one in record.turns],
    )


def check_run(report: CheckReport) -> CheckRun:
    """The report as its GraphQL type."""
    return CheckRun(
        checked_at=report.check.at,
        graph_version=str(report.check.graph_version),
        opened_count=report.opened,
        resolved_count=report.resolved,
        standing_count=report.standing,
    )
