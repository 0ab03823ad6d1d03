"""The GraphQL types of configuration items and of the edges between them, in the words of `inventory`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NewType

import strawberry
from strawberry.scalars import JSON

from app.api.assessment_types import Assessment, approved_assessment
from app.api.context import Context
from app.api.pages import Listing, page_size
from app.api.relay import Connection, Edge, Node, RequestInfo, global_id, paged
from app.errors import NotFound
from app.impact.actions import UNKNOWN_KEY
from app.impact.model import HealthState
from app.impact.report import ImpactReport
from app.inventory import model as inventory
from app.inventory.browsing import LISTED, Neighbours
from app.inventory.model import DependencyStrength, ItemType, Lifecycle, Relation

if TYPE_CHECKING:
    from app.api.event_types import EventConnection

for _enum in (ItemType, Lifecycle, Relation, DependencyStrength, HealthState):
    strawberry.enum(_enum)

Threshold = NewType("Threshold", object)


@strawberry.type
class Identifier:
    """A name under which monitoring tools know an item; the value is normalised."""

    kind: str
    value: str


@strawberry.type
class Health:
    """How an item is now, by the open events and the maintenance under way."""

    key: strawberry.Private[str]
    hurt: strawberry.Private[ImpactReport | None]
    state: HealthState
    best_state: HealthState
    worst_state: HealthState

    @strawberry.field(description="When it came into its state, by when the events say that they began.")
    def since(self) -> datetime | None:
        return self.hurt.since(self.key) if self.hurt else None

    @strawberry.field(description="Whether planned maintenance alone gives it its state; then its causes are planned.")
    def planned(self) -> bool:
        return self.hurt is not None and self.hurt.is_planned(self.key)

    @strawberry.field(description="A minimal set of items whose own trouble explains the state.")
    async def causes(self, info: RequestInfo) -> list["ConfigurationItem"]:
        return await items_of(info.context, self.hurt.causes_of(self.key) if self.hurt else ())


@strawberry.interface
class ConfigurationItem(Node):
    """Anything a business process may stand on, and the processes themselves."""

    record: strawberry.Private[inventory.Item]
    key: str
    name: str
    kind: str | None
    lifecycle: Lifecycle
    identifiers: list[Identifier]
    attributes: JSON
    source: str | None
    revision: int
    created_at: datetime
    updated_at: datetime

    @strawberry.field(description="How the item is now, by the open events and the maintenance under way.")
    async def health(self, info: RequestInfo) -> Health:
        report = await info.context.current_impact()
        key, now = self.record.key, report.propagation
        number = report.graph.number.get(key)
        if number is None or now.worst.of(number) is HealthState.OPERATIONAL:
            fine = HealthState.OPERATIONAL
            return Health(key=key, hurt=None, state=fine, best_state=fine, worst_state=fine)
        best, worst = now.best.of(number), now.worst.of(number)
        return Health(key=key, hurt=report, state=now.state(number), best_state=best, worst_state=worst)

    @strawberry.field(description="The team that answers for the item.")
    async def owner(self, info: RequestInfo) -> Annotated["Team", strawberry.lazy("app.api.item_types")] | None:
        if self.record.owner is None:
            return None
        owners = await items_of(info.context, [self.record.owner])
        return next((one for one in owners if isinstance(one, Team)), None)

    @strawberry.field(description="What the item directly needs.")
    async def dependencies(
        self,
        info: RequestInfo,
        first: int | None = None,
        after: str | None = None,
        strength: list[DependencyStrength] | None = None,
        relation: list[Relation] | None = None,
    ) -> "DependencyConnection":
        return await _neighbours(self.record.key, info.context, True, first, after, strength, relation)

    @strawberry.field(description="Who directly needs the item.")
    async def dependents(
        self,
        info: RequestInfo,
        first: int | None = None,
        after: str | None = None,
        strength: list[DependencyStrength] | None = None,
        relation: list[Relation] | None = None,
    ) -> "DependencyConnection":
        return await _neighbours(self.record.key, info.context, False, first, after, strength, relation)

    @strawberry.field(description="The open events about the item, newest first; those that are silenced too.")
    async def events(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> Annotated["EventConnection", strawberry.lazy("app.api.event_types")]:
        # An item has events and an event has its item: one of the two has to be imported late.
        from app.api.item_events import open_events

        return await open_events(info, self.record.key, first=first, after=after)


async def _neighbours(
    key: str,
    context: Context,
    outgoing: bool,
    first: int | None,
    after: str | None,
    strength: list[inventory.DependencyStrength] | None,
    relation: list[inventory.Relation] | None,
) -> "DependencyConnection":
    size = page_size(first, context.runtime.settings.max_page_size)
    strengths = tuple(sorted(strength or (), key=lambda one: one.value))
    relations = tuple(sorted(relation or LISTED, key=lambda one: one.value))
    listing = Listing("dependencies" if outgoing else "dependents", (key, strengths, relations))
    place = listing.place(after, (str, str)) or ("", "")
    shown = Neighbours(relations, strengths, str(place[0]), str(place[1]), size + 1)
    found = await context.edges(key, shown, outgoing=outgoing)
    where, edges = paged(found, size, after, lambda edge: _dependency_edge(edge, outgoing, listing))
    counted = Neighbours(relations, strengths)
    return DependencyConnection(
        page_info=where, edges=edges, counter=lambda: context.edge_count(key, counted, outgoing=outgoing)
    )


@strawberry.type
class DependencyEdge:
    """A direct edge; the node is the item at its other end."""

    cursor: str
    record: strawberry.Private[inventory.Dependency]
    other: strawberry.Private[str]
    relation: Relation
    strength: DependencyStrength | None
    tolerance_seconds: int | None
    needed_for_recovery: bool | None
    data_dependency: bool | None
    weight: int | None
    confidence: float | None
    verified_at: datetime | None
    valid_from: datetime | None
    valid_to: datetime | None
    source: str | None

    @strawberry.field
    async def node(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.other)


def _dependency_edge(edge: inventory.Dependency, outgoing: bool, listing: Listing) -> DependencyEdge:
    other = edge.provider if outgoing else edge.dependent
    values = {_snake(name): edge.properties.get(name) for name in inventory.DEPENDENCY_PROPERTIES if name != "strength"}
    for name in ("verified_at", "valid_from", "valid_to"):
        values[name] = datetime.fromisoformat(str(values[name])) if values[name] else None  # type: ignore[assignment]
    return DependencyEdge(
        cursor=listing.cursor(other, edge.relation.value),
        record=edge,
        other=other,
        relation=edge.relation,
        strength=edge.strength,
        source=edge.source,
        **values,  # type: ignore[arg-type]
    )


@strawberry.type
class DependencyConnection(Connection[DependencyEdge]):
    """Direct dependencies or dependents, by key."""


@strawberry.type
class ItemConnection(Connection[Edge[ConfigurationItem]]):
    """Configuration items."""


@strawberry.interface
class Recoverable:
    """How an item comes back."""

    recovery_time_seconds: int | None
    restart_time_seconds: int | None
    recovery_evidence: str | None
    last_tested_on: date | None
    availability: float | None


@strawberry.type
class LossBand:
    """What an outage has cost in all when it has lasted for so long, in the item's `lossCurrency`."""

    after_seconds: int
    cumulative_loss: Decimal


@strawberry.interface
class BusinessImpact:
    """What the business impact analysis says."""

    tier: int | None
    mtpd_seconds: int | None
    rto_seconds: int | None
    rpo_seconds: int | None
    wrt_seconds: int | None
    mbco: str | None
    impact_tolerance_seconds: int | None
    criticality_weight: float | None
    critical_or_important: bool | None
    availability_objective: float | None
    loss_bands: list[LossBand] | None = strawberry.field(
        description="What an outage costs by how long it lasts, the shortest first; null if nobody said."
    )
    loss_currency: str | None = strawberry.field(description="The ISO 4217 code of the currency of the loss bands.")

    @strawberry.field(description="The approved business impact analysis; null if there is none.")
    async def assessment(self, info: RequestInfo) -> Assessment | None:
        assert isinstance(self, ConfigurationItem)
        return await approved_assessment(info.context, self.record.key)


@strawberry.type
class BusinessProcess(Recoverable, BusinessImpact, ConfigurationItem):
    """What the business does; it has the tolerances everything else is judged by."""


@strawberry.type
class BusinessService(Recoverable, BusinessImpact, ConfigurationItem):
    """What the business offers."""

    important: bool | None


@strawberry.type(name="ITService")
class ITService(Recoverable, ConfigurationItem):
    """What IT offers: an application or a technical service."""

    rto_seconds: int | None
    rpo_seconds: int | None
    availability_objective: float | None
    environment: str | None


@strawberry.type
class Component(Recoverable, ConfigurationItem):
    """Software, hardware, network, a queue, a store."""

    replication_lag_seconds: int | None
    backup_interval_seconds: int | None


@strawberry.type
class Location(Recoverable, ConfigurationItem):
    """A failure domain: a site, zone, rack, power feed, duct."""


@strawberry.type
class Team(ConfigurationItem):
    """People."""

    headcount: int | None
    cross_trained: bool | None


@strawberry.type
class ThirdParty(Recoverable, ConfigurationItem):
    """A supplier."""

    lei: str | None
    parent: str | None
    contract_rto_seconds: int | None
    substitutability: str | None
    exit_plan: bool | None


@strawberry.type
class Contract(ConfigurationItem):
    """What was agreed with a supplier."""

    lei: str | None
    parent: str | None
    contract_rto_seconds: int | None
    substitutability: str | None
    exit_plan: bool | None


@strawberry.type
class Member:
    """A member of a redundancy group and what it weighs."""

    key: strawberry.Private[str]
    weight: int

    @strawberry.field
    async def item(self, info: RequestInfo) -> ConfigurationItem:
        return await item_of(info.context, self.key)


@strawberry.type
class RedundancyGroup(ConfigurationItem):
    """Items of which some suffice."""

    min_available: Threshold | None
    degraded_below: Threshold | None
    failover_time_seconds: int | None

    @strawberry.field(description="The members, by key.")
    async def members(self, info: RequestInfo) -> list[Member]:
        sight = await info.context.sight()
        return [Member(key=one.key, weight=one.weight) for one in self.record.members if sight.sees(one.key)]


_CLASSES: dict[inventory.ItemType, type[ConfigurationItem]] = {
    inventory.ItemType.BUSINESS_PROCESS: BusinessProcess,
    inventory.ItemType.BUSINESS_SERVICE: BusinessService,
    inventory.ItemType.IT_SERVICE: ITService,
    inventory.ItemType.COMPONENT: Component,
    inventory.ItemType.LOCATION: Location,
    inventory.ItemType.TEAM: Team,
    inventory.ItemType.THIRD_PARTY: ThirdParty,
    inventory.ItemType.CONTRACT: Contract,
    inventory.ItemType.REDUNDANCY_GROUP: RedundancyGroup,
}
ITEM_TYPES = tuple(_CLASSES.values())


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


_FIELDS = {
    kind: tuple((_snake(name), name) for name, rule in inventory.PROPERTIES.items() if kind in rule.types)
    for kind in inventory.ItemType
}


def configuration_item(item: inventory.Item) -> ConfigurationItem:
    """The item as its GraphQL type."""
    values: dict[str, object] = {field: item.properties.get(name) for field, name in _FIELDS[item.type]}
    if tested := values.get("last_tested_on"):
        values["last_tested_on"] = date.fromisoformat(str(tested))
    if item.type in inventory.LOSS_TYPES:
        bands = [
            LossBand(after_seconds=one.after_seconds, cumulative_loss=one.cumulative_loss) for one in item.loss_bands
        ]
        values["loss_bands"] = bands or None
    return _CLASSES[item.type](
        id=global_id(item),
        record=item,
        key=item.key,
        name=item.name,
        kind=item.kind,
        lifecycle=item.lifecycle,
        identifiers=[Identifier(kind=one.kind, value=one.value) for one in item.identifiers],
        attributes=JSON(dict(item.attributes)),
        source=item.source,
        revision=item.revision,
        created_at=item.created_at,
        updated_at=item.updated_at,
        **values,
    )


async def items_of(
    context: Context, keys: Sequence[str], instead: Mapping[str, inventory.Item] = MappingProxyType({})
) -> list[ConfigurationItem]:
    """Those of the items with these keys that the caller may see, in their order; those of `instead` as they are there.

    Raises:
        NotFound: one is gone.
    """
    seen = (await context.sight()).among(keys)
    # The paths of a page meet the same items again and again.
    nodes = context.nodes
    stored = {
        item.key: nodes.get(item.key) or nodes.setdefault(item.key, configuration_item(item))
        for item in await context.items([key for key in seen if key not in instead])
    }
    return [configuration_item(instead[key]) if key in instead else stored[key] for key in seen]


async def item_of(context: Context, key: str) -> ConfigurationItem:
    """The item with this key; `NotFound` when it is gone, or the caller may not see it."""
    if not (found := await items_of(context, (key,))):
        raise NotFound(UNKNOWN_KEY.format(key=key))
    return found[0]


@strawberry.type
class SearchHit:
    """An item that fits a search, and how well (higher is better)."""

    item: ConfigurationItem
    score: float
