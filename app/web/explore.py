"""`POST /explore`: a query in Cypher, answered as rows while they come (NDJSON), or as a table (CSV)."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.auth.model import Caller, Permission
from app.errors import UnderpinError
from app.explore.model import Answer, Summary
from app.explore.running import Running
from app.web.access import acting, requires
from app.web.answers import runtime_of

router = APIRouter(tags=["explore"])

_NDJSON = "application/x-ndjson"
_CSV = "text/csv"


class Question(BaseModel):
    """A query with its parameters; `limit` is the most rows, as many as there may be if it is left out."""

    model_config = ConfigDict(extra="forbid")

    query: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    limit: int | None = None


@router.post("/explore", response_class=StreamingResponse, summary="Ask in Cypher of your own")
async def explore(
    request: Request, question: Question, caller: Annotated[Caller, Depends(requires(Permission.READ))]
) -> Response:
    """NDJSON: a line with `columns`, one with each `row`, and at last one with the `summary`, or an `error`.

    With `Accept: text/csv` a table; what was left out, and why, then stands in the header Underpin-Truncated.
    """
    runtime = runtime_of(request)
    explorer = runtime.explorer
    asked = explorer.asked(question.query, question.parameters, question.limit)
    await runtime.ledger.note(acting(request, caller, "cypher"), question.model_dump())
    if _CSV in request.headers.get("accept", ""):
        answer = await explorer.answer(caller, asked, request.is_disconnected)
        headers = {"Underpin-Truncated": answer.summary.cut} if answer.summary.cut else {}
        return Response(table(answer), headers=headers, media_type=f"{_CSV}; charset=utf-8; header=present")
    running = await explorer.start(caller, asked, request.is_disconnected)
    return StreamingResponse(_lines(running), media_type=_NDJSON)


async def _lines(running: Running) -> AsyncIterator[bytes]:
    try:
        yield _line({"columns": running.columns})
        async for row in running.rows():
            yield _line({"row": row})
        if running.summary is not None:
            yield _line({"summary": summary_document(running.summary)})
    except UnderpinError as error:
        # The status has been sent: the last line says that this is not the whole answer.
        yield _line({"error": {"code": error.code, "message": error.message}})
    finally:
        await running.stop()


def _line(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def summary_document(summary: Summary) -> dict[str, object]:
    """What came of a query, with the names that GraphQL gives to it."""
    return {
        "rowCount": summary.rows,
        "truncated": summary.cut is not None,
        "elapsedMilliseconds": summary.elapsed_milliseconds,
        "estimatedRows": summary.cost.estimated_rows,
        "scans": summary.cost.scans,
        "notes": [*summary.notes, *([summary.cut] if summary.cut else [])],
    }


def table(answer: Answer) -> str:
    """The answer as CSV (RFC 4180): text and numbers as they are, null as nothing, and everything else as JSON."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, dict) and value.keys() == {"$type", "value"} and isinstance(value["value"], str):
        return value["value"]
    return orjson.dumps(value).decode()
