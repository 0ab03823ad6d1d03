"""Silences of an Alertmanager: windows if they are about whole items, else a sentence."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from app.errors import InvalidInput
from app.events.delivery import Reading
from app.events.identifiers import clues_of_labels
from app.events.model import ReportedWindow
from app.events.silences import read_silences

INSTANCE = {"name": "instance", "value": "db-1.corp.example:9100", "isRegex": False, "isEqual": True}


def silence(*matchers: dict[str, Any], state: str = "active", **fields: object) -> dict[str, object]:
    """A silence as Alertmanager 0.25 writes it."""
    return {
        "id": "4c2f4d0e-5a3e-4d0e-9f0c-0d8f2f4c1f10",
        "status": {"state": state},
        "updatedAt": "2026-11-23T19:57:56.123Z",
        "comment": "a new disk",
        "createdBy": "jane",
        "startsAt": "2026-11-23T20:00:00.000Z",
        "endsAt": "2026-11-23T22:00:00.000Z",
        "matchers": list(matchers),
        **fields,
    }


def read(*silences: object) -> Reading:
    return read_silences(orjson.dumps(silences), "alertmanager")


def window(*, cancelled: bool = False, **labels: str) -> ReportedWindow:
    return ReportedWindow(
        source="alertmanager",
        id="4c2f4d0e-5a3e-4d0e-9f0c-0d8f2f4c1f10",
        starts_at=datetime(2026, 11, 23, 20, tzinfo=UTC),
        ends_at=datetime(2026, 11, 23, 22, tzinfo=UTC),
        summary="a new disk",
        author="jane",
        clues=clues_of_labels(labels),
        cancelled=cancelled,
    )


def test_a_silence_of_a_host_is_a_window_over_it() -> None:
    job = {**INSTANCE, "name": "job", "value": "node"}

    assert read(silence(INSTANCE)) == Reading(windows=(window(instance="db-1.corp.example:9100"),))
    assert read(silence(INSTANCE, job)).windows == (window(instance="db-1.corp.example:9100", job="node"),)


def test_a_matcher_is_an_equality_unless_it_says_otherwise() -> None:
    assert read(silence({"name": "underpin_key", "value": "db-1"})).windows == (window(underpin_key="db-1"),)


def test_a_silence_that_we_made_ourselves_is_passed_over() -> None:
    ours = silence({**INSTANCE, "isRegex": True}, comment="a disk (underpin 6f1c)")

    assert read(ours) == Reading()


def test_an_expired_silence_is_cancelled_whatever_it_matched() -> None:
    matcher = {**INSTANCE, "isRegex": True}

    assert read(silence(matcher, state="expired")) == Reading(windows=(window(cancelled=True),))


@pytest.mark.parametrize(
    ("matchers", "told"),
    [
        ([{**INSTANCE, "isRegex": True}], "silences[0].matchers[0] on 'instance' is no equality, so it names no item"),
        ([{**INSTANCE, "isEqual": False}], "silences[0].matchers[0] on 'instance' is no equality, so it names no item"),
        (
            [INSTANCE, {**INSTANCE, "name": "alertname"}],
            "silences[0].matchers[1] on 'alertname' silences a part of an item's alerts, and a window would silence",
        ),
        ([{**INSTANCE, "name": "job"}], "silences[0] names no item; match one of host, hostname, instance, node, serv"),
        ([], "silences[0] names no item; "),
        ([{"name": "instance"}], "silences[0].matchers[0].value must be"),
        (["instance"], "silences[0].matchers[0] must be an object"),
    ],
)
def test_a_silence_that_is_no_window_is_a_problem_and_the_others_are_taken(matchers: list[Any], told: str) -> None:
    reading = read(silence(*matchers), silence(INSTANCE))

    assert len(reading.windows) == 1
    assert [problem[: len(told)] for problem in reading.problems] == [told]


@pytest.mark.parametrize("missing", ["id", "startsAt", "endsAt", "matchers"])
def test_a_silence_that_lacks_something_says_what(missing: str) -> None:
    (problem,) = read({name: value for name, value in silence(INSTANCE).items() if name != missing}).problems

    assert problem.startswith(f"silences[0].{missing} ")


@pytest.mark.parametrize("raw", [b"{}", b"hello", b""])
def test_what_is_no_list_of_silences_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_silences(raw, "alertmanager")
