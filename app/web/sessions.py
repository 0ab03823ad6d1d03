"""`/session`: a page shows a token once, and its browser's cookie stands for it from then on.

Decision: the cookie is `SameSite=Strict`. The page itself needs no session to load, so a link from elsewhere works, and
what the page then asks is asked by our own site. It has no end of its own: a browser that is closed forgets it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.auth.cookies import csrf_token
from app.auth.model import Caller, Proof, Session
from app.errors import NotAuthenticated
from app.web.access import acting, caller, cookie_name, cookie_of, gatekeeper_of, proof
from app.web.answers import json_answer, runtime_of
from app.web.security import is_secure

router = APIRouter(prefix="/session", tags=["access"])
Document = dict[str, object]


@router.post("", summary="Log in: opens a session with a token, and sets its cookie")
async def log_in(request: Request, shown: Annotated[Proof, Depends(proof)]) -> Response:
    """Who has logged in, until when at most, and the `csrfToken` to send as X-CSRF-Token with every change."""
    act = acting(request, shown.caller, "openSession")
    session, secret = await gatekeeper_of(request).sessions.open(runtime_of(request).ledger.writing(act), shown)
    answer = json_answer(_of_session(session, secret))
    answer.set_cookie(cookie_name(request), secret, **_attributes(request))
    return answer


@router.get("", summary="Who asks: for a page that was loaded again")
async def tell(request: Request, known: Annotated[Caller, Depends(caller)]) -> Response:
    """As when the session was opened; without one, as in local mode, `expiresAt` and `csrfToken` are null."""
    cookie = cookie_of(request)
    if cookie is None:
        return json_answer(_document(known))
    return json_answer(_of_session(await gatekeeper_of(request).sessions.shown(cookie), cookie.secret))


@router.delete("", status_code=204, response_class=Response, summary="Log out: ends the session, for every worker")
async def log_out(request: Request) -> Response:
    """The cookie is taken away as well, also one whose session has ended already."""
    answer = Response(status_code=204)
    if cookie := cookie_of(request):
        sessions = gatekeeper_of(request).sessions
        try:
            session = await sessions.shown(cookie)
        except NotAuthenticated:
            pass
        else:
            request.state.caller = session.caller  # for the request's log line
            act = acting(request, session.caller, "endSession")
            await sessions.end(runtime_of(request).ledger.writing(act), session)
        answer.delete_cookie(cookie_name(request), **_attributes(request))
    return answer


def _attributes(request: Request) -> dict[str, Any]:
    secure = is_secure(request.scope, runtime_of(request).settings)
    return {"path": "/", "secure": secure, "httponly": True, "samesite": "strict"}


def _of_session(session: Session, secret: str) -> Document:
    ends = {"expiresAt": session.expires_at, "csrfToken": csrf_token(secret)}
    return {**_document(session.caller), **ends}


def _document(known: Caller) -> Document:
    scoped = known.scope is not None
    return {"caller": known.name, "role": known.role.value, "scoped": scoped, "expiresAt": None, "csrfToken": None}
