"""Puts rows and drawn worlds into a real Neo4j, through the use cases of the service, and reads back what is there."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from app.database.client import Database
from app.database.queries import Query
from app.errors import Problem
from app.inventory.actions import Progress, UpsertReport, upsert
from app.inventory.model import DependencyDraft, ItemDraft, Relation
from app.inventory.rules import dependency_draft, item_draft
from app.inventory.values import Problems
from app.topology.graph import EdgeKind
from tests.graphs import World, graph

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Raw = Mapping[str, object]

_CONTENTS = Query(
    "contents",
    """
    MATCH (n) WHERE NOT n:__Neo4jMigration
    RETURN labels(n) AS labels, properties(n) AS properties,
           [(n)-[edge]->(other) | [type(edge), properties(edge), properties(other)]] AS edges
    """,
    "Everything in the database, its schema aside.",
    frozenset(),
    ("labels", "properties", "edges"),
)


def item(key: str, type: str = "COMPONENT", **fields: object) -> Raw:
    """An item as a caller writes it."""
    return {"key": key, "type": type, **fields}


def needs(dependent: str, provider: str, relation: str = "DEPENDS_ON", **properties: object) -> Raw:
    """A dependency as a caller writes it."""
    return {"from": dependent, "to": provider, "relation": relation, **properties}


def drafts(items: Sequence[Raw], dependencies: Sequence[Raw]) -> tuple[list[ItemDraft], list[DependencyDraft]]:
    """The drafts of rows that are right by themselves."""
    problems = Problems()
    rows = [item_draft(raw, f"items[{number}]", problems) for number, raw in enumerate(items)]
    edges = [dependency_draft(raw, f"dependencies[{number}]", problems) for number, raw in enumerate(dependencies)]
    assert problems.found == []
    return [row for row in rows if row], [edge for edge in edges if edge]


async def upserted(
    database: Database,
    items: Sequence[Raw] = (),
    dependencies: Sequence[Raw] = (),
    *,
    source: str | None = None,
    now: datetime = NOW,
    batch_rows: int = 10_000,
    dry_run: bool = False,
    skip_bad_rows: bool = False,
    refused: Sequence[Problem] = (),
    progress: Progress | None = None,
    keep_changes: int = 10_000,
) -> UpsertReport:
    """Upsert rows as the service does."""
    rows, edges = drafts(items, dependencies)
    return await upsert(
        database,
        rows,
        edges,
        caller="tester",
        source=source,
        now=now,
        batch_rows=batch_rows,
        dry_run=dry_run,
        skip_bad_rows=skip_bad_rows,
        refused=refused,
        progress=progress,
        keep_changes=keep_changes,
    )


async def drawn(database: Database, text: str) -> World:
    """Store the world that this text draws, and give it back as arrays."""
    world = graph(text)
    items = [
        item(
            vertex.key,
            vertex.type.name,
            **{
                name: value
                for name, value in (
                    ("tier", vertex.tier),
                    ("criticalOrImportant", vertex.critical or None),
                    ("minAvailable", vertex.min_available),
                    ("degradedBelow", vertex.degraded_below),
                )
                if value is not None
            },
        )
        for vertex in world.vertices
    ]
    edges = [
        needs(edge.dependent, edge.provider, Relation.HAS_MEMBER.value, weight=edge.weight)
        if edge.kind is EdgeKind.MEMBER
        else needs(edge.dependent, edge.provider, strength=edge.kind.name)
        for edge in world.edges
    ]
    await upserted(database, items, edges)
    return world


async def contents(database: Database) -> list[str]:
    """Everything in the database as comparable lines, the marks of writes aside: no two are the same."""
    rows = await database.rows(_CONTENTS)
    return sorted(f"{sorted(row['labels'])} {_plain(row['properties'])} {_edges(row['edges'])}" for row in rows)


def _plain(properties: Mapping[str, object]) -> str:
    return repr({name: str(properties[name]) for name in sorted(properties.keys() - {"mark", "follows"})})


def _edges(edges: Sequence[tuple[str, Mapping[str, object], Mapping[str, object]]]) -> list[str]:
    return sorted(f"{relation} {_plain(own)} {_plain(other)}" for relation, own, other in edges)
