"""`GET /exports/dora/{template}.csv`: a template of the register of information, by its code, as B_02.02."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.auth.model import Caller, Permission
from app.continuity.register_columns import Template
from app.continuity.registering import register_of_information
from app.web.access import noted
from app.web.answers import runtime_of

router = APIRouter(tags=["continuity"])


@router.get("/exports/dora/{template}.csv", response_class=Response)
async def register(
    request: Request, template: Template, _: Annotated[Caller, Depends(noted(Permission.READ, "registerOfInformation"))]
) -> Response:
    """The rows as far as the estate tells them; what is missing or wrong is told by `registerOfInformation`."""
    runtime = runtime_of(request)
    graph = (await runtime.standing.current()).graph
    found = await register_of_information(runtime.database, graph, template, entity_lei=runtime.settings.entity_lei)
    headers = {
        "Content-Disposition": f'attachment; filename="{template.value}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.csv(), media_type="text/csv; charset=utf-8", headers=headers)
