"""Bodies: strict JSON, with errors that say where."""

import orjson
from starlette.requests import Request

from app.errors import InvalidInput

MAX_NESTING = 100
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


async def json_body(request: Request) -> object:
    """The body as JSON, whatever its content type says; `limits` holds its size while it is read.

    Raises:
        InvalidInput: empty, not UTF-8, not JSON (RFC 8259: no NaN, no comments), or nested deeper than 100 levels.
    """
    return parsed_json(await request.body())


def parsed_json(raw: bytes) -> object:
    """The value that this JSON text describes; raises as `json_body`."""
    text = raw.removeprefix(_BYTE_ORDER_MARK)
    if not text.strip():
        raise InvalidInput("the body is empty; send JSON")
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _not_json(text, error) from error
    if _is_deeper(value, MAX_NESTING):
        raise _too_deep()
    return value


def _not_json(text: bytes, error: orjson.JSONDecodeError) -> InvalidInput:
    try:
        text.decode()
    except UnicodeDecodeError as wrong:
        before = text[: wrong.start].decode()
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        return InvalidInput(f"the body is not UTF-8 at line {line}, column {column}; send JSON in UTF-8")
    if error.msg == "depth limit exceeded":  # orjson's own limit is 1024
        return _too_deep()
    return InvalidInput(f"the body is not JSON at line {error.lineno}, column {error.colno}: {error.msg}")


def _too_deep() -> InvalidInput:
    return InvalidInput(f"the body is nested deeper than {MAX_NESTING} levels; send it flatter")


def _is_deeper(value: object, levels: int) -> bool:
    """Whether lists and objects lie in each other more than `levels` deep; level by level, never recursive."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(outer: dict[str, object] | list[object]) -> list[object]:
    return list(outer.values()) if isinstance(outer, dict) else outer
