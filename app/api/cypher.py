"""Cypher of a caller's own over GraphQL."""

from collections.abc import Mapping

import strawberry
from starlette.requests import Request
from strawberry.scalars import JSON

from app.api.permissions import readable
from app.api.relay import RequestInfo
from app.errors import InvalidInput
from app.explore import model
from app.explore.actions import waits
from app.explore.description import described
from app.explore.drawing import drawing_of
from app.explore.running import Gone


@strawberry.type
class CypherDrawing:
    """What of an answer can be drawn: each node and each relationship between two of them once, as in the rows."""

    nodes: JSON
    edges: JSON


@strawberry.type
class CypherResult:
    """The answer to a query in Cypher.

    Values keep their type: one that JSON has no word for is an object such as {"$type": "date", "value": "2026-11-26"};
    a node has id, key, labels and properties, a relationship id, type, from, to and properties, a path nodes and
    relationships. Whole numbers beyond 2^53 are text in such an object.
    """

    answer: strawberry.Private[model.Answer]
    columns: list[str]
    rows: JSON
    row_count: int
    truncated: bool = strawberry.field(description="Whether rows were left out; notes says why.")
    elapsed_milliseconds: int
    estimated_rows: float = strawberry.field(description="How many rows Neo4j's planner expected.")
    scans: list[str] = strawberry.field(description="The labels and types that were read from end to end.")
    notes: list[str]

    @strawberry.field(description="What of it can be drawn.")
    async def graph(self) -> CypherDrawing:
        drawn = drawing_of(self.answer.rows)
        return CypherDrawing(nodes=JSON(drawn.nodes), edges=JSON(drawn.edges))


@strawberry.type
class ModelProperty:
    """A property as it was seen in a sample; `types` are Neo4j's."""

    name: str
    types: list[str]
    example: str | None


@strawberry.type
class ModelLabel:
    """A label that can be explored."""

    name: str
    count: int
    properties: list[ModelProperty]


@strawberry.type
class ModelType:
    """A type of relationship; `between` holds patterns such as (:ITService)-[:DEPENDS_ON]->(:Component)."""

    name: str
    count: int
    properties: list[str]
    between: list[str]


@strawberry.type
class GraphModel:
    """What can be explored in Cypher; properties and patterns are those of a sample."""

    labels: list[ModelLabel]
    types: list[ModelType]


@strawberry.type
class CypherQuery:
    """What architects ask in Cypher."""

    @readable("The answer to a query of your own in Cypher, which may only read, and only the model.", noted=True)
    async def cypher(
        self, info: RequestInfo, query: str, parameters: JSON | None = None, limit: int | None = None
    ) -> CypherResult:
        explorer = info.context.runtime.explorer
        asked = explorer.asked(query, parameters_of(parameters), limit)
        return result_of(await explorer.answer(info.context.caller, asked, gone_of(info)))

    @readable("What can be explored in Cypher: labels, properties and relationships, with counts and examples.")
    async def graph_model(self, info: RequestInfo) -> GraphModel:
        model = await described(info.context.runtime.database)
        return GraphModel(
            labels=[
                ModelLabel(
                    name=label.name,
                    count=label.count,
                    properties=[
                        ModelProperty(name=one.name, types=list(one.types), example=one.example)
                        for one in label.properties
                    ],
                )
                for label in model.labels
            ],
            types=[
                ModelType(name=one.name, count=one.count, properties=list(one.properties), between=list(one.between))
                for one in model.types
            ],
        )


def gone_of(info: RequestInfo) -> Gone:
    """Whether the caller has gone; a websocket ends what it asked for by itself."""
    request = info.context.request
    return request.is_disconnected if isinstance(request, Request) else waits


def parameters_of(parameters: object) -> Mapping[str, object]:
    """Values by the names of parameters; none if nothing is given.

    Raises:
        InvalidInput: it is no object.
    """
    if parameters is None or isinstance(parameters, dict):
        return parameters or {}
    raise InvalidInput('parameters must be an object, as {"key": "san-1"}')


def result_of(answer: model.Answer) -> CypherResult:
    """An answer as GraphQL gives it."""
    summary = answer.summary
    return CypherResult(
        answer=answer,
        columns=list(answer.columns),
        rows=JSON(answer.rows),
        row_count=summary.rows,
        truncated=summary.cut is not None,
        elapsed_milliseconds=summary.elapsed_milliseconds,
        estimated_rows=summary.cost.estimated_rows,
        scans=list(summary.cost.scans),
        notes=[*summary.notes, *([summary.cut] if summary.cut else [])],
    )
