"""The client: asks a running Underpin over HTTP, and turns whatever goes wrong into one sentence of our taxonomy."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeAlias
from urllib.parse import urlsplit

import httpx2

from app.auth.model import is_loopback
from app.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Problem,
    Unavailable,
    UnderpinError,
)

# A JSON object of the service; its shape is the schema's, which a test holds the documents to.
Json: TypeAlias = dict[str, Any]

CONNECT_SECONDS = 5
ANSWER_SECONDS = 90  # beyond the service's own limit on a request, which says why
BULK_SECONDS = 3600
_CLASSES = {one.code: one for one in (Conflict, InvalidInput, NotAllowed, NotAuthenticated, NotFound, Unavailable)}


class Service:
    """A running Underpin; close it, or use it in `with`. Every method may raise an `UnderpinError`."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            # No proxy of the environment leads back to this machine.
            trust_env=not is_loopback(urlsplit(url).hostname or ""),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def graphql(self, document: str, **variables: object) -> Json:
        """The `data` of an answer that has no errors."""
        accept = "application/graphql-response+json, application/json;q=0.9"
        with self._explained():
            response = self._http.post(
                "/graphql", json={"query": document, "variables": variables}, headers={"Accept": accept}
            )
        answer = _object(response)
        errors = answer.get("errors")
        if errors:
            raise _graphql_error(errors)
        data = answer.get("data")
        if not response.is_success or not isinstance(data, dict):
            raise self.refusal(response)
        return data

    def ready(self) -> Json:
        """What `/health/ready` says, whether it is ready or not."""
        with self._explained():
            response = self._http.get("/health/ready")
        answer = _object(response)
        if "ready" not in answer:
            raise self.refusal(response)
        return answer

    def upload(
        self, files: Sequence[tuple[str, BinaryIO]], parameters: Mapping[str, str], to: str = "/imports"
    ) -> httpx2.Response:
        """The answer to files, whatever its status; they are streamed from where they stand."""
        with self._explained(BULK_SECONDS):
            return self._http.post(
                to,
                params=dict(parameters),
                files=[("files", (name, stream)) for name, stream in files],
                timeout=httpx2.Timeout(BULK_SECONDS, connect=CONNECT_SECONDS),
            )

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> Json:
        """What `/webhooks/{source}` or `/lookup/{source}` answers."""
        with self._explained():
            response = self._http.post(path, content=body, headers=dict(headers))
        if not response.is_success:
            raise self.refusal(response)
        return _object(response)

    def document(self, path: str, parameters: Mapping[str, object]) -> bytes:
        """A document as it is sent."""
        given = {name: value for name, value in parameters.items() if value is not None}
        with self._explained():
            response = self._http.get(path, params=given)  # type: ignore[arg-type]  # lists and numbers of ours
        if not response.is_success:
            raise self.refusal(response)
        return response.content

    def table(self, question: Json) -> tuple[str, str | None]:
        """What `/explore` answers as CSV, and why rows were left out, if any were."""
        with self._explained():
            response = self._http.post("/explore", json=question, headers={"Accept": "text/csv"})
        if not response.is_success:
            raise self.refusal(response)
        return response.text, response.headers.get("Underpin-Truncated")

    @contextmanager
    def export(self, form: str) -> Iterator[Iterator[bytes]]:
        """An export as it arrives; an answer that breaks off raises before the last chunk is taken for the end."""
        timeout = httpx2.Timeout(BULK_SECONDS, connect=CONNECT_SECONDS)
        with self._explained(BULK_SECONDS), self._http.stream("GET", f"/exports/{form}", timeout=timeout) as response:
            if not response.is_success:
                response.read()
                raise self.refusal(response)
            yield response.iter_bytes()

    def refusal(self, response: httpx2.Response) -> UnderpinError:
        """The error that a problem document tells, or that this is not one of ours."""
        document = _object(response)
        detail = document.get("detail")
        if not isinstance(detail, str):
            return Unavailable(
                f"{self.url} answered {response.status_code}, but not as an Underpin does; check the address in --url"
            )
        found = document.get("problems") or ()
        problems = [Problem(str(one.get("where", "")), str(one.get("message", ""))) for one in found]
        if response.is_server_error and document.get("requestId"):
            detail += f" (request id {document['requestId']})"
        return _error(str(document.get("code")), detail, problems)

    @contextmanager
    def _explained(self, timeout_seconds: int = ANSWER_SECONDS) -> Iterator[None]:
        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Unavailable(_unreached(self.url, str(error))) from error
        except httpx2.TimeoutException as error:
            raise Unavailable(
                f"{self.url} did not answer within {timeout_seconds} s; ask for less, or look at its log"
            ) from error
        except httpx2.TransportError as error:
            raise Unavailable(
                f"the connection to {self.url} broke ({error}); look what has been done before you repeat it"
            ) from error


def _unreached(url: str, reason: str) -> str:
    if "certificate" in reason.lower():
        return f"the certificate of {url} is not trusted here; set SSL_CERT_FILE to the authority that signed it"
    return f"no Underpin answers at {url}; start it with `underpin up`, or say where it is with --url"


def _object(response: httpx2.Response) -> Json:
    """The JSON object in the body; empty when it is something else."""
    try:
        value = response.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _graphql_error(errors: Sequence[Json]) -> UnderpinError:
    sentences = dict.fromkeys(str(one.get("message")) for one in errors)
    code = (errors[0].get("extensions") or {}).get("code")
    return _error(str(code), "; ".join(sentences), ())


def _error(code: str, message: str, problems: Sequence[Problem]) -> UnderpinError:
    if code == NotAuthenticated.code:
        return NotAuthenticated(f"{message} (here: with --token or UNDERPIN_TOKEN)")
    if problems:
        return InvalidInput(message, problems)
    return _CLASSES.get(code, UnderpinError)(message)
