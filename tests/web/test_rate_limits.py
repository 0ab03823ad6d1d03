"""Rate limits over HTTP: who is refused, with which words, and what that costs nobody else."""

from collections.abc import Iterator

import httpx2
import pytest

from app.auth.model import Role
from app.database.client import Connection
from tests.events.deliveries import alert, delivery
from tests.service import Service, emptied, running

# So slow that nothing comes back while a test runs.
SLOW = 0.01


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    with running(
        emptied(connection),
        local_mode=False,
        rate_caller_burst=3,
        rate_source_burst=2,
        rate_failures_per_minute=2,
        webhook_answer_seconds=60,
        webhook_secrets={"alertmanager": "hunter2"},
        rate_caller_per_second=SLOW,
        rate_source_per_second=SLOW,
    ) as opened:
        yield opened


def ask(http: httpx2.Client, **headers: str) -> httpx2.Response:
    return http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)


def test_a_caller_that_asks_too_often_is_told_how_long_to_wait(service: Service) -> None:
    caller, other = service.client_as(Role.READER).http, service.client_as(Role.EDITOR).http

    answers = [ask(caller) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["detail"]) == (
        "TOO_MANY_REQUESTS",
        "'a reader' asks too often; wait, or raise UNDERPIN_RATE_CALLER_PER_SECOND",
    )
    assert 0 < int(refused.headers["retry-after"]) <= 100
    assert refused.headers["ratelimit-policy"] == '"caller";q=3;w=300'
    assert refused.headers["ratelimit"] == f'"caller";r=0;t={refused.headers["retry-after"]}'
    assert ask(other).status_code == 200


def test_a_source_that_sends_too_often_is_refused_and_nothing_is_stored(service: Service) -> None:
    sender = service.client("hunter2").http

    answers = [sender.post("/webhooks/alertmanager", json=delivery(alert(fingerprint=name))) for name in "abc"]

    assert answers[-1].status_code == 429
    assert answers[-1].headers["ratelimit-policy"] == '"source";q=2;w=200'
    assert service.client_as(Role.READER).graphql("{ events { totalCount } }")["events"]["totalCount"] == 2


def test_an_address_that_guesses_is_refused_before_a_secret_is_compared(service: Service) -> None:
    http = service.client().http
    good = service.token(Role.READER)

    guesses = [ask(http, Authorization="Bearer guess") for _ in range(3)]
    service.statements.clear()
    late = ask(http, Authorization=f"Bearer {good}")

    assert [one.status_code for one in guesses] == [401, 401, 429]
    assert (late.status_code, late.headers["ratelimit-policy"]) == (429, '"failures";q=2;w=60')
    assert "token_by_id" not in service.statements


def test_to_ask_without_a_token_is_no_guess(service: Service) -> None:
    http = service.client().http

    assert [http.get("/metrics").status_code for _ in range(4)] == [401] * 4
