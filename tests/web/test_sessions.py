"""A page logs in and out, and is known by its cookie meanwhile, over HTTP, websockets and a real Neo4j."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx2
import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from app.auth.actions import revoke_token
from app.auth.model import Role
from app.auth.scope import scope_of
from app.auth.tokens import token_id
from app.database.client import Connection
from app.runtime import utc_now
from tests.auth.openid import AUDIENCE, providing
from tests.service import IMPORT, Client, Json, Service, emptied, running
from tests.stored import contents

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ITEM = [{"key": "from-a-page", "type": "COMPONENT"}]
KEYS = "{ items { edges { node { key } } } }"
CONTACT = "first contact"
HOST = "map.corp.example"


class Clock:
    """Goes on only when a test says so."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def service(connection: Connection, clock: Clock) -> Iterator[Service]:
    with running(emptied(connection), local_mode=False, clock=clock, admin_token=CONTACT) as service:
        service.client(CONTACT).add(
            [
                {"key": "payments", "type": "TEAM"},
                {"key": "ours", "type": "COMPONENT", "owner": "payments"},
                {"key": "theirs", "type": "COMPONENT"},
            ]
        )
        yield service


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Page:
    """A page in a browser of its own, which keeps the cookie."""

    def __init__(self, service: Service, token: str) -> None:
        self.client: Client = service.client()
        self.http = self.client.http
        self.answer = self.http.post("/session", headers=bearing(token))
        self.told: Json = self.answer.json()

    @property
    def secret(self) -> str:
        (cookie,) = self.http.cookies.jar
        return str(cookie.value)

    def write(self, csrf: str | None) -> httpx2.Response:
        """What comes of adding an item."""
        headers = {} if csrf is None else {"X-CSRF-Token": csrf}
        return self.http.post("/graphql", json={"query": IMPORT, "variables": {"items": ITEM}}, headers=headers)

    def keys(self) -> Json:
        """The keys of the items it sees, or the code of a refusal."""
        answer = self.http.post(
            "/graphql", json={"query": KEYS}, headers={"X-CSRF-Token": self.told["csrfToken"]}
        ).json()
        return [one["node"]["key"] for one in answer["data"]["items"]["edges"]] if "data" in answer else answer["code"]

    def status(self) -> int:
        """Whether it still is somebody: 200, or 401."""
        return self.http.get("/session").status_code


def problem(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def keys(service: Service) -> Json:
    """The keys of all items."""
    return [one["node"]["key"] for one in service.client(CONTACT).graphql(KEYS)["items"]["edges"]]


def test_logging_in_tells_who_it_is_and_sets_a_cookie_that_no_script_and_no_other_site_can_use(
    service: Service, clock: Clock
) -> None:
    page = Page(service, service.token(Role.EDITOR))

    assert page.answer.status_code == 200
    assert page.told | {"csrfToken": "…"} == {
        "caller": "a editor",
        "role": "editor",
        "scoped": False,
        "expiresAt": (clock.now + 12 * HOUR).isoformat().replace("+00:00", "Z"),
        "csrfToken": "…",
    }
    assert page.answer.headers["set-cookie"] == f"underpin_session={page.secret}; HttpOnly; Path=/; SameSite=strict"
    assert page.answer.headers["cache-control"] == "no-store"


def test_behind_tls_the_cookie_is_only_for_tls_and_for_this_very_host(connection: Connection) -> None:
    with running(connection, local_mode=False, admin_token=CONTACT, public_url=f"https://{HOST}") as service:
        page = Page(service, CONTACT)
        name, _, rest = page.answer.headers["set-cookie"].partition("=")
        secret, _, attributes = rest.partition("; ")

        kept = service.client().http.get("/session", headers={"Cookie": f"__Host-underpin_session={secret}"})
        planted = service.client().http.get("/session", headers={"Cookie": f"underpin_session={secret}"})

    assert (name, attributes) == ("__Host-underpin_session", "HttpOnly; Path=/; SameSite=strict; Secure")
    assert (kept.status_code, planted.status_code) == (200, 401)


def test_a_page_that_is_loaded_again_is_told_the_same(service: Service) -> None:
    page = Page(service, service.token(Role.READER))

    assert page.http.get("/session").json() == page.told


def test_with_a_token_alone_it_is_told_who_asks(service: Service) -> None:
    told = service.client_as(Role.OPERATOR).http.get("/session").json()

    assert told == {"caller": "a operator", "role": "operator", "scoped": False, "expiresAt": None, "csrfToken": None}


def test_without_the_csrf_token_of_its_own_session_a_page_changes_nothing(service: Service) -> None:
    page, other = (Page(service, service.token(Role.EDITOR)) for _ in range(2))
    before = keys(service)

    refused = [page.write(csrf) for csrf in (None, "", "wrong", other.told["csrfToken"])]

    assert [problem(one) for one in refused] == [(403, "FORBIDDEN")] * 4
    assert refused[0].json()["detail"] == (
        "a change by the cookie of a session needs the header X-CSRF-Token with the csrfToken that GET /session tells; "
        "send it, or a token as `Authorization: Bearer <token>`"
    )
    assert keys(service) == before


def test_with_it_a_page_may_what_its_role_may_and_no_more(service: Service) -> None:
    editor, reader = Page(service, service.token(Role.EDITOR)), Page(service, service.token(Role.READER))

    denied = reader.write(reader.told["csrfToken"]).json()
    before = keys(service)
    done = editor.write(editor.told["csrfToken"]).json()

    assert denied["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "from-a-page" not in before
    assert "errors" not in done
    assert "from-a-page" in keys(service)


def test_a_page_may_do_what_webhooks_do_by_its_role(service: Service) -> None:
    page = Page(service, service.token(Role.OPERATOR))

    without = page.http.post("/lookup/generic", json={"alerts": []})
    with_it = page.http.post("/lookup/generic", json={"alerts": []}, headers={"X-CSRF-Token": page.told["csrfToken"]})

    assert problem(without) == (403, "FORBIDDEN")
    assert with_it.status_code not in (401, 403)


def test_a_scope_goes_with_the_session(service: Service) -> None:
    page = Page(service, service.token(Role.READER, scope_of(["payments"], [])))

    assert page.told["scoped"] is True
    assert page.keys() == ["ours", "payments"]
    assert page.http.get("/exports/json").status_code == 403


def test_beside_a_token_the_cookie_does_not_count(service: Service) -> None:
    page = Page(service, service.token(Role.ADMIN))

    as_another = page.http.get("/session", headers=bearing(service.token(Role.READER))).json()
    wrong = page.http.get("/session", headers=bearing("upn_wrong"))

    assert (as_another["caller"], as_another["csrfToken"]) == ("a reader", None)
    assert wrong.status_code == 401


def test_a_page_changes_nothing_by_get(service: Service) -> None:
    page = Page(service, service.token(Role.EDITOR))
    write = 'mutation { upsertItems(items: [{key: "by-get", type: COMPONENT}]) { graphVersion } }'

    answer = page.http.get("/graphql", params={"query": write})

    assert answer.status_code == 405
    assert "by-get" not in keys(service)


def test_logging_out_ends_the_session_and_takes_the_cookie_away(service: Service) -> None:
    page = Page(service, service.token(Role.READER))
    secret = page.secret

    forged = page.http.delete("/session")
    still = page.status()
    answer = page.http.delete("/session", headers={"X-CSRF-Token": page.told["csrfToken"]})

    assert (problem(forged), still) == ((403, "FORBIDDEN"), 200)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["set-cookie"].startswith('underpin_session=""; ')
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert [*page.http.cookies.jar] == []
    kept = service.client().http.get("/session", headers={"Cookie": f"underpin_session={secret}"})
    assert problem(kept) == (401, "UNAUTHENTICATED")


def test_a_cookie_whose_session_has_ended_is_taken_away_too(service: Service) -> None:
    cookie = {"Cookie": f"underpin_session=ups_0123456789abcdef_{'a' * 43}"}

    answers = [service.client().http.delete("/session", headers=headers) for headers in (cookie, {})]

    assert [one.status_code for one in answers] == [204, 204]
    assert ["set-cookie" in one.headers for one in answers] == [True, False]


def test_a_revoked_token_ends_the_session_it_opened(service: Service) -> None:
    secret = service.token(Role.READER)
    page, other = Page(service, secret), Page(service, service.token(Role.READER))

    service.run(revoke_token(service.runtime.database, token_id(secret) or "", now=utc_now()))

    assert (page.status(), other.status()) == (401, 200)


def test_a_session_that_is_idle_ends_and_one_that_is_used_ends_later(service: Service, clock: Clock) -> None:
    idle, used = (Page(service, service.token(Role.READER)) for _ in range(2))

    found = []
    for _ in range(13):
        clock.now += 59 * MINUTE
        found.append(used.status())

    assert idle.status() == 401
    assert found == [200] * 12 + [401]


def test_a_restart_and_other_workers_know_the_session_and_its_end(connection: Connection, service: Service) -> None:
    page = Page(service, service.token(Role.READER))
    cookie, csrf = {"Cookie": f"underpin_session={page.secret}"}, page.told["csrfToken"]

    with running(connection, local_mode=False, admin_token=CONTACT) as other:
        told = other.client().http.get("/session", headers=cookie)
        ended = other.client().http.delete("/session", headers=cookie | {"X-CSRF-Token": csrf})

    assert told.json() == page.told
    assert ended.status_code == 204
    assert page.status() == 401


def test_an_openid_session_ends_with_its_token(connection: Connection, clock: Clock) -> None:
    clock.now = utc_now()
    with (
        providing() as provider,
        running(connection, local_mode=False, clock=clock, oidc_issuer=provider.url, oidc_audience=AUDIENCE) as service,
    ):
        ends = int(time.time()) + 300
        page = Page(service, provider.token(exp=ends, preferred_username="ada", roles=["operator"]))
        unending = Page(service, provider.token(exp=10**18))
        before = page.status()
        clock.now += 6 * MINUTE

        assert (page.told["caller"], page.told["role"]) == ("ada", "operator")
        assert datetime.fromisoformat(page.told["expiresAt"]).timestamp() == ends
        assert (before, page.status(), unending.status()) == (200, 401, 200)


@pytest.mark.parametrize("local_mode", [True, False])
def test_a_session_is_opened_with_a_token_only(connection: Connection, local_mode: bool) -> None:
    with running(connection, local_mode=local_mode, admin_token=CONTACT, rate_failures_per_minute=2) as service:
        http = service.client().http
        first = Page(service, CONTACT)

        by_nothing = http.post("/session")
        by_cookie = first.http.post("/session", headers={"X-CSRF-Token": first.told["csrfToken"]})
        by_guess = [http.post("/session", headers=bearing(f"guess {n}")).status_code for n in range(3)]

    assert [problem(one) for one in (by_nothing, by_cookie)] == [(401, "UNAUTHENTICATED")] * 2
    assert "set-cookie" not in by_nothing.headers
    assert by_guess == [401, 401, 429]


def test_logging_in_and_out_is_in_the_audit_and_no_secret_is_anywhere(connection: Connection, log: io.StringIO) -> None:
    with running(emptied(connection), local_mode=False, admin_token=CONTACT) as service:
        page = Page(service, CONTACT)
        secret, csrf = page.secret, page.told["csrfToken"]
        page.http.get("/session")
        page.http.delete("/session", headers={"X-CSRF-Token": csrf})
        page.http.get("/session", headers={"Cookie": f"underpin_session={secret}"})
        exported = service.client(CONTACT).http.get("/exports/audit").text
        stored = "".join(service.run(contents(service.runtime.database)))

    entries = [orjson.loads(line) for line in exported.splitlines()[1:]]
    done = [(one["action"], one["caller"], one["origin"], one["keys"]) for one in entries]
    id = secret.split("_")[1]
    assert done[:2] == [(action, "admin-token", "127.0.0.1", [id]) for action in ("openSession", "endSession")]
    for where in (exported, stored, log.getvalue()):
        assert secret.rpartition("_")[2] not in where
        assert csrf not in where


@contextmanager
def followed(service: Service, origin: Origin | None, cookie: str, query: str) -> Iterator[Callable[[], Json]]:
    """A websocket with this cookie that asks for this as soon as it is opened: gives its next message."""
    with connect(
        f"{service.url.replace('http', 'ws', 1)}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"Cookie": cookie},
        origin=origin,
    ) as opened:
        opened.send('{"type": "connection_init"}')
        opened.recv(timeout=60)
        opened.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}).decode())
        yield lambda: orjson.loads(opened.recv(timeout=60))


def greeting(service: Service, origin: Origin | None, cookie: str) -> str:
    """How such a websocket is answered: the type of the answer, or why there was none."""
    try:
        with followed(service, origin, cookie, "{ items { totalCount } }") as told:
            return str(told()["type"])
    except InvalidStatus as refused:
        return str(refused.response.status_code)
    except ConnectionClosed as closed:
        return str(closed.rcvd and closed.rcvd.code)


def test_a_websocket_shows_its_session_only_from_a_page_of_ours(service: Service) -> None:
    cookie = f"underpin_session={Page(service, service.token(Role.READER)).secret}"
    own = Origin(service.url)

    assert greeting(service, own, cookie) == "next"
    assert greeting(service, Origin("https://evil.example"), cookie) == "403"
    assert greeting(service, Origin("null"), cookie) == "403"
    assert greeting(service, None, cookie) == "4403"
    assert greeting(service, own, "underpin_session=wrong") == "4403"


def test_what_a_page_follows_ends_with_its_session(service: Service) -> None:
    page = Page(service, service.token(Role.READER))
    cookie, csrf = f"underpin_session={page.secret}", page.told["csrfToken"]
    query = "subscription { impactChanged { counts { count } } }"

    with followed(service, Origin(service.url), cookie, query) as told:
        at_once = told()
        page.http.delete("/session", headers={"X-CSRF-Token": csrf})
        service.client(CONTACT).add([{"key": "after-the-end", "type": "COMPONENT"}])
        after = told()

    assert at_once["payload"] == {"data": {"impactChanged": {"counts": []}}}
    assert "after-the-end" not in str(after)
    (error,) = after["payload"]["errors"] if after["type"] == "next" else after["payload"]
    assert error["message"].startswith("the session has ended; ")


def test_in_local_mode_a_page_needs_no_session_and_is_told_so(connection: Connection) -> None:
    with running(connection) as service:
        told = service.client().http.get("/session").json()

        reader = Page(service, service.token(Role.READER))

        assert told == {"caller": "local", "role": "admin", "scoped": False, "expiresAt": None, "csrfToken": None}
        assert reader.http.get("/session").json() == reader.told
