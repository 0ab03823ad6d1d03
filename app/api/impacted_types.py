"""The GraphQL types of an impacted item, in the words of `impact`."""

import asyncio
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import strawberry

from app.api.answers import Answer
from app.api.item_types import ConfigurationItem
from app.api.relay import Connection, Edge, RequestInfo
from app.impact import model as impact
from app.impact.explanation import Step
from app.impact.model import Forecast, HealthState, PropagationRule
from app.impact.report import ImpactReport as Report
from app.impact.sentence import breach_words
from app.inventory.model import ItemType

strawberry.enum(PropagationRule)


@strawberry.type
class Money:
    """An amount in a currency, by its ISO 4217 code."""

    amount: Decimal
    currency: str


@strawberry.type
class StateCount:
    """How many items of a type are in a state."""

    type: ItemType
    state: HealthState
    count: int


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
        return money(found) if found else None

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


def money(money: impact.Money) -> Money:
    """An amount as its GraphQL type."""
    return Money(amount=money.amount, currency=money.currency)


def state_counts(report: Report) -> list[StateCount]:
    """The counts of a report as their GraphQL type."""
    return [StateCount(type=one.type, state=one.state, count=one.count) for one in report.counts]


def impacted_item(item: impact.ImpactedItem, answer: Answer) -> ImpactedItem:
    """An item of a report as its GraphQL type."""
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
