"""What routes share: the running service behind a request, an answer in JSON, and headers of documents."""

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.runtime import Runtime

CONTAINED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Of a document with somebody's names in it, which a browser must neither run nor let ask for anything."""


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The service that answers this request."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


def json_answer(document: object, status_code: int = 200) -> Response:
    """A document as JSON; instants are written with Z."""
    body = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return Response(body, status_code=status_code, media_type="application/json")
