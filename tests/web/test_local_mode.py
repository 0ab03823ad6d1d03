"""What other sites make a browser send to a service in local mode, where everybody is an administrator."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from app.database.client import Connection
from tests.service import Service, emptied, running
from tests.stored import contents

FORM = "application/x-www-form-urlencoded"
HIT = b'{"query": "mutation { upsertItems(items: [{key: \\"hit\\", type: COMPONENT}]) { graphVersion } }"}'
ALERT = b'{"alerts": [{"status": "firing", "labels": {"alertname": "hit"}, "startsAt": "2026-11-23T12:00:00Z"}]}'
EVIL = "Origin: https://evil.example"
CROSS = "Sec-Fetch-Site: cross-site"


def raw(service: Service, method: str, path: str, body: bytes, *headers: str, host: str = "localhost") -> int:
    """The status of what is answered to exactly this."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    with socket.create_connection(("127.0.0.1", urlsplit(service.url).port), timeout=60) as opened:
        opened.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        with opened.makefile("rb") as answer:
            return int(answer.readline().split()[1])


@pytest.fixture(scope="module")
def local(connection: Connection) -> Iterator[Service]:
    """The service in local mode, where everybody is an administrator."""
    with running(emptied(connection)) as service:
        yield service


@pytest.mark.parametrize("told", [(EVIL,), ("Origin: null",), (CROSS,), (EVIL, CROSS), ("Sec-Fetch-Site: same-site",)])
@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", "/graphql", HIT, "text/plain"),
        ("POST", "/graphql", HIT, "application/json"),
        ("POST", "/graphql", HIT, "multipart/form-data; boundary=x"),
        ("POST", "/webhooks/alertmanager", ALERT, "text/plain"),
        ("POST", "/webhooks/generic", ALERT, FORM),
        ("PUT", "/webhooks/alertmanager", ALERT, "text/plain"),
        ("POST", "/api/v2/alerts", b"[]", "text/plain"),
        ("POST", "/imports", b'{"items": [{"key": "hit", "type": "COMPONENT"}]}', "text/plain"),
        ("POST", "/explore", b'{"query": "RETURN 1"}', "text/plain"),
        ("DELETE", "/session", b"", "text/plain"),
        ("GET", "/exports/json", b"", "text/plain"),
    ],
)
def test_in_local_mode_another_site_makes_a_browser_do_nothing(
    local: Service, method: str, path: str, body: bytes, kind: str, told: tuple[str, ...]
) -> None:
    before = local.run(contents(local.runtime.database))

    assert raw(local, method, path, body, f"Content-Type: {kind}", *told) == 403
    assert local.run(contents(local.runtime.database)) == before


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/graphql"), ("GET", "/exports/json"), ("GET", "/session")])
def test_in_local_mode_a_name_that_leads_to_us_is_not_ours(local: Service, method: str, path: str, host: str) -> None:
    told = (f"Origin: http://{host}", "Sec-Fetch-Site: same-origin", "Content-Type: application/json")

    assert raw(local, method, path, HIT if method == "POST" else b"", *told, host=host) == 421


def test_in_local_mode_another_site_opens_no_websocket(local: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{local.url.replace('http', 'ws', 1)}/graphql", origin=Origin("https://evil.example"))

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_in_local_mode_what_is_no_browser_is_let_in(local: Service, host: str) -> None:
    assert raw(local, "POST", "/webhooks/alertmanager", ALERT, f"Content-Type: {FORM}", host=host) in (200, 202)
