"""`underpin notify`, against a running service."""

from collections.abc import Iterator

import orjson
import pytest

from app.database.client import Connection, Transaction
from app.notify.deliverer import COUNTER
from app.notify.outbox import enqueue
from tests.http_server import served
from tests.journeys.up import underpin
from tests.notify.making import NOW, notice
from tests.notify.receiver import LOOPBACK, Receiver, Reply
from tests.service import Service, emptied, running

SUBSCRIBE = """
mutation ($target: String!) {
  subscribe(input: {name: "on call", channel: WEBHOOK, target: $target}) { subscription { id } }
}
"""


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    """A service that may send to this machine."""
    with running(emptied(connection), outgoing_networks=[LOOPBACK]) as opened:
        yield opened


def subscribed(service: Service, target: str) -> str:
    answer = service.client().graphql(SUBSCRIBE, target=target)
    return str(answer["subscribe"]["subscription"]["id"])


def test_a_subscription_is_tried(service: Service) -> None:
    with served(Receiver([Reply(), Reply(500, body=b"no")])) as url:
        id = subscribed(service, url)
        delivered = underpin("notify", "test", id, url=service.url)
        failed = underpin("notify", "test", id, url=service.url)

    assert (delivered.returncode, delivered.stdout) == (0, "the test was delivered: HTTP 200\n")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "Error: the test was not delivered: HTTP 500: no\n"


def test_notifications_are_listed_and_sent_again(service: Service) -> None:
    id = subscribed(service, "https://hooks.example/x")

    async def work(transaction: Transaction) -> None:
        await enqueue(transaction, [notice()], now=NOW)

    service.run(service.runtime.database.write(work, counter=COUNTER))

    table = underpin("notify", "list", "--status", "pending", url=service.url).stdout
    (one,) = orjson.loads(underpin("notify", "list", "--subscription", id, "--json", url=service.url).stdout)["nodes"]
    none = orjson.loads(underpin("notify", "list", "--status", "DEAD", "--json", url=service.url).stdout)["nodes"]
    replayed = underpin("notify", "replay", one["id"], url=service.url)

    assert "Checkout is DOWN" in table
    assert (one["subscriptionId"], none) == (id, [])
    assert replayed.stdout == f"{one['id']} will be sent again\n"
