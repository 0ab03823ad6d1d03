"""The GraphQL types of mapping quality, in the words of `continuity.mapping_quality`."""

from datetime import datetime, timedelta

import strawberry

from app.api.pages import page_size
from app.api.relay import RequestInfo
from app.continuity import mapping_quality as model
from app.continuity.mapping import FoundMap
from app.continuity.mapping_quality import Pillar

strawberry.enum(Pillar)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


@strawberry.type
class PillarQuality:
    """How much of one pillar is mapped."""

    gaps: strawberry.Private[tuple[str, ...]]
    pillar: Pillar
    expected_count: int = strawberry.field(description="Of how many items something is expected.")
    mapped_count: int = strawberry.field(description="For how many of these it is there.")
    percent: float | None = strawberry.field(description="The share of these; null where nothing is expected.")

    @strawberry.field(description="The keys of the items for which it is not there, in order.")
    def missing(self, info: RequestInfo, first: int | None = None) -> list[str]:
        return list(self.gaps[: page_size(first, info.context.runtime.settings.max_page_size)])


@strawberry.type
class FieldQuality:
    """How many of the items that may hold a field do."""

    field: str
    item_count: int
    filled_count: int
    percent: float


@strawberry.type
class EdgeQuality:
    """How fresh and how sure the dependencies are."""

    edge_count: int
    never_verified_count: int
    stale_count: int = strawberry.field(description="How many were verified longer ago than that holds.")
    unknown_confidence_count: int
    least_confidence: float | None = strawberry.field(description="The least that anybody gave a dependency, 0 to 1.")
    surest_path_confidence: float | None = strawberry.field(
        description="The product along the surest path to the item that is least sure; at most, where any is unknown."
    )
    least_sure_key: str | None


@strawberry.type
class MappingQuality:
    """How much is known of what an item stands on, itself included."""

    key: str
    graph_version: str
    item_count: int = strawberry.field(description="How many items were looked at.")
    truncated: bool = strawberry.field(description="Whether it stands on more, of which the nearest were looked at.")
    pillars: list[PillarQuality]
    fields: list[FieldQuality]
    edges: EdgeQuality
    cycles: list[list[str]] = strawberry.field(description="The keys of items that need each other.")
    unsatisfiable: list[str] = strawberry.field(description="The keys of groups that have too few members.")


def mapping_quality(found: FoundMap, now: datetime, stale_after: timedelta) -> MappingQuality:
    """The quality as its GraphQL type."""
    service = found.service
    edges = service.edge_quality(now, stale_after)
    return MappingQuality(
        key=service.key,
        graph_version=str(service.graph.version),
        item_count=len(service.items),
        truncated=found.truncated,
        pillars=[_pillar(one) for one in service.pillars()],
        fields=[_field(one) for one in service.fields()],
        edges=EdgeQuality(
            edge_count=edges.edge_count,
            never_verified_count=edges.never_verified_count,
            stale_count=edges.stale_count,
            unknown_confidence_count=edges.unknown_confidence_count,
            least_confidence=edges.least_confidence,
            surest_path_confidence=edges.surest_path_confidence,
            least_sure_key=edges.least_sure_key,
        ),
        cycles=[list(one) for one in service.cycles()],
        unsatisfiable=list(service.unsatisfiable()),
    )


def _pillar(record: model.PillarQuality) -> PillarQuality:
    mapped = record.expected_count - len(record.missing)
    return PillarQuality(
        gaps=record.missing,
        pillar=record.pillar,
        expected_count=record.expected_count,
        mapped_count=mapped,
        percent=_percent(mapped, record.expected_count),
    )


def _field(record: model.FieldQuality) -> FieldQuality:
    return FieldQuality(
        field=record.field,
        item_count=record.item_count,
        filled_count=record.filled_count,
        percent=_percent(record.filled_count, record.item_count) or 0.0,
    )
