"""The GraphQL types of impact, in the words of `impact`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

import strawberry

from app.api.item_types import ConfigurationItem, items_of
from app.api.pages import Listing, page_size
from app.api.relay import Connection, Edge, RequestInfo, page_info
from app.impact import model as impact
from app.impact.explanation import Step
from app.impact.model import Forecast, HealthState, PropagationRule
from app.impact.report import ImpactReport as Report
from app.impact.risk import AtRiskItem as Risked
from app.impact.risk import Risk
from app.impact.sentence import breach_words
from app.inventory import model as inventory
from app.inventory.model import ItemType

strawberry.enum(PropagationRule)


@dataclass(frozen=True, slots=True)
class Answer:
    """A report, and the items that are otherwise in its estate than they are stored."""

    report: Report
    instead: Mapping[str, inventory.Item]

    async def items(self, info: RequestInfo, keys: Sequence[str]) -> list[ConfigurationItem]:
        """The items with these keys as they are in its estate."""
        return await items_of(info.context, keys, self.instead)

    async def item(self, info: RequestInfo, key: str) -> ConfigurationItem:
        """One item as it is in its estate."""
        return (await self.items(info, (key,)))[0]


@strawberry.type
class Cause:
    """An item that failed by itself."""

    key: strawberry.Private[str]
    answer: strawberry.Private[Answer]
    state: HealthState
    planned: bool = strawberry.field(description="Whether maintenance alone gives it this state.")

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.key)


@strawberry.type
class StateCount:
    """How many items of a type are in a state."""

    type: ItemType
    state: HealthState
    count: int


@strawberry.type
class Money:
    """An amount in a currency, by its ISO 4217 code."""

    amount: Decimal
    currency: str


@strawberry.type
class Outage:
    """When an item is expected to be out; without an end, nobody knows until when."""

    start: datetime
    end: datetime | None


@strawberry.type
class ExplanationStep:
    """Why one item has fallen: by this rule, because its supports have. A cause has none."""

    step: strawberry.Private[Step]
    answer: strawberry.Private[Answer]
    state: HealthState
    rule: PropagationRule
    needed: int | None = strawberry.field(description="Of a group, what its members must weigh for it not to be DOWN.")
    total: int | None = strawberry.field(description="Of a group, what all of its members weigh.")

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.step.key)

    @strawberry.field(description="The providers or members it fell with; each has a step of its own.")
    async def supports(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await self.answer.items(info, self.step.supports)


@strawberry.type
class ImpactedItem:
    """An item that is hurt: how, by which rule, and along which path."""

    impacted: strawberry.Private[impact.ImpactedItem]
    answer: strawberry.Private[Answer]
    state: HealthState
    best_state: HealthState
    worst_state: HealthState
    depth: int
    rule: PropagationRule
    planned: bool = strawberry.field(
        description="Whether planned maintenance alone gives it its state; then that is what explains it."
    )

    @cached_property
    def forecast(self) -> Forecast:
        """When it is out, and what that means."""
        return self.answer.report.forecast(self.impacted.key)

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.impacted.key)

    @strawberry.field(description="A shortest path along which the state came, from this item to a cause.")
    async def path(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await self.answer.items(info, self.impacted.path)

    @strawberry.field(description="A minimal set of causes that explains the state.")
    async def causes(self, info: RequestInfo) -> list[ConfigurationItem]:
        return await self.answer.items(info, self.answer.report.causes_of(self.impacted.key))

    @strawberry.field(
        description="When it is expected to be out; null where what it needs is back within its tolerance."
    )
    def outage(self) -> Outage | None:
        found = self.forecast
        return Outage(start=found.start, end=found.end) if found.start else None

    @strawberry.field(description="When the outage exceeds its impact tolerance, else its MTPD; null without either.")
    def breach_at(self) -> datetime | None:
        return self.forecast.breach_at

    @strawberry.field(description="From the end of the outage to the breach; negative if it will be breached.")
    def slack_seconds(self) -> int | None:
        return self.forecast.slack_seconds

    @strawberry.field(
        description="From 1, critical, to 5, planning; of business processes and services, unless they are planned."
    )
    def priority(self) -> int | None:
        return self.forecast.priority

    @strawberry.field(
        description="What its outage will have cost in all at its end; null if it has no loss bands, no known end, "
        "or is not out."
    )
    def cost(self) -> Money | None:
        found = self.answer.report.cost(self.impacted.key)
        return _money(found) if found else None

    @strawberry.field(
        description="Whether the urgency was taken from the impact, for want of a tolerance or a known end."
    )
    def urgency_assumed(self) -> bool:
        return self.forecast.assumed

    @strawberry.field(description="Why it is hurt, in one sentence.")
    async def sentence(self, info: RequestInfo) -> str:
        reason = self.answer.report.reason(self.impacted.key)
        items = await self.answer.items(info, reason.keys)
        why = reason.sentence({item.key: item.name for item in items})
        return why + breach_words(self.forecast, self.answer.report.moment.at)

    @strawberry.field(description="The tree behind the sentence: this item first, down to its causes, each item once.")
    async def explanation(self, info: RequestInfo) -> list[ExplanationStep]:
        report = self.answer.report
        return [_explained(step, self.answer) for step in await asyncio.to_thread(report.steps, self.impacted.key)]

    @strawberry.field(
        description="The smallest set of causes whose repair clears it; null where the search for it was given up."
    )
    async def repairs(self, info: RequestInfo) -> list[ConfigurationItem] | None:
        found = await asyncio.to_thread(self.answer.report.repair, self.impacted.key)
        return None if found is None else await self.answer.items(info, found)


@strawberry.type
class ImpactedItemConnection(Connection[Edge[ImpactedItem]]):
    """Impacted items: business processes, business services, IT services, the rest, groups."""


class SinglePoints:
    """The single points of the items of one page, found together when the first of them is asked for."""

    def __init__(self, risk: Risk, items: list[Risked], most: int) -> None:
        self._risk, self._items, self._most = risk, items, most
        self._found: asyncio.Future[dict[str, tuple[str, ...]]] | None = None

    async def of(self, key: str) -> tuple[str, ...]:
        """Those of one item, the first by key."""
        if self._found is None:
            found = asyncio.to_thread(self._risk.single_points, self._items, self._most)
            self._found = asyncio.ensure_future(found)
        return (await self._found)[key]


@strawberry.type
class AtRiskItem:
    """An item that is not DOWN, but that one more loss would take DOWN, as it would not if nothing had failed."""

    key: strawberry.Private[str]
    answer: strawberry.Private[Answer]
    found: strawberry.Private[SinglePoints]
    state: HealthState
    single_point_count: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await self.answer.item(info, self.key)

    @strawberry.field(description="The items whose loss would now take it DOWN, by key.")
    async def single_points(self, info: RequestInfo, first: int | None = None) -> list[ConfigurationItem]:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        return await self.answer.items(info, (await self.found.of(self.key))[:size])


@strawberry.type
class AtRiskConnection(Connection[Edge[AtRiskItem]]):
    """Items at risk, in the order of the impacted ones."""

    truncated: bool = strawberry.field(
        description="Whether some are missing, because finding them hit the limit UNDERPIN_MAX_AT_RISK_EDGES."
    )


@strawberry.type
class ImpactReport:
    """What is hurt, completely counted; nothing is cut silently."""

    answer: strawberry.Private[Answer]
    as_of: datetime
    graph_version: str
    truncated: bool = False
    hidden: int = 0

    @strawberry.field(
        description="The most urgent of its business processes and services; what is planned does not count."
    )
    def priority(self) -> int | None:
        return self.answer.report.priority

    @strawberry.field(description="The longest path of any impacted item, in edges.")
    def depth_reached(self) -> int:
        return self.answer.report.depth_reached

    @strawberry.field(description="How many items may or may not be hurt.")
    def unknown(self) -> int:
        return self.answer.report.unknown

    @strawberry.field(description="What the answer takes for granted.")
    def assumptions(self) -> list[str]:
        return list(self.answer.report.assumptions)

    @strawberry.field(description="What failed by itself.")
    def causes(self) -> list[Cause]:
        planned = self.answer.report.planned_causes
        return [
            Cause(key=key, answer=self.answer, state=state, planned=key in planned)
            for key, state in self.answer.report.causes
        ]

    @strawberry.field(description="Items by type and state, OPERATIONAL aside.")
    def counts(self) -> list[StateCount]:
        return [StateCount(type=one.type, state=one.state, count=one.count) for one in self.answer.report.counts]

    @strawberry.field(
        description="What the outages of business processes and services cost together, by currency. A process that "
        "the loss of services with costs of their own takes DOWN adds nothing; what may be DOWN counts as DOWN."
    )
    async def costs(self) -> list[Money]:
        return [_money(one) for one in await asyncio.to_thread(lambda: self.answer.report.costs)]

    @strawberry.field(description="Which data the answer lacked: of how many items, and the keys of the first.")
    def missing(self) -> list[str]:
        return list(self.answer.report.missing)

    @strawberry.field(description="The impacted items, the causes included, page by page.")
    async def impacted(
        self,
        info: RequestInfo,
        types: list[ItemType] | None = None,
        states: list[HealthState] | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> ImpactedItemConnection:
        size = page_size(first, info.context.runtime.settings.max_page_size)
        kinds = sorted(one.value for one in types) if types is not None else None
        listing = Listing(
            "impacted", (self.answer.report.causes, kinds, sorted(states) if states is not None else None)
        )
        place = listing.place(after, (int, str))
        position = impact.Position(int(str(place[0])), str(place[1])) if place else None
        found = self.answer.report.page(size + 1, position, types=types, states=states)
        edges = [
            Edge(cursor=listing.cursor(at.code, at.key), node=_impacted(item, self.answer)) for at, item in found[:size]
        ]

        async def count() -> int:
            return self.answer.report.total(types, states)

        where = page_info([e.cursor for e in edges], more_after=len(found) > size, more_before=after is not None)
        return ImpactedItemConnection(page_info=where, edges=edges, counter=count)

    @strawberry.field(description="What one more loss would take DOWN that would stay up if nothing had failed.")
    async def at_risk(self, info: RequestInfo, first: int | None = None, after: str | None = None) -> AtRiskConnection:
        settings = info.context.runtime.settings
        size = page_size(first, settings.max_page_size)
        listing = Listing("atRisk", (self.answer.report.causes,))
        place = listing.place(after, (int, str))
        position = impact.Position(int(str(place[0])), str(place[1])) if place else None
        risk = await asyncio.to_thread(Risk, self.answer.report.propagation, settings.max_at_risk_edges)
        ranked = risk.page(size + 1, position)
        points = SinglePoints(risk, [item for _, item in ranked[:size]], settings.max_page_size)
        edges = [
            Edge(cursor=listing.cursor(at.code, at.key), node=_at_risk(item, points, self.answer))
            for at, item in ranked[:size]
        ]

        async def count() -> int:
            return len(risk.numbers)

        where = page_info([e.cursor for e in edges], more_after=len(ranked) > size, more_before=after is not None)
        return AtRiskConnection(page_info=where, edges=edges, counter=count, truncated=not risk.complete)


def _explained(step: Step, answer: Answer) -> ExplanationStep:
    graph = answer.report.graph
    number = graph.number[step.key]
    group = graph.is_group(number)
    return ExplanationStep(
        step=step,
        answer=answer,
        state=answer.report.propagation.state(number),
        rule=step.rule,
        needed=int(graph.needed[number]) if group else None,
        total=int(graph.total[number]) if group else None,
    )


def _at_risk(item: Risked, points: SinglePoints, answer: Answer) -> AtRiskItem:
    return AtRiskItem(
        key=item.key, answer=answer, found=points, state=item.state, single_point_count=item.single_point_count
    )


def _money(money: impact.Money) -> Money:
    return Money(amount=money.amount, currency=money.currency)


def _impacted(item: impact.ImpactedItem, answer: Answer) -> ImpactedItem:
    return ImpactedItem(
        impacted=item,
        answer=answer,
        state=item.state,
        best_state=item.best_state,
        worst_state=item.worst_state,
        depth=item.depth,
        rule=item.rule,
        planned=item.planned,
    )


def impact_report(report: Report, instead: Mapping[str, inventory.Item] = MappingProxyType({})) -> ImpactReport:
    """The report as its GraphQL type; the items of `instead` are otherwise in its estate than they are stored."""
    return ImpactReport(
        answer=Answer(report, instead),
        as_of=report.moment.at,
        graph_version=str(report.graph.version),
    )
