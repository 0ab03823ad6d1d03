"""Notifications over GraphQL: subscribed to, tried, seen in the log, sent again; and secrets that are never shown."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection, Transaction
from app.notify.deliverer import COUNTER
from app.notify.outbox import enqueue
from tests.api.questions import nodes
from tests.http_server import served
from tests.notify.making import NOW, SECRET, notice
from tests.notify.receiver import LOOPBACK, Receiver
from tests.service import Client, Json, Service, emptied, running

SUBSCRIBE = """
mutation ($input: NotificationSubscriptionInput!) {
  subscribe(input: $input) { secret subscription { ...subscription } }
}
fragment subscription on NotificationSubscription {
  id name channel target types services teams leastPriority enabled disabledBecause failures pausedUntil publicKeys
  createdBy quietHours { zone start end weekdays urgent }
}
"""
UPDATE = """
mutation ($id: ID!, $input: NotificationSubscriptionInput!) {
  updateSubscription(id: $id, input: $input) { name enabled }
}
"""
UNSUBSCRIBE = "mutation ($id: ID!) { unsubscribe(id: $id) }"
TEST = "mutation ($id: ID!) { testSubscription(id: $id) { delivered detail } }"
REPLAY = "mutation ($id: ID!) { replayNotification(id: $id) { id status attempts } }"
SUBSCRIPTIONS = "{ notificationSubscriptions { id name } }"
LOG = """
query ($filter: NotificationFilter, $first: Int, $after: String) {
  notifications(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { id sequence subscriptionId type subject title priority status attempts log { delivered detail } } }
  }
}
"""


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    """A service that may send to this machine."""
    with running(emptied(connection), outgoing_networks=[LOOPBACK]) as opened:
        yield opened


def subscribed(client: Client, target: str = "https://hooks.example/secret", **fields: Json) -> Json:
    """What is answered to who subscribes a webhook."""
    given = {"name": "on call", "channel": "WEBHOOK", "target": target, **fields}
    return client.graphql(SUBSCRIBE, input=given)["subscribe"]


def told(service: Service, *ids: str) -> None:
    """Put notices into the outboxes."""

    async def work(transaction: Transaction) -> None:
        await enqueue(transaction, [notice(id) for id in ids], now=NOW)

    service.run(service.runtime.database.write(work, counter=COUNTER))


def test_a_subscription_is_shown_without_its_secrets_and_its_own_is_told_once(service: Service) -> None:
    quiet = {"zone": "Europe/Zurich", "start": "22:00", "end": "07:00", "weekdays": [1, 5]}
    wanted: Json = {"types": ["IMPACT_OPENED"], "services": ["shop"], "teams": ["payments"], "leastPriority": 2}

    made = subscribed(service.client(), **wanted, quietHours=quiet)

    assert made["secret"].startswith("whsec_")
    assert made["subscription"].pop("id")
    assert made["subscription"] == {
        "name": "on call",
        "channel": "WEBHOOK",
        "target": "https://hooks.example/…",
        **wanted,
        "enabled": True,
        "disabledBecause": None,
        "failures": 0,
        "pausedUntil": None,
        "publicKeys": [],
        "createdBy": "local",
        "quietHours": {**quiet, "start": "22:00:00", "end": "07:00:00", "urgent": 1},
    }


def test_a_given_secret_is_not_told_again_and_of_apprise_nothing_is_shown(service: Service) -> None:
    client = service.client()

    signed = subscribed(client, secrets=[SECRET])
    chat = subscribed(client, "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", channel="APPRISE")

    assert (signed["secret"], chat["secret"]) == (None, None)
    assert chat["subscription"]["target"] == "slack://…"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"quietHours": {"zone": "Mars/Base", "start": "22:00", "end": "07:00"}}, "quietHours.zone: no time zone"),
        ({"quietHours": {"zone": "../etc", "start": "22:00", "end": "07:00"}}, "quietHours.zone: no time zone"),
        ({"quietHours": {"zone": "UTC", "start": "22:00", "end": "22:00"}}, "quietHours must begin and end at"),
        ({"quietHours": {"zone": "UTC", "start": "01:00", "end": "02:00", "weekdays": [0]}}, "quietHours.weekdays"),
        ({"target": "ftp://x.example"}, "target must be a URL"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nobody_is_subscribed(
    service: Service, fields: Json, complaint: str
) -> None:
    given = {"name": "on call", "channel": "WEBHOOK", "target": "https://hooks.example/x", **fields}

    refusal = service.client().refusal(SUBSCRIBE, input=given)

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith(complaint)
    assert service.client().graphql(SUBSCRIPTIONS) == {"notificationSubscriptions": []}


def test_a_subscription_is_changed_and_ended(service: Service) -> None:
    client = service.client()
    id = subscribed(client)["subscription"]["id"]

    changed = client.graphql(UPDATE, id=id, input={"name": "nobody", "channel": "WEBHOOK", "enabled": False})

    assert changed == {"updateSubscription": {"name": "nobody", "enabled": False}}
    assert client.graphql(SUBSCRIPTIONS) == {"notificationSubscriptions": [{"id": id, "name": "nobody"}]}
    assert client.graphql(UNSUBSCRIBE, id=id) == {"unsubscribe": id}
    assert client.graphql(SUBSCRIPTIONS) == {"notificationSubscriptions": []}
    assert client.refusal(UNSUBSCRIBE, id=id).code == "NOT_FOUND"


def test_a_test_says_what_came_of_it(service: Service) -> None:
    client = service.client()
    receiver = Receiver()
    with served(receiver) as url:
        here = subscribed(client, url)["subscription"]["id"]
        nowhere = subscribed(client, "http://192.168.1.1/x")["subscription"]["id"]

        answers = [client.graphql(TEST, id=id)["testSubscription"] for id in (here, nowhere)]

    assert answers[0] == {"delivered": True, "detail": "HTTP 200"}
    assert answers[1]["delivered"] is False
    assert answers[1]["detail"].startswith("192.168.1.1 is in a private network")
    assert [one.json["type"] for one in receiver.received] == ["test"]


def test_the_log_is_paged_and_filtered_and_what_is_in_it_can_be_sent_again(service: Service) -> None:
    client = service.client()
    first, other = (subscribed(client)["subscription"]["id"] for _ in range(2))
    told(service, "n1", "n2")

    page = client.graphql(LOG, first=3)["notifications"]
    rest = client.graphql(LOG, first=3, after=page["pageInfo"]["endCursor"])["notifications"]
    of_one = nodes(client.graphql(LOG, filter={"subscriptionId": first, "status": "PENDING"})["notifications"])
    none = client.graphql(LOG, filter={"subscriptionId": other, "status": "DEAD"})["notifications"]

    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (4, True, False)
    assert len({one["id"] for one in nodes(page) + nodes(rest)}) == 4
    assert {one["sequence"] for one in of_one} == {1, 2}
    assert none["totalCount"] == 0
    id = of_one[0].pop("id")
    del of_one[0]["sequence"]
    assert of_one[0] == {
        "subscriptionId": first,
        "type": "IMPACT_OPENED",
        "subject": "checkout",
        "title": "Checkout is DOWN",
        "priority": 1,
        "status": "PENDING",
        "attempts": 0,
        "log": [],
    }
    assert client.graphql(REPLAY, id=id) == {"replayNotification": {"id": id, "status": "PENDING", "attempts": 0}}
    assert client.refusal(REPLAY, id="msg_none").code == "NOT_FOUND"
