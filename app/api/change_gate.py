"""The change gate over GraphQL: what an overlay would make of the weak points of the business."""

import strawberry

from app.api.inputs import OverlayInput
from app.api.pages import page_size
from app.api.permissions import readable
from app.api.relay import RequestInfo
from app.continuity import gate as rules
from app.continuity.gate_markdown import gate_markdown
from app.continuity.reliance import ConcentrationBasis


@strawberry.type
class BusinessStanding:
    """How a business item stands before or after a change."""

    single_point_count: int = strawberry.field(description="How many others take it DOWN alone.")
    lowest_order: int | None = strawberry.field(
        description="How many losses besides its own take it DOWN at least; null if more than were looked for."
    )
    overrun_seconds: int = strawberry.field(description="By how much it recovers too late, at least.")
    is_down: bool = strawberry.field(description="Whether it is DOWN whatever happens.")


@strawberry.type
class BusinessChange:
    """What a change does to one business item."""

    change: strawberry.Private[rules.BusinessChange]
    key: str
    is_important: bool
    worse: list[str] = strawberry.field(description="In what ways it gets worse, as sentences; empty if in none.")
    single_points_gained: list[str] = strawberry.field(description="Keys, in order.")
    single_points_lost: list[str] = strawberry.field(description="Keys, in order.")
    before: BusinessStanding
    after: BusinessStanding

    @strawberry.field(
        description="Pairs of keys, in order, whose loss takes it DOWN and did not before; only pairs of which neither "
        "does alone. None if there are too many to look for."
    )
    def pairs_gained(self, info: RequestInfo, first: int | None = None) -> list[list[str]]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [list(pair) for pair in self.change.pairs_gained[:size]]

    @strawberry.field(description="Pairs of keys, in order, whose loss takes it DOWN no longer.")
    def pairs_lost(self, info: RequestInfo, first: int | None = None) -> list[list[str]]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [list(pair) for pair in self.change.pairs_lost[:size]]


@strawberry.type
class ConcentrationChange:
    """What a change does to how much of the business rests on one item; shares are fractions 0-1."""

    by: ConcentrationBasis
    key: str
    knockout_share_before: float
    knockout_share_after: float
    dependency_share_before: float
    dependency_share_after: float


@strawberry.type
class ChangeGateReport:
    """What a change would do, and whether it may pass."""

    report: strawberry.Private[rules.GateReport]
    graph_version: str
    passed: bool = strawberry.field(description="Whether no important business item gets worse.")
    change_count: int
    added: list[str] = strawberry.field(description="The keys of business items that come.")
    removed: list[str] = strawberry.field(description="The keys of business items that go.")

    @strawberry.field(description="Important business items that get worse first, then others that do, then by key.")
    def changes(self, info: RequestInfo, first: int | None = None) -> list[BusinessChange]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [_change(one) for one in self.report.changes[:size]]

    @strawberry.field(description="The largest growth of a knock-out share first.")
    def concentration_changes(self, info: RequestInfo, first: int | None = None) -> list[ConcentrationChange]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return [
            ConcentrationChange(
                by=ConcentrationBasis(one.kind),
                key=one.key,
                knockout_share_before=one.knockout_share_before,
                knockout_share_after=one.knockout_share_after,
                dependency_share_before=one.dependency_share_before,
                dependency_share_after=one.dependency_share_after,
            )
            for one in self.report.concentration[:size]
        ]

    @strawberry.field(description="The report for people, as a pull request shows it.")
    def markdown(self) -> str:
        return gate_markdown(self.report)


@strawberry.type
class ChangeGateQuery:
    """Whether a change may pass."""

    @readable(
        "What a change would make of the weak points of the business: single points of failure, pairs, how few losses "
        "take an item DOWN, recovery beyond its target, concentration. Nothing is written."
    )
    async def change_gate(self, info: RequestInfo, overlay: OverlayInput) -> ChangeGateReport:
        runtime = info.context.runtime
        report = await runtime.change_gate(overlay.overlay(runtime.settings.max_overlay_rows))
        return ChangeGateReport(
            report=report,
            graph_version=str(report.graph_version),
            passed=report.passed,
            change_count=len(report.changes),
            added=list(report.added),
            removed=list(report.removed),
        )


def _change(one: rules.BusinessChange) -> BusinessChange:
    return BusinessChange(
        change=one,
        key=one.key,
        is_important=one.is_important,
        worse=list(one.worse),
        single_points_gained=list(one.gained),
        single_points_lost=list(one.lost),
        before=_standing(one.before),
        after=_standing(one.after),
    )


def _standing(one: rules.Standing) -> BusinessStanding:
    return BusinessStanding(
        single_point_count=len(one.single_points),
        lowest_order=one.lowest_order,
        overrun_seconds=one.overrun_seconds,
        is_down=one.is_down,
    )
