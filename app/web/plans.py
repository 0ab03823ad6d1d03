"""`GET /continuity/{key}/plan.{md,csv,svg}`: a recovery plan as a document to print, calculate with or look at."""

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app.auth.model import Caller, Permission
from app.continuity.picture import ContinuityPicture
from app.continuity.plan_csv import plan_csv
from app.continuity.plan_document import Named, PlanDocument, plan_document
from app.continuity.plan_gantt import plan_gantt
from app.continuity.plan_markdown import plan_markdown
from app.continuity.planning import planned
from app.continuity.recovery import Assumed
from app.inventory.store import items_by_key
from app.runtime import Runtime
from app.web.access import requires
from app.web.answers import CONTAINED, runtime_of

router = APIRouter(tags=["continuity"])


class PlanFormat(Enum):
    """How a plan is written."""

    MARKDOWN = "md"
    CSV = "csv"
    GANTT = "svg"


_WRITERS: Mapping[PlanFormat, tuple[Callable[[PlanDocument], str], str]] = {
    PlanFormat.MARKDOWN: (plan_markdown, "text/markdown; charset=utf-8"),
    PlanFormat.CSV: (plan_csv, "text/csv; charset=utf-8"),
    PlanFormat.GANTT: (plan_gantt, "image/svg+xml"),
}


@router.get("/continuity/{key:path}/plan.{form}", response_class=Response)
async def plan(
    request: Request,
    key: str,
    form: PlanFormat,
    _: Annotated[Caller, Depends(requires(Permission.READ))],
    teams: int | None = None,
    failed: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """How to bring an item up after the loss of everything it stands on, or of what `failed` names of it; with `teams`
    the steps are given to so many of them."""
    runtime = runtime_of(request)
    picture = await runtime.continuity.current()
    document = await document_of(runtime, picture, Assumed((key,), failed, cycles=runtime.cycles), teams)
    write, media_type = _WRITERS[form]
    text = await asyncio.to_thread(write, document)
    name = quote(f"recovery-plan-{key.replace('/', '-')}.{form.value}")
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}", **CONTAINED}
    return Response(text, media_type=media_type, headers=headers)


async def document_of(
    runtime: Runtime, picture: ContinuityPicture, asked: Assumed, teams: int | None = None
) -> PlanDocument:
    """The document of a plan; raises as `planned`."""
    answer = await asyncio.to_thread(planned, picture, asked, limits=runtime.plan_limits, teams=teams)
    keys = {*asked.targets, *(step.key for step in answer.plan.steps)}
    items = await items_by_key(runtime.database, sorted(keys))
    named = {key: Named(item.name, item.owner) for key, item in items.items()}
    return plan_document(answer, named, runtime.clock())
