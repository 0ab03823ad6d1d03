"""GraphQL over HTTP (the 2025 draft): Strawberry's router, with the media type and status codes of the draft.

Source: https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import Depends
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from app.api.context import Context
from app.api.schema import Schema
from app.auth.model import Caller
from app.runtime import Runtime

RESPONSE_TYPE = "application/graphql-response+json"


class Router(GraphQLRouter[Context, None]):
    """Answers in the media type the client asked for."""

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """A request error (no path: nothing was executed) has no `data` at all."""
        answer = await super().process_result(request, result)
        if result.data is None and result.errors and all(error.path is None for error in result.errors):
            answer.pop("data", None)
        return answer

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """With the draft's media type a request error is a 400; as plain JSON every well-formed request gets 200."""
        media_type = sub_response.media_type or "application/json"
        failed = media_type == RESPONSE_TYPE and "data" not in response_data
        return Response(
            self.encode_json(response_data),
            status_code=400 if failed else 200,
            media_type=f"{media_type}; charset=utf-8",
        )

    def encode_json(self, data: object) -> bytes:
        """Compact UTF-8."""
        return orjson.dumps(data)

    def decode_json(self, data: str | bytes) -> object:
        """Strict JSON: no NaN, valid UTF-8, bounded depth."""
        return orjson.loads(data)


def graphql_router(runtime: Runtime, schema: Schema, caller: Callable[..., Awaitable[Caller]]) -> Router:
    """The route of `/graphql`; `caller` is the dependency that tells who asks."""

    async def context(connection: HTTPConnection, response: Response, who: Annotated[Caller, Depends(caller)]) -> Any:
        if _prefers_response_type(connection.headers.get("accept", "")):
            response.media_type = RESPONSE_TYPE
        return Context(runtime, who)

    return Router(schema, context_getter=context, graphql_ide="graphiql", allow_queries_via_get=True)


def _prefers_response_type(accept: str) -> bool:
    """Whether the client names the draft's media type before plain JSON."""
    for part in accept.split(","):
        media = part.split(";")[0].strip().lower()
        if media in (RESPONSE_TYPE, "application/json"):
            return media == RESPONSE_TYPE
    return False
