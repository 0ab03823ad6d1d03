"""Somebody signs in at an OpenID provider that is not ours, and asks us with the token they got there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from app.database.client import Connection
from tests.service import emptied, running

CLIENT = "underpin"
BACK = "http://127.0.0.1/back"
USER = '{"sub": "ada", "preferred_username": "ada@bank.example", "groups": ["cmdb-editors"]}'
EDIT = (
    """mutation { upsertItems(items: [{key: "from-ada", type: COMPONENT}], source: "openid") { items { created } } }"""
)
PLAN = (
    """mutation { planMaintenance(input: {keys: ["from-ada"], endsAt: "2030-01-01T01:00:00Z", summary: "x"}) { id } }"""
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A foreign provider: its own process, its own keys."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("oidc-provider-mock")), "--port", str(port), "--user-claims", USER]
    provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        yield _issuer_when_ready(url)
    finally:
        provider.terminate()
        provider.wait()


def _issuer_when_ready(url: str) -> str:
    until = time.monotonic() + 60
    while True:
        try:
            return str(httpx2.get(f"{url}/.well-known/openid-configuration").json()["issuer"])
        except httpx2.TransportError:
            assert time.monotonic() < until, "the OpenID provider did not start"
            time.sleep(0.1)


def signed_in(issuer: str) -> str:
    """The token of somebody who has signed in, by the code flow."""
    asked = {"client_id": CLIENT, "redirect_uri": BACK, "response_type": "code", "scope": "openid profile"}
    sent_back = httpx2.post(f"{issuer}/oauth2/authorize", params=asked, data={"sub": "ada"})
    (code,) = parse_qs(urlsplit(sent_back.headers["location"]).query)["code"]
    answer = httpx2.post(
        f"{issuer}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": BACK},
        auth=(CLIENT, "secret"),
    )
    return str(answer.json()["id_token"])


def test_a_token_of_the_organisation_opens_what_its_role_opens_and_no_more(connection: Connection, issuer: str) -> None:
    emptied(connection)
    roles = {"cmdb-editors": "editor"}
    with running(
        connection,
        local_mode=False,
        oidc_issuer=issuer,
        oidc_audience=CLIENT,
        oidc_roles_claim="groups",
        oidc_roles=roles,
    ) as service:
        bearer = {"authorization": f"Bearer {signed_in(issuer)}"}

        def asked(query: str, headers: dict[str, str]) -> object:
            """What is answered, or the code of the refusal."""
            answer = httpx2.post(f"{service.url}/graphql", json={"query": query}, headers=headers).json()
            if "errors" in answer:
                return answer["errors"][0]["extensions"]["code"]
            return answer.get("data") or answer["code"]

        assert asked(EDIT, bearer) == {"upsertItems": {"items": {"created": 1}}}
        assert asked(PLAN, bearer) == "FORBIDDEN"
        assert asked(EDIT, {}) == "UNAUTHENTICATED"
        assert asked(EDIT, {"authorization": bearer["authorization"][:-3] + "AAA"}) == "UNAUTHENTICATED"


def test_a_claim_limits_what_a_caller_sees(connection: Connection, issuer: str) -> None:
    roles = {"cmdb-editors": "admin"}
    with running(
        emptied(connection),
        local_mode=False,
        admin_token="first contact",
        oidc_issuer=issuer,
        oidc_audience=CLIENT,
        oidc_roles_claim="groups",
        oidc_roles=roles,
        oidc_teams_claim="groups",
    ) as service:
        team = {"key": "cmdb-editors", "type": "TEAM"}
        service.client("first contact").add(
            [
                team,
                {"key": "ours", "type": "COMPONENT", "owner": "cmdb-editors"},
                {"key": "theirs", "type": "COMPONENT"},
            ]
        )

        ada = service.client(signed_in(issuer))

        assert ada.graphql("{ items { edges { node { key } } } }") == {
            "items": {"edges": [{"node": {"key": "cmdb-editors"}}, {"node": {"key": "ours"}}]}
        }
        assert ada.refusal(EDIT).code == "FORBIDDEN"
