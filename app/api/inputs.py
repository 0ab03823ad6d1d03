"""The GraphQL inputs. A field left out stays as it is; an explicit null clears it."""

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry
from strawberry.scalars import JSON

from app.api.item_types import Threshold
from app.errors import InvalidInput, one_message
from app.events.maintenance import MaintenanceDraft
from app.events.model import Event, EventLifecycle, EventStatus
from app.impact.model import Failure, HealthState
from app.inventory import model as inventory
from app.inventory.browsing import Filter, ItemOrderField
from app.inventory.model import DependencyStrength, ItemType, Lifecycle, Relation
from app.inventory.overlay import Overlay
from app.inventory.rules import dependency_draft, item_draft
from app.inventory.values import Problems

strawberry.enum(ItemOrderField)
UNSET: Any = strawberry.UNSET


@strawberry.enum
class OrderDirection(Enum):
    """Rising or falling."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.input
class ItemOrder:
    """How a list of items is sorted; the key breaks ties."""

    field: ItemOrderField = ItemOrderField.KEY
    direction: OrderDirection = OrderDirection.ASC


@strawberry.input
class ItemFilter:
    """Which items a list shows; parts combine with AND, the values of a part with OR."""

    types: list[ItemType] | None = None
    kinds: list[str] | None = None
    lifecycles: list[Lifecycle] | None = None
    owners: list[str] | None = None
    sources: list[str] | None = None
    tiers: list[int] | None = None

    def chosen(self) -> Filter:
        """The filter of `inventory.browsing`."""
        return Filter(
            types=tuple(self.types or ()),
            kinds=tuple(self.kinds or ()),
            lifecycles=tuple(self.lifecycles or ()),
            owners=tuple(self.owners or ()),
            sources=tuple(self.sources or ()),
            tiers=tuple(self.tiers or ()),
        )


@strawberry.input
class EventFilter:
    """Which events a list shows."""

    status: EventStatus | None = None
    lifecycle: EventLifecycle | None = None
    source: str | None = None
    item_key: str | None = None

    def lets_pass(self, event: Event) -> bool:
        """Whether an event is one of them."""
        return (
            self.status in (None, event.status)
            and self.lifecycle in (None, event.lifecycle)
            and self.source in (None, event.source)
            and self.item_key in (None, event.match.key)
        )


@strawberry.input
class FailureInput:
    """An item that fails in a what-if question."""

    key: str
    state: HealthState = HealthState.DOWN
    since: datetime | None = strawberry.field(default=None, description="When it began; now, if not given.")
    until: datetime | None = strawberry.field(
        default=None, description="When it is expected to end; if not given, once its recoveryTimeSeconds is over."
    )
    planned: bool = strawberry.field(default=False, description="Whether it is for maintenance.")

    def failure(self) -> Failure:
        """The failure this names.

        Raises:
            InvalidInput: an instant has no time zone.
        """
        for name, instant in (("since", self.since), ("until", self.until)):
            if instant is not None and instant.tzinfo is None:
                raise InvalidInput(f"{name} of {self.key!r} has no time zone; write it as {instant.isoformat()}Z")
        return Failure(self.state, self.since, self.until, self.planned)


@strawberry.input
class MaintenanceInput:
    """Items that are meant to be out for a while, once or again and again, and why."""

    keys: list[str]
    ends_at: datetime
    summary: str
    state: HealthState | None = strawberry.field(
        default=HealthState.DOWN,
        description="DOWN or DEGRADED; null silences the events of the items and takes nothing down.",
    )
    starts_at: datetime | None = strawberry.field(default=None, description="Now, if not given.")
    include_hosted: bool = strawberry.field(
        default=False, description="Silence the events of what is hosted on the items as well."
    )
    recurrence: str | None = strawberry.field(
        default=None,
        description="A rule of RFC 5545 by which it returns, as FREQ=WEEKLY;BYDAY=SU. The times are those of once.",
    )
    time_zone: str = strawberry.field(
        default="UTC", description="The IANA zone in whose wall clock it returns, as Europe/Berlin."
    )

    def draft(self) -> MaintenanceDraft:
        """The draft of `events.maintenance`."""
        return MaintenanceDraft(
            self.keys,
            self.state,
            self.starts_at,
            self.ends_at,
            self.summary,
            self.include_hosted,
            self.recurrence,
            self.time_zone,
        )


@strawberry.input
class IdentifierInput:
    """A name under which monitoring tools know the item."""

    kind: str
    value: str


@strawberry.input
class MemberInput:
    """A member of a redundancy group."""

    key: str
    weight: int = 1


@strawberry.input
class LossBandInput:
    """What an outage has cost in all when it has lasted for so long."""

    after_seconds: int
    cumulative_loss: Decimal


@strawberry.input
class ImpactBandInput:
    """How bad an outage is in one category, as FINANCIAL or CUSTOMER, when it has lasted for so long: level 1 to 5."""

    category: str
    after_seconds: int
    level: int
    cumulative_loss: Decimal | None = UNSET


@strawberry.input
class AssessmentInput:
    """What was found out about an outage. In a category times ascend, and neither levels nor losses fall."""

    bands: list[ImpactBandInput]
    intolerable_level: int | None = strawberry.field(
        default=UNSET, description="The level that the business cannot bear, from 1 to 5; if not given, the usual one."
    )
    currency: str | None = strawberry.field(default=UNSET, description="The ISO 4217 code of the losses.")
    rto_seconds: int | None = UNSET
    wrt_seconds: int | None = UNSET
    rpo_seconds: int | None = UNSET
    mbco: str | None = UNSET
    minimum_staff: int | None = UNSET
    notes: str | None = UNSET

    def raw(self) -> dict[str, object]:
        """What was given, as `continuity.assessment_rules` checks it."""
        return _raw(self)


@strawberry.input
class ItemInput:
    """An item to create or change. `revision` (0: must be new) refuses an edit of what has changed meanwhile."""

    key: str
    type: ItemType
    name: str | None = UNSET
    kind: str | None = UNSET
    lifecycle: Lifecycle | None = UNSET
    owner: str | None = UNSET
    identifiers: list[IdentifierInput] | None = UNSET
    attributes: JSON | None = UNSET
    members: list[MemberInput] | None = UNSET
    revision: int | None = UNSET
    tier: int | None = UNSET
    mtpd_seconds: int | None = UNSET
    rto_seconds: int | None = UNSET
    rpo_seconds: int | None = UNSET
    wrt_seconds: int | None = UNSET
    mbco: str | None = UNSET
    impact_tolerance_seconds: int | None = UNSET
    criticality_weight: float | None = UNSET
    critical_or_important: bool | None = UNSET
    availability_objective: float | None = UNSET
    loss_bands: list[LossBandInput] | None = UNSET
    loss_currency: str | None = UNSET
    important: bool | None = UNSET
    environment: str | None = UNSET
    recovery_time_seconds: int | None = UNSET
    restart_time_seconds: int | None = UNSET
    recovery_evidence: str | None = UNSET
    last_tested_on: date | None = UNSET
    availability: float | None = UNSET
    replication_lag_seconds: int | None = UNSET
    backup_interval_seconds: int | None = UNSET
    headcount: int | None = UNSET
    cross_trained: bool | None = UNSET
    lei: str | None = UNSET
    parent: str | None = UNSET
    contract_rto_seconds: int | None = UNSET
    substitutability: str | None = UNSET
    exit_plan: bool | None = UNSET
    min_available: Threshold | None = UNSET
    degraded_below: Threshold | None = UNSET
    failover_time_seconds: int | None = UNSET


@strawberry.input
class DependencyInput:
    """A dependency to create or change, from the dependent to the provider."""

    from_: str = strawberry.field(name="from")
    to: str
    relation: Relation = Relation.DEPENDS_ON
    strength: DependencyStrength | None = UNSET
    tolerance_seconds: int | None = UNSET
    needed_for_recovery: bool | None = UNSET
    data_dependency: bool | None = UNSET
    confidence: float | None = UNSET
    verified_at: datetime | None = UNSET
    valid_from: datetime | None = UNSET
    valid_to: datetime | None = UNSET
    weight: int | None = UNSET


@strawberry.input
class DependencyRef:
    """A dependency by its ends."""

    from_: str = strawberry.field(name="from")
    to: str
    relation: Relation = Relation.DEPENDS_ON


@strawberry.input
class OverlayInput:
    """An edit that is only thought of: first the items and dependencies that go, then those that come or change."""

    items: list[ItemInput] | None = None
    dependencies: list[DependencyInput] | None = None
    remove_items: list[str] | None = None
    remove_dependencies: list[DependencyRef] | None = None

    def overlay(self, most: int) -> Overlay:
        """The overlay this describes.

        Raises:
            InvalidInput: it has more than `most` rows, or rows are wrong.
        """
        rows = [*(self.items or ()), *(self.dependencies or ()), *(self.remove_items or ())]
        count = len(rows) + len(self.remove_dependencies or ())
        if count > most:
            raise InvalidInput(f"the overlay has {count} rows, at most {most} are taken; ask about a part of it")
        return Overlay(
            item_drafts(self.items or (), _UNANSWERED),
            dependency_drafts(self.dependencies or (), _UNANSWERED),
            tuple(self.remove_items or ()),
            tuple((one.from_, one.to, one.relation) for one in self.remove_dependencies or ()),
        )


_UNWRITTEN, _UNANSWERED = "nothing was written", "the question was not answered"


def item_drafts(items: Sequence[ItemInput], consequence: str = _UNWRITTEN) -> tuple[inventory.ItemDraft, ...]:
    """The checked items.

    Raises:
        InvalidInput: with every problem.
    """
    problems = Problems()
    drafts = [item_draft(_raw(item), f"items[{index}]", problems) for index, item in enumerate(items)]
    if problems.found:
        raise InvalidInput(one_message(problems.found, consequence), problems.found)
    return tuple(draft for draft in drafts if draft is not None)


def dependency_drafts(
    dependencies: Sequence[DependencyInput], consequence: str = _UNWRITTEN
) -> tuple[inventory.DependencyDraft, ...]:
    """The checked dependencies.

    Raises:
        InvalidInput: with every problem.
    """
    problems = Problems()
    drafts = [dependency_draft(_raw(one), f"dependencies[{index}]", problems) for index, one in enumerate(dependencies)]
    if problems.found:
        raise InvalidInput(one_message(problems.found, consequence), problems.found)
    return tuple(draft for draft in drafts if draft is not None)


def _raw(given: object) -> dict[str, object]:
    """What was given, under the names of the native format."""
    assert dataclasses.is_dataclass(given)
    raw: dict[str, object] = {}
    for field in dataclasses.fields(given):
        value = getattr(given, field.name)
        if value is not UNSET:
            raw[_camel(field.name)] = _plain(value)
    return raw


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        return [_raw(one) if dataclasses.is_dataclass(one) else one for one in value]
    return value


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)
