"""`GET /exports/audit`: the whole audit as NDJSON, which can be verified without us (`app.audit.chain`)."""

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from app.audit.chain import chain_document, document_of
from app.audit.model import Chain
from app.audit.store import audit_chain, audit_entries_after
from app.auth.model import Caller, Permission
from app.database.client import Reader
from app.web.access import noted
from app.web.answers import runtime_of

router = APIRouter(tags=["audit"])
_PAGE = 1_000


@router.get("/exports/audit", response_class=StreamingResponse)
async def export_audit(
    request: Request, _: Annotated[Caller, Depends(noted(Permission.ADMINISTER, "exportAudit"))]
) -> StreamingResponse:
    """A line with the first and the last link of the chain, then a line for each entry, the first one first."""
    database = runtime_of(request).database
    chain = await audit_chain(database)
    headers = {"Content-Disposition": 'attachment; filename="underpin-audit.ndjson"'}
    return StreamingResponse(_lines(database, chain), media_type="application/x-ndjson", headers=headers)


async def _lines(reader: Reader, chain: Chain) -> AsyncIterator[bytes]:
    yield _line(chain_document(chain))
    at = chain.start.number
    while page := await audit_entries_after(reader, at, upto=chain.head.number, first=_PAGE):
        yield b"".join(_line(document_of(entry)) for entry in page)
        at = page[-1].number


def _line(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
