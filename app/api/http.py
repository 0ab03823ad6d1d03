"""GraphQL over HTTP (the 2025 draft): Strawberry's router, with the media type and status codes of the draft.

Source: https://graphql.github.io/graphql-over-http/draft/
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter
from cross_web import HTTPException as StrawberryRefusal
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from strawberry.exceptions import ConnectionRejectionError, MissingQueryError
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UNSET, UnsetType

from app.api.context import Context
from app.api.schema import Schema
from app.auth.model import Caller
from app.errors import NotAuthenticated, UnderpinError
from app.runtime import Runtime

Admit = Callable[[str | None], Awaitable[Caller]]
"""The caller of an Authorization value."""
RESPONSE_TYPE = "application/graphql-response+json"


class Router(GraphQLRouter[Context, None]):
    """Answers in the media type the client asked for; what is no GraphQL request is refused as by any other route."""

    def __init__(self, schema: Schema, admit: Admit, **options: Any) -> None:
        super().__init__(schema, **options)
        self._admit = admit
        for route in self.routes:
            if isinstance(route, APIRoute):
                # What Strawberry's own description leaves out: the draft's media type, and the page for browsers.
                route.responses[200] = {"description": "An answer.", "content": {RESPONSE_TYPE: {}, "text/html": {}}}

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Let a websocket in that sends its token in `connection_init`.

        Raises:
            ConnectionRejectionError: it sends none, or one that is not ours.
        """
        sent = context.connection_params or {}
        token = sent.get("authorization") or sent.get("Authorization")
        if context.admitted is None or token is not None:
            context.admit = partial(self._admit, token if isinstance(token, str) else None)
            try:
                context.admitted = await context.admit()
            except UnderpinError as error:
                raise ConnectionRejectionError from error
        no_payload: UnsetType = UNSET
        return no_payload

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """The operation that was sent.

        Raises:
            HTTPException: 415, or 400 when it is not what GraphQL over HTTP describes.
        """
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        if request.method == "GET":
            sent = self.parse_query_params(request.query_params)
        elif media_type == "application/json":
            sent = _object(self.parse_json(await request.get_body()))
        else:
            raise HTTPException(415, f"the body is {media_type or 'of no stated type'}; send application/json")
        transport = self._get_stream_transport_from_headers(request.headers)
        return GraphQLRequestData(
            query=_part(sent, "query", str, "text"),
            variables=_part(sent, "variables", dict, "an object"),
            operation_name=_part(sent, "operationName", str, "text"),
            extensions=_part(sent, "extensions", dict, "an object"),
            protocol=transport.protocol if transport else "http",
        )

    async def execute_single(self, *arguments: Any, **named: Any) -> ExecutionResult:
        """What the operation answers.

        Raises:
            HTTPException: 405 for a mutation by GET, 400 when there is no such operation.
        """
        try:
            return await super().execute_single(*arguments, **named)
        except StrawberryRefusal as error:
            if isinstance(error.__cause__, InvalidOperationTypeError):
                raise HTTPException(405, "only queries are taken by GET; use POST", {"Allow": "POST"}) from error
            if isinstance(error.__cause__, MissingQueryError):
                raise HTTPException(400, 'there is no query; send {"query": "…", "variables": {…}}') from error
            raise HTTPException(400, "operationName names no operation of the query; correct it") from error

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

    def parse_json(self, data: str | bytes) -> object:
        """Strict JSON: no NaN, valid UTF-8, bounded depth. Bytes are a body, text is a query parameter.

        Raises:
            HTTPException: it is no JSON.
        """
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as error:
            what = "body" if isinstance(data, bytes) else "query parameter"
            place = f"line {error.lineno}, column {error.colno}"
            raise HTTPException(400, f"the {what} is not JSON at {place}: {error.msg}") from error


def _object(body: object) -> dict[str, Any]:
    if isinstance(body, list):
        raise HTTPException(400, "a batch is not taken; send one operation in each request")
    if not isinstance(body, dict):
        raise HTTPException(400, 'the body is not an object; send {"query": "…", "variables": {…}}')
    return body


def _part(sent: Mapping[str, Any], name: str, kind: type, expectation: str) -> Any:
    part = sent.get(name)
    if part is not None and not isinstance(part, kind):
        raise HTTPException(400, f"{name} must be {expectation}; correct it or leave it out")
    return part


def graphql_router(
    runtime: Runtime,
    schema: Schema,
    caller: Callable[[HTTPConnection], Awaitable[Caller]],
    admit: Admit,
    origin: Callable[[HTTPConnection], str],
) -> Router:
    """The route of `/graphql`; `caller` tells who asks, `admit` whose Authorization a websocket sends when it opens,
    and `origin` from where."""

    async def context(connection: HTTPConnection, response: Response) -> Any:
        if _prefers_response_type(connection.headers.get("accept", "")):
            response.media_type = RESPONSE_TYPE
        known = await _caller(connection, caller)
        return Context(runtime, known, origin(connection), partial(caller, connection))

    return Router(
        schema,
        admit,
        context_getter=context,
        graphql_ide="graphiql",
        allow_queries_via_get=True,
        subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
    )


async def _caller(connection: HTTPConnection, caller: Callable[[HTTPConnection], Awaitable[Caller]]) -> Caller | None:
    """Who asks; a browser cannot send a header with a websocket, and says it in its first message."""
    try:
        return await caller(connection)
    except NotAuthenticated:
        if connection.scope["type"] == "websocket" and "authorization" not in connection.headers:
            return None
        raise


def _prefers_response_type(accept: str) -> bool:
    """Whether the client would rather have the draft's media type than plain JSON; of equals the first counts."""
    wanted: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (one.strip().lower() for one in part.split(";"))
        if media in (RESPONSE_TYPE, "application/json"):
            wanted.setdefault(media, _quality(parameters))
    best = max(wanted, key=lambda media: wanted[media], default="")
    return best == RESPONSE_TYPE and wanted[best] > 0


def _quality(parameters: list[str]) -> float:
    given = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0
