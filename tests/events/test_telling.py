"""What is told step by step is what the events and windows of the moment say, and nothing is told twice."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.events.maintenance import MaintenanceWindow
from app.events.model import OpenEvent
from app.events.telling import Telling, told_at
from app.impact.live import Told
from app.impact.model import Failure, HealthState, worst_failure
from tests.events.maintained import failures_at
from tests.graphs import DEGRADED, DOWN, NOW

MINUTE = timedelta(minutes=1)
KEYS = st.sampled_from("abc")
EVENTS = st.tuples(KEYS, st.sampled_from([DOWN, DEGRADED]))
WINDOWS = st.tuples(
    st.sets(KEYS, min_size=1), st.integers(0, 9), st.integers(1, 9), st.sampled_from([DOWN, DEGRADED, None])
)


def event(id: str, key: str, failure: Failure) -> OpenEvent:
    return OpenEvent(id, key, failure)


def window(
    id: str, keys: set[str], starts: int, lasts: int, state: HealthState | None = DOWN, *, cancelled: bool = False
) -> MaintenanceWindow:
    start = NOW.at + starts * MINUTE
    cancelled_at = NOW.at if cancelled else None
    return MaintenanceWindow(
        id, tuple(sorted(keys)), state, start, start + lasts * MINUTE, "work", NOW.at, "ops", cancelled_at, True
    )


def test_an_event_is_silent_while_its_item_is_in_maintenance() -> None:
    telling = Telling()
    opened = event("1", "a", Failure(DEGRADED, NOW.at))

    first = telling.news({"1": opened}, [], NOW.at)
    during = telling.news({}, [window("w", {"a"}, 1, 2)], NOW.at + MINUTE)
    after = telling.news({}, [], NOW.at + 3 * MINUTE)

    planned = Failure(DOWN, NOW.at + MINUTE, NOW.at + 3 * MINUTE, planned=True)
    assert first == {"1": ("a", Failure(DEGRADED, NOW.at))}
    assert during == {"1": None, "maintenance of a": ("a", planned)}
    assert after == {"1": ("a", Failure(DEGRADED, NOW.at)), "maintenance of a": None}
    assert telling.lasts(NOW.at + 99 * MINUTE)


@given(st.data())
def test_what_was_told_is_what_would_be_told_now(data: st.DataObject) -> None:
    telling = Telling()
    opened: dict[str, OpenEvent] = {}
    windows: dict[str, MaintenanceWindow] = {}
    told: dict[str, Told] = {}
    for minute in range(data.draw(st.integers(1, 8))):
        now = NOW.at + minute * MINUTE
        events: dict[str, OpenEvent | None] = {}
        for id in sorted(data.draw(st.sets(st.sampled_from("123")))):
            drawn = data.draw(st.none() | EVENTS)
            events[id] = event(id, drawn[0], Failure(drawn[1], NOW.at)) if drawn else None
        for id in data.draw(st.sets(st.sampled_from("xy"), max_size=1)):
            windows[id] = window(id, *data.draw(WINDOWS), cancelled=data.draw(st.booleans()))
        opened = {id: one for id, one in {**opened, **events}.items() if one is not None}

        hosted = {"x": frozenset(data.draw(st.sets(KEYS)))}

        news = telling.news(events, list(windows.values()), now, hosted)

        told = {id: one for id, one in {**told, **news}.items() if one is not None}
        worst: dict[str, Failure] = {}
        for key, failure in told.values():
            worst[key] = worst_failure((failure, worst.get(key, failure)))
        assert worst == failures_at(opened.values(), windows.values(), now, hosted)
        assert told == told_at(opened.values(), list(windows.values()), now, hosted)
        assert telling.maintained.keys() >= {key for key, one in worst.items() if one.planned}


def test_an_event_on_what_is_hosted_is_silent_and_hurts_again_when_the_window_ends() -> None:
    telling = Telling()
    opened = event("1", "guest", Failure(DOWN, NOW.at))
    over_host = [window("w", {"host"}, 0, 2, None)]

    before = telling.news({"1": opened}, [], NOW.at)
    during = telling.news({}, over_host, NOW.at, {"w": frozenset({"guest"})})
    moved = telling.news({}, [], NOW.at, {"w": frozenset()})
    back = telling.news({}, [], NOW.at, {"w": frozenset({"guest"})})
    after = telling.news({}, [], NOW.at + 2 * MINUTE)

    assert before == {"1": ("guest", Failure(DOWN, NOW.at))}
    assert during == {"1": None}
    assert moved == before
    assert back == during
    assert after == before
