"""What is told when somebody takes events."""

from collections.abc import Sequence
from dataclasses import replace

from app.events.lifecycle import SENDER
from app.events.model import Event, EventStatus, Match
from app.inventory.model import Item
from app.notify.model import Notice
from app.outgoing.acknowledgements import MOST_LISTED, Taken, notices
from tests.graphs import DOWN
from tests.stored import NOW


def event(id: str, by: str = "Ada", **changed: object) -> Event:
    """An event that somebody has taken."""
    one = Event(
        id, "icinga2", f"check {id}", EventStatus.FIRING, "critical", DOWN, f"{id} is down", NOW, None, NOW, Match()
    )
    return replace(one, acknowledged_by=by, acknowledged_at=NOW, **changed)  # type: ignore[arg-type]


def told(*taken: Taken) -> Sequence[Notice]:
    items: dict[str, Item] = {}
    return list(notices(taken, {}, items))


def test_who_takes_many_events_of_a_situation_is_told_of_once() -> None:
    (one,) = told(*(Taken(event(id), "situation-1") for id in ("b", "a")))

    assert (one.subject, one.title, one.data["eventCount"]) == ("situation-1", "Ada has taken 2 events", 2)


def test_an_event_of_no_situation_is_told_of_by_itself() -> None:
    (one,) = told(Taken(event("a", note="on it"), None))

    assert (one.subject, one.title, one.sentence) == ("a", 'Ada has taken "a is down"', "on it")


def test_two_people_are_told_of_apart() -> None:
    assert [one.data["acknowledgedBy"] for one in told(Taken(event("a"), "s"), Taken(event("b", "Bob"), "s"))] == [
        "Ada",
        "Bob",
    ]


def test_who_took_it_at_its_sender_has_no_name_here() -> None:
    (one,) = told(Taken(event("a", SENDER), None))

    assert (one.title, one.data["acknowledgedBy"]) == ('Somebody at icinga2 has taken "a is down"', None)


def test_events_that_are_too_many_for_a_notice_are_in_several_and_none_is_missing() -> None:
    several = told(*(Taken(event(f"{number:03}"), "s") for number in range(2 * MOST_LISTED + 1)))

    listed = [one["id"] for each in several for one in each.data["events"]]  # type: ignore[attr-defined]
    assert listed == [f"{number:03}" for number in range(2 * MOST_LISTED + 1)]
    assert len({one.id for one in several}) == 3


def test_a_check_is_named_as_its_tool_names_it() -> None:
    (one,) = told(Taken(event("a", labels={"host_name": "db-1", "service_name": "disk"}), None))

    assert one.data["events"] == [
        {
            "id": "a",
            "source": "icinga2",
            "fingerprint": "check a",
            "summary": "a is down",
            "key": None,
            "host": "db-1",
            "service": "disk",
        }
    ]
