"""What each channel sends, to a receiver that listens, and what it makes of the answers."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from app.errors import InvalidInput
from app.notify import channels
from app.notify.channels import alertmanager, icinga, messages
from app.notify.letter import MAX_DATA_BYTES, Letter, content
from app.notify.model import Answer, Channel, Notice, NoticeType, Notification, Outcome, notification_id
from tests.notify.making import NOW, SECRET, notice, subscription
from tests.notify.receiver import Reply, guarded, receiving

WINDOW: Mapping[str, Any] = {
    "hosts": ["db-1.corp.example", "10.0.0.7"],
    "startsAt": "2026-11-25T13:00:00+00:00",
    "endsAt": "2026-11-25T14:00:00+00:00",
    "createdBy": "ops",
}
PLANNED = notice("w1", NoticeType.MAINTENANCE_PLANNED, subject="window-1", **WINDOW)
CANCELLED = notice("w1-cancelled", NoticeType.MAINTENANCE_CANCELLED, subject="window-1", **WINDOW)

# What 2.13.6 says; since 2.14 a filter that fits nothing is 404 too.
ICINGA_IS_WELL = Reply(409, body=b'{"results":[{"code":409,"status":"Service db-1!disk is OK."}]}')
ICINGA_FINDS_NOTHING = [
    Reply(500, body=b'{"results":[]}'),
    Reply(404, body=b'{"error":404,"status":"No objects found."}'),
]


def letter(target: str, channel: Channel, told: Notice, secret: str = SECRET) -> Letter:
    """A notice on its way over a channel."""
    notification = Notification(notification_id(told.id, "s1"), 7, "s1", told, NOW, NOW)
    return Letter(notification, subscription(target, channel, secrets=(secret,)), NOW)


async def sent(receiver_url: str, channel: Channel, told: Notice, secret: str = SECRET) -> Answer:
    """The answer to one attempt."""
    async with guarded() as http:
        return await channels.send(letter(receiver_url, channel, told, secret), http)


def taken(*, by: str | None, events: Sequence[object] = ()) -> Notice:
    """Somebody takes events."""
    return notice("a", NoticeType.EVENT_ACKNOWLEDGED, acknowledgedBy=by, events=events)


async def test_a_webhook_is_a_document_signed_as_standard_webhooks_has_it() -> None:
    async with receiving() as receiver:
        answer = await sent(f"{receiver.url}/hook?a=1", Channel.WEBHOOK, notice(cause="db"))

    (one,) = receiver.received
    signed = {name: one.headers[name] for name in ("webhook-id", "webhook-signature", "webhook-timestamp")}
    assert answer == Answer(Outcome.DELIVERED, "HTTP 200")
    assert (one.method, one.path, one.headers["content-type"]) == ("POST", "/hook", "application/json")
    assert signed["webhook-signature"] == Webhook(SECRET).sign(signed["webhook-id"], NOW, one.body.decode())
    assert one.json == {
        "type": "impact.opened",
        "timestamp": "2026-11-25T12:00:00+00:00",
        "data": {
            "subject": "checkout",
            "sequence": 7,
            "title": "Checkout is DOWN",
            "sentence": "Checkout needs db, which is DOWN",
            "priority": 1,
            "services": ["shop"],
            "processes": ["checkout"],
            "teams": ["payments"],
            "truncated": False,
            "details": {"cause": "db"},
        },
    }


async def test_a_cloud_event_is_structured_numbered_and_signed() -> None:
    async with receiving() as receiver:
        await sent(receiver.url, Channel.CLOUDEVENTS, notice())

    (one,) = receiver.received
    event = one.json
    assert one.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert one.headers["webhook-signature"].startswith("v1,")
    assert event.pop("data")["title"] == "Checkout is DOWN"
    assert event == {
        "specversion": "1.0",
        "id": one.headers["webhook-id"],
        "source": "underpin",
        "type": "underpin.impact.opened",
        "subject": "checkout",
        "time": "2026-11-25T12:00:00+00:00",
        "datacontenttype": "application/json",
        "dataschema": "urn:underpin:notice:1",
        "sequence": "00000000000000000007",
    }


def test_details_that_are_too_large_are_left_out_and_it_is_said() -> None:
    large = notice(text="x" * MAX_DATA_BYTES, services=())
    many = notice(services=tuple(f"service-{number}" for number in range(500)))

    said = [content(letter("https://x.example", Channel.WEBHOOK, one).notification) for one in (large, many)]

    assert [("details" in one, one["truncated"]) for one in said] == [(False, True), (True, True)]
    assert all(len(orjson.dumps(one)) < MAX_DATA_BYTES for one in said)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(204), Answer(Outcome.DELIVERED, "HTTP 204")),
        (Reply(410), Answer(Outcome.GONE, "HTTP 410")),
        (Reply(500, body=b"no\n"), Answer(Outcome.FAILED, "HTTP 500: no")),
        (Reply(301), Answer(Outcome.FAILED, "HTTP 301")),
        (Reply(400), Answer(Outcome.FAILED, "HTTP 400")),
        (Reply(429, {"retry-after": "7"}), Answer(Outcome.THROTTLED, "HTTP 429", timedelta(seconds=7))),
        (Reply(503, {"retry-after": "7"}), Answer(Outcome.FAILED, "HTTP 503", timedelta(seconds=7))),
        (Reply(504), Answer(Outcome.THROTTLED, "HTTP 504")),
    ],
)
async def test_an_answer_means_what_standard_webhooks_says(reply: Reply, expected: Answer) -> None:
    async with receiving(reply) as receiver:
        assert await sent(receiver.url, Channel.WEBHOOK, notice()) == expected


async def test_nobody_there_is_a_failure() -> None:
    answer = await sent("http://127.0.0.1:9/", Channel.WEBHOOK, notice())

    assert answer.outcome is Outcome.FAILED
    assert answer.detail.startswith("ConnectError")


async def test_pagerduty_is_triggered_and_resolved_by_the_subject() -> None:
    resolved = notice("n2", NoticeType.IMPACT_RESOLVED)
    async with receiving(Reply(202), Reply(202)) as receiver:
        for one in (notice(), resolved):
            await sent(receiver.url, Channel.PAGERDUTY, one, "routing-key")

    trigger, resolve = (one.json for one in receiver.received)
    assert {**trigger, "payload": {**trigger["payload"], "custom_details": {}}} == {
        "routing_key": "routing-key",
        "event_action": "trigger",
        "dedup_key": "checkout",
        "payload": {
            "summary": "Checkout is DOWN: Checkout needs db, which is DOWN",
            "source": "shop",
            "severity": "critical",
            "timestamp": "2026-11-25T12:00:00+00:00",
            "class": "impact.opened",
            "custom_details": {},
        },
    }
    assert resolve == {"routing_key": "routing-key", "event_action": "resolve", "dedup_key": "checkout"}


async def test_what_pagerduty_calls_wrong_is_not_tried_again() -> None:
    async with receiving(Reply(400, body=b"invalid routing key")) as receiver:
        answer = await sent(receiver.url, Channel.PAGERDUTY, notice(), "routing-key")

    assert answer == Answer(Outcome.REFUSED, "HTTP 400: invalid routing key")


async def test_maintenance_becomes_a_silence_for_each_label_and_planning_again_the_same_silences() -> None:
    matchers = [{"name": "host", "value": "x"}]
    standing = [
        {"id": "other", "comment": "unrelated", "status": {"state": "active"}},
        {"id": "old", "comment": "x (underpin window-1)", "status": {"state": "expired"}, "matchers": matchers},
        {"id": "s-1", "comment": "x (underpin window-1)", "status": {"state": "pending"}, "matchers": matchers},
    ]
    made = [Reply()] * len(alertmanager.LABELS)
    async with receiving(Reply(body=b"[]"), *made, Reply(body=orjson.dumps(standing)), *made) as receiver:
        for _ in range(2):
            answer = await sent(receiver.url, Channel.ALERTMANAGER, PLANNED, "user:pass:word")

    assert answer == Answer(Outcome.DELIVERED, "made 4 silences")
    asked = [(one.method, one.path) for one in receiver.received]
    assert asked == [("GET", "/api/v2/silences"), *[("POST", "/api/v2/silences")] * 4] * 2
    assert receiver.received[0].headers["authorization"] == "Basic dXNlcjpwYXNzOndvcmQ="
    expected = [
        {
            "matchers": [
                {
                    "name": label,
                    "value": r"(10\.0\.0\.7|db\-1\.corp\.example)(:[0-9]+)?",
                    "isRegex": True,
                    "isEqual": True,
                }
            ],
            "startsAt": "2026-11-25T13:00:00+00:00",
            "endsAt": "2026-11-25T14:00:00+00:00",
            "createdBy": "ops",
            "comment": "Checkout is DOWN (underpin window-1)",
        }
        for label in ("instance", "host", "hostname", "node")
    ]
    assert [one.json for one in receiver.received[1:5]] == expected
    again = [one if index != 1 else {**one, "id": "s-1"} for index, one in enumerate(expected)]
    assert [one.json for one in receiver.received[6:]] == again


async def test_a_silence_that_alertmanager_refuses_is_told_and_not_tried_again() -> None:
    async with receiving(Reply(body=b"[]"), Reply(), Reply(400, body=b"bad matcher")) as receiver:
        answer = await sent(receiver.url, Channel.ALERTMANAGER, PLANNED)

    assert answer == Answer(Outcome.REFUSED, "HTTP 400: bad matcher")


async def test_maintenance_that_is_cancelled_takes_its_silence_with_it() -> None:
    standing = [{"id": "s/1", "comment": "(underpin window-1)", "status": {"state": "active"}}]
    async with receiving(Reply(body=orjson.dumps(standing))) as receiver:
        answer = await sent(receiver.url, Channel.ALERTMANAGER, CANCELLED)

    assert answer == Answer(Outcome.DELIVERED, "ended 1 silences")
    assert [(one.method, one.path) for one in receiver.received][1:] == [("DELETE", "/api/v2/silence/s%2F1")]


def test_maintenance_of_nothing_that_has_a_host_is_no_silence() -> None:
    assert alertmanager.silences(notice("w", NoticeType.MAINTENANCE_PLANNED)) == {}


async def test_who_takes_events_takes_those_that_came_from_icinga_there() -> None:
    events = [
        {"source": "icinga2", "host": "db-1", "service": "disk"},
        {"source": "icinga2", "host": "db-1", "service": None},
        {"source": "nagios", "host": "db-2", "service": None},
    ]
    async with receiving(ICINGA_IS_WELL, Reply()) as receiver:
        answer = await sent(receiver.url, Channel.ICINGA, taken(by="Ada", events=events), "root:icinga")

    assert answer == Answer(Outcome.DELIVERED, "actions taken: 1")
    assert [one.path for one in receiver.received] == ["/v1/actions/acknowledge-problem"] * 2
    said = {"author": "Ada", "comment": "Checkout is DOWN: Checkout needs db, which is DOWN"}
    how = {"sticky": False, "notify": False}
    assert [one.json for one in receiver.received] == [
        {"type": "Service", "service": "db-1!disk", **said, **how},
        {"type": "Host", "host": "db-1", **said, **how},
    ]


def test_what_was_acknowledged_at_its_sender_is_not_told_back() -> None:
    assert icinga.actions(taken(by=None, events=[{"source": "icinga2", "host": "db-1"}])) == []


@pytest.mark.parametrize("nothing", ICINGA_FINDS_NOTHING)
@pytest.mark.parametrize("told", [PLANNED, CANCELLED])
async def test_maintenance_of_what_icinga_does_not_know_is_passed_over(told: Notice, nothing: Reply) -> None:
    async with receiving(nothing, nothing) as receiver:
        answer = await sent(receiver.url, Channel.ICINGA, told, "root:icinga")

    assert answer == Answer(Outcome.DELIVERED, "nothing there to act on")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Reply(500, body=b'{"error":500,"status":"Action execution failed."}'), Outcome.FAILED),
        (Reply(404, body=b'{"error":404,"status":"The requested path could not be found."}'), Outcome.REFUSED),
    ],
)
async def test_a_real_failure_of_icinga_is_not_taken_for_nothing_found(said: Reply, outcome: Outcome) -> None:
    async with receiving(said) as receiver:
        answer = await sent(receiver.url, Channel.ICINGA, PLANNED, "root:icinga")

    assert answer.outcome is outcome


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (b'{"results":[{"permissions":["*"],"user":"root","version":"r2.13.6-1"}]}', "HTTP 200"),
        (
            b'{"results":[{"permissions":["Actions/*-downtime"]}]}',
            "the permissions actions/acknowledge-problem",
        ),
        (b"[]", "this is not the API of Icinga 2"),
    ],
)
async def test_a_test_says_what_the_user_of_icinga_may_not_do(said: bytes, detail: str) -> None:
    async with receiving(Reply(200, body=said)) as receiver:
        answer = await sent(receiver.url, Channel.ICINGA, notice("t", NoticeType.TEST), "root:icinga")

    assert (detail in answer.detail, answer.outcome is Outcome.DELIVERED) == (True, detail == "HTTP 200")


async def test_who_takes_events_takes_the_alert_in_pagerduty() -> None:
    async with receiving(Reply(202)) as receiver:
        await sent(receiver.url, Channel.PAGERDUTY, taken(by="Ada"), "routing-key")

    (one,) = receiver.received
    assert one.json == {"routing_key": "routing-key", "event_action": "acknowledge", "dedup_key": "checkout"}


@pytest.mark.parametrize("nothing", ICINGA_FINDS_NOTHING)
async def test_maintenance_is_one_downtime_in_icinga_however_often_it_is_told(nothing: Reply) -> None:
    async with receiving(nothing, Reply()) as receiver:
        answer = await sent(receiver.url, Channel.ICINGA, PLANNED, "root:icinga")

    removed, scheduled = receiver.received
    assert answer == Answer(Outcome.DELIVERED, "actions taken: 1")
    assert removed.path == "/v1/actions/remove-downtime"
    assert removed.json["filter_vars"] == {"mark": "(underpin window-1)"}
    assert scheduled.path == "/v1/actions/schedule-downtime"
    assert scheduled.json["filter_vars"] == {"hosts": ["db-1.corp.example", "10.0.0.7"]}
    assert (scheduled.json["start_time"], scheduled.json["end_time"]) == (1795611600.0, 1795615200.0)


@pytest.mark.parametrize(
    ("channel", "type"),
    [
        (Channel.ALERTMANAGER, NoticeType.TOPOLOGY_CHANGED),
        (Channel.ICINGA, NoticeType.TOPOLOGY_CHANGED),
        (Channel.PAGERDUTY, NoticeType.MAINTENANCE_PLANNED),
        (Channel.PAGERDUTY, NoticeType.ALERT_UNMATCHED),
    ],
)
async def test_what_means_nothing_to_a_tool_is_passed_over(channel: Channel, type: NoticeType) -> None:
    async with receiving() as receiver:
        answer = await sent(receiver.url, channel, notice("t", type), "secret")

    assert answer.outcome is Outcome.DELIVERED
    assert receiver.received == []


async def test_apprise_sends_to_its_services_and_says_nothing_of_their_urls(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving(Reply(), Reply(500)) as receiver:
        url = receiver.url.replace("http://", "json://user:hunter2@")
        answers = [await sent(url, Channel.APPRISE, notice()) for _ in range(2)]

    assert [one.outcome for one in answers] == [Outcome.DELIVERED, Outcome.FAILED]
    assert receiver.received[0].json["title"] == "Checkout is DOWN"
    assert receiver.received[0].json["type"] == "failure"
    assert "hunter2" not in caplog.text


async def test_apprise_does_not_reach_a_host_that_is_not_allowed() -> None:
    async with receiving() as receiver, guarded([]) as http:
        told = letter(receiver.url.replace("http://", "json://"), Channel.APPRISE, notice())
        answer = await channels.send(told, http)

    assert answer.detail.startswith("127.0.0.1 is in a private network")
    assert receiver.received == []


@pytest.mark.parametrize("target", ["syslog://", "dbus://", "windows://", "file:///etc/passwd", "nonsense", ""])
def test_apprise_takes_nothing_that_reaches_this_machine_or_is_no_service(target: str) -> None:
    with pytest.raises(InvalidInput):
        messages.plug_in(target)


@pytest.mark.parametrize(
    "target",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        "workflows://prod-01.westeurope.logic.azure.com:443/6f1b2c3d4e5f/signature_value_12345",
        "mailtos://user:password@gmail.com",
    ],
)
def test_apprise_knows_the_services_that_people_use(target: str) -> None:
    assert messages.plug_in(target).app_id
