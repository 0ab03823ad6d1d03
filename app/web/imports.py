"""`POST /imports`: files in, as multipart or as one raw body, spooled to disk before they are read."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.auth.model import Caller, Permission
from app.errors import InvalidInput
from app.exchange.actions import MAX_SHOWN_PROBLEMS, import_files, report_document
from app.exchange.model import Format, Source
from app.web.access import acting, requires
from app.web.answers import runtime_of

router = APIRouter(tags=["exchange"])

MAX_FILES = 100
MEDIA_TYPES = {
    "application/x-ndjson": Format.NDJSON,
    "application/jsonl": Format.NDJSON,
    "application/json": Format.JSON,
    "application/yaml": Format.YAML,
    "application/x-yaml": Format.YAML,
    "text/yaml": Format.YAML,
    "text/csv": Format.CSV,
}
_FILE = {"type": "string", "format": "binary"}
_FILES = {"type": "object", "properties": {"files": {"type": "array", "items": _FILE}}}
FILES_CONTENT = {"multipart/form-data": {"schema": _FILES}, **{one: {"schema": _FILE} for one in MEDIA_TYPES}}


@router.post("/imports", openapi_extra={"requestBody": {"required": True, "content": FILES_CONTENT}})
async def import_upload(
    request: Request,
    caller: Annotated[Caller, Depends(requires(Permission.EDIT))],
    source: Annotated[str | None, Query(description="Who says so; kept with every row.")] = None,
    form: Annotated[Format | None, Query(alias="format", description="Instead of each file's suffix.")] = None,
    name: Annotated[str | None, Query(description="The file name of a raw body.")] = None,
    dry_run: Annotated[bool, Query(alias="dryRun", description="Only tell what would change.")] = False,
    skip_bad_rows: Annotated[bool, Query(alias="skipBadRows", description="Import the other rows.")] = False,
) -> dict[str, object]:
    """All or nothing, in one transaction: 200 with the counts, or 422 with the rows at fault."""
    runtime = runtime_of(request)
    with TemporaryDirectory(prefix="underpin-import-") as folder:
        sources, form = await received(request, Path(folder), form=form, name=name)
        try:
            report = await import_files(
                runtime.ledger.writing(acting(request, caller, "importFiles")),
                sources,
                settings=runtime.settings,
                caller=caller.name,
                source=source,
                now=runtime.clock(),
                form=form,
                dry_run=dry_run,
                skip_bad_rows=skip_bad_rows,
            )
        except InvalidInput as error:
            raise InvalidInput(error.message, error.problems[:MAX_SHOWN_PROBLEMS]) from error
    if not report.inventory.dry_run:
        await runtime.after_write()
    return report_document(report)


async def received(
    request: Request, folder: Path, *, form: Format | None, name: str | None
) -> tuple[list[Source], Format | None]:
    """The files of the body, in the folder, and their format where the body tells it and the caller does not.

    Raises:
        InvalidInput: the body is too large, holds no file, or tells no format.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = _bounded(request, runtime_of(request).settings.max_import_bytes)
    if media_type == "multipart/form-data":
        return await _uploaded(request, body, folder), form
    if form is None and (name is None or media_type in MEDIA_TYPES):
        form = MEDIA_TYPES.get(media_type)
        if form is None:
            known = ", ".join(MEDIA_TYPES)
            raise InvalidInput(f"the content type tells no format; send multipart/form-data, {known}, or add ?format=")
    path = folder / "body"
    with path.open("wb") as file:
        async for chunk in body:
            await asyncio.to_thread(file.write, chunk)
    return [Source(name or f"body.{form.value if form else ''}", path)], form


async def _bounded(request: Request, max_bytes: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > max_bytes:
            raise InvalidInput(f"the import is larger than {max_bytes:,} bytes; split it")
        yield chunk


async def _uploaded(request: Request, body: AsyncGenerator[bytes, None], folder: Path) -> list[Source]:
    """The files of a multipart body, in order."""
    try:
        parts = await MultiPartParser(request.headers, body, max_files=MAX_FILES, max_fields=0).parse()
    except MultiPartException as error:
        raise InvalidInput(f"the multipart body cannot be read: {error.message}; send each part as a file") from error
    sources: list[Source] = []
    try:
        for _, part in parts.multi_items():
            if isinstance(part, UploadFile):
                path = folder / str(len(sources))
                await asyncio.to_thread(_copy, part, path)
                sources.append(Source(_name(part, sources), path))
    finally:
        await parts.close()
    if not sources:
        raise InvalidInput("the multipart body holds no file; add at least one")
    return sources


def _name(part: UploadFile, taken: Sequence[Source]) -> str:
    """The file's own name; the second of two equal ones says which it is, because messages tell rows apart by it."""
    name = PurePosixPath((part.filename or "body").replace("\\", "/")).name
    return f"{len(taken) + 1}/{name}" if any(source.name == name for source in taken) else name


def _copy(part: UploadFile, path: Path) -> None:
    with path.open("wb") as file:
        copyfileobj(part.file, file)
