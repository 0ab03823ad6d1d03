"""The client that notifications travel with: guarded, without redirects, proxies, patience or appetite."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx2
import orjson

from app.notify.guard import Guard, GuardedTransport, Refused
from app.notify.model import Answer, Outcome
from app.notify.retry import retry_after

TIMEOUT_SECONDS = 15
MAX_ANSWER_BYTES = 256 * 1024
_SHOWN = 200
_THROTTLES = frozenset({429, 502, 504})
# As Icinga's, which signs its API by itself. The file takes the place of what this machine trusts.
_UNTRUSTED = (
    "its certificate is of an authority that is not trusted here; start Underpin with SSL_CERT_FILE, "
    "a file of the authorities of this machine and that one"
)
# Only the beginning of a body is read, and the beginning of a packed one says nothing.
_OURS = {"user-agent": "underpin", "accept-encoding": "identity"}


class Unanswered(Exception):
    """No answer worth reading; `answer` is what to make of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Response:
    """What a receiver said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """The document in the body.

        Raises:
            Unanswered: it is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Unanswered(Answer(Outcome.FAILED, f"HTTP {self.status}, but not JSON")) from error

    def answer(self, now: datetime, refused: frozenset[int] = frozenset()) -> Answer:
        """What to make of it by Standard Webhooks; with the statuses in `refused` trying again is no use."""
        detail = f"HTTP {self.status}"
        if self.is_success:
            return Answer(Outcome.DELIVERED, detail)
        if said := self.body[:_SHOWN].decode(errors="replace").strip():
            detail = f"{detail}: {said}"
        if self.status in refused:
            return Answer(Outcome.REFUSED, detail)
        if self.status == 410:
            return Answer(Outcome.GONE, detail)
        wait = retry_after(self.headers.get("retry-after"), now)
        outcome = Outcome.THROTTLED if self.status in _THROTTLES else Outcome.FAILED
        return Answer(outcome, detail, wait)


class Http:
    """A guarded HTTP client; close it, or use it in `async with`."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self._client = httpx2.AsyncClient(
            transport=GuardedTransport(guard), timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        login: tuple[str, str] | None = None,
    ) -> Response:
        """The answer, its body cut at `MAX_ANSWER_BYTES`.

        Raises:
            Unanswered: the target is not allowed, or nobody answered in time.
        """
        try:
            request = self._client.build_request(method, url, headers={**_OURS, **(headers or {})}, content=body)
            # The client's own timeout is for each step; a receiver that drips bytes would keep us for ever.
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await self._answered(request, login)
        except Refused as error:
            raise Unanswered(Answer(Outcome.FAILED, str(error))) from error
        except (httpx2.TransportError, httpx2.InvalidURL, ssl.SSLError, TimeoutError) as error:
            raise Unanswered(Answer(Outcome.FAILED, _reason(error))) from error

    async def _answered(self, request: httpx2.Request, login: tuple[str, str] | None) -> Response:
        response = await self._client.send(request, stream=True, auth=login)
        try:
            return Response(response.status_code, response.headers, await _beginning(response))
        finally:
            await response.aclose()


async def _beginning(response: httpx2.Response) -> bytes:
    body = bytearray()
    # Not unpacked if it is packed all the same: a small body may unpack to a huge one.
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= MAX_ANSWER_BYTES:
            break
    return bytes(body[:MAX_ANSWER_BYTES])


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException | TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} s"
    if "self-signed" in str(error) or "unable to get local issuer" in str(error):
        return _UNTRUSTED
    return f"{type(error).__name__}: {str(error)[:_SHOWN]}".rstrip(": ")
