"""`POST /gate`: files as an import takes them, and what they would make of the weak points of the business."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from app.auth.model import Caller, Permission
from app.continuity.gate_document import gate_document
from app.continuity.gate_markdown import gate_markdown
from app.errors import InvalidInput, one_message
from app.exchange.actions import MAX_SHOWN_PROBLEMS
from app.exchange.model import Format
from app.exchange.plan import RowLimits, read_sources
from app.inventory.overlay import Overlay
from app.web.access import requires
from app.web.answers import runtime_of
from app.web.imports import FILES_CONTENT, received

router = APIRouter(tags=["continuity"])


@router.post("/gate", openapi_extra={"requestBody": {"required": True, "content": FILES_CONTENT}})
async def gate_upload(
    request: Request,
    _: Annotated[Caller, Depends(requires(Permission.READ))],
    form: Annotated[Format | None, Query(alias="format", description="Instead of each file's suffix.")] = None,
    name: Annotated[str | None, Query(description="The file name of a raw body.")] = None,
) -> dict[str, object]:
    """What would change, and whether it may pass; nothing is written. `markdown` is the report for people.

    Assessments and scenarios in the files are only checked: they change no weak point.
    """
    runtime = runtime_of(request)
    with TemporaryDirectory(prefix="underpin-gate-") as folder:
        sources, form = await received(request, Path(folder), form=form, name=name)
        most, limits = runtime.settings.max_overlay_rows, RowLimits.of(runtime.settings)
        plan = await asyncio.to_thread(read_sources, sources, max_rows=most, limits=limits, form=form)
    if plan.problems:
        message = one_message(plan.problems, "the change was not compared")
        raise InvalidInput(message, plan.problems[:MAX_SHOWN_PROBLEMS])
    report = await runtime.change_gate(Overlay(plan.items, plan.dependencies))
    return {**gate_document(report), "markdown": gate_markdown(report)}
