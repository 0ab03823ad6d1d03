"""`GET /exports/{format}`: everything out, spooled first, so that a broken export is an error and never half a file."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO, Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import StreamingResponse

from app.auth.model import Caller, Permission
from app.exchange.actions import export_everything
from app.exchange.model import Format
from app.web.access import noted
from app.web.answers import runtime_of

router = APIRouter(tags=["exchange"])

CHUNK_BYTES = 1 << 18
MEDIA_TYPES = {
    Format.NDJSON: "application/x-ndjson",
    Format.JSON: "application/json",
    Format.YAML: "application/yaml",
}


@router.get("/exports/{format}", response_class=StreamingResponse)
async def export(
    request: Request,
    form: Annotated[Format, Path(alias="format")],
    _: Annotated[Caller, Depends(noted(Permission.READ, "export"))],
) -> StreamingResponse:
    """Every item, dependency and assessment in key order, as `POST /imports` takes them back."""
    runtime = runtime_of(request)
    file = await export_everything(runtime.database, form)
    headers = {"Content-Disposition": f'attachment; filename="underpin.{form.value}"'}
    return StreamingResponse(_chunks(file), media_type=MEDIA_TYPES[form], headers=headers)


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
