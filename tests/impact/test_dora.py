"""The DORA pre-classification: article 8 and 9 by their thresholds, and nothing guessed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.impact.dora import Classification, Criterion, Finding, Hit, Incident, Outcome, Verdict, classified

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MET, NOT_MET, UNKNOWN = Outcome
SHORT = Hit(critical=True, start=NOON - HOUR, end=NOON)


def incident(*hits: Hit, **known: object) -> Incident:
    return replace(Incident(NOON, NOON - HOUR, hits), **known)  # type: ignore[arg-type]


def finding(incident: Incident, criterion: Criterion) -> Finding:
    (found,) = [one for one in classified(incident).findings if one.criterion is criterion]
    return found


def outcome(incident: Incident, criterion: Criterion) -> Outcome:
    return finding(incident, criterion).outcome


def met(found: Classification) -> Sequence[Criterion]:
    return [one.criterion for one in found.findings if one.outcome is MET]


def test_an_incident_that_hits_no_critical_service_is_not_major() -> None:
    found = classified(incident(replace(SHORT, critical=False), cost=Decimal(10**9), countries=frozenset({"DE", "FR"})))

    assert found.verdict is Verdict.NOT_MAJOR
    assert met(found) == [Criterion.GEOGRAPHY, Criterion.ECONOMIC]


def test_a_critical_service_and_two_other_thresholds_make_it_major() -> None:
    found = classified(incident(replace(SHORT, start=NOON - 3 * HOUR), cost=Decimal(100_001)))

    assert found.verdict is Verdict.MAJOR
    assert met(found) == [Criterion.CRITICAL_SERVICES, Criterion.DURATION, Criterion.ECONOMIC]


def test_one_other_threshold_leaves_it_undecided_for_malicious_access_cannot_be_ruled_out() -> None:
    found = classified(incident(SHORT, cost=Decimal(100_001)))

    assert found.verdict is Verdict.UNDECIDED
    assert met(found) == [Criterion.CRITICAL_SERVICES, Criterion.ECONOMIC]


@pytest.mark.parametrize(
    ("hits", "expected", "value"),
    [
        ([SHORT], MET, "1 hit"),
        ([replace(SHORT, certain=False)], UNKNOWN, "1 may be"),
        ([replace(SHORT, critical=None)], UNKNOWN, "1 may be"),
        ([replace(SHORT, critical=False)], NOT_MET, "0 hit"),
        ([], NOT_MET, "0 hit"),
        ([SHORT, replace(SHORT, critical=None), replace(SHORT, critical=False)], MET, "1 hit"),
    ],
)
def test_whether_a_critical_service_is_hit(hits: list[Hit], expected: Outcome, value: str) -> None:
    found = finding(incident(*hits), Criterion.CRITICAL_SERVICES)

    assert (found.outcome, found.value, found.article) == (expected, value, "6, 8(1)")


@pytest.mark.parametrize(
    ("hit", "began", "expected"),
    [
        (replace(SHORT, end=NOON + HOUR), HOUR, NOT_MET),  # exactly two hours
        (replace(SHORT, end=NOON + HOUR + timedelta(seconds=1)), HOUR, MET),
        (replace(SHORT, end=None), HOUR, UNKNOWN),
        (replace(SHORT, start=NOON - 3 * HOUR, end=None), HOUR, MET),  # it has lasted for long enough already
        (replace(SHORT, start=NOON - 3 * HOUR, critical=False), HOUR, NOT_MET),
        (replace(SHORT, start=NOON - 3 * HOUR, critical=None), HOUR, UNKNOWN),
        (replace(SHORT, start=NOON - 3 * HOUR, certain=False), HOUR, UNKNOWN),
        (replace(SHORT, critical=False), 24 * HOUR, NOT_MET),
        (replace(SHORT, critical=False), 25 * HOUR, MET),
        (replace(SHORT, critical=False, end=NOON + 24 * HOUR), HOUR, MET),
        (Hit(critical=True, down=False), HOUR, UNKNOWN),  # nobody knows how long it will be degraded
    ],
)
def test_how_long_it_lasts(hit: Hit, began: timedelta, expected: Outcome) -> None:
    assert outcome(incident(hit, began_at=NOON - began), Criterion.DURATION) is expected


def test_it_is_said_how_long_it_lasts() -> None:
    found = finding(incident(replace(SHORT, end=NOON + 2 * HOUR)), Criterion.DURATION)

    assert found.value == "3.0 hours in all, a critical service down for 3.0 hours"


@pytest.mark.parametrize(
    ("countries", "expected", "value"),
    [
        ({"DE", "FR"}, MET, "DE, FR"),
        ({"DE", "CH"}, UNKNOWN, "DE"),
        (set(), UNKNOWN, None),
    ],
)
def test_two_member_states_are_needed(countries: set[str], expected: Outcome, value: str | None) -> None:
    found = finding(incident(SHORT, countries=frozenset(countries)), Criterion.GEOGRAPHY)

    assert (found.outcome, found.value) == (expected, value)


@pytest.mark.parametrize(
    ("cost", "whole", "expected", "value"),
    [
        ("100000.01", False, MET, "EUR 100,000.01"),
        ("100000", True, NOT_MET, "EUR 100,000.00"),
        ("100000", False, UNKNOWN, "EUR 100,000.00"),
        ("0", False, UNKNOWN, None),
        ("0", True, NOT_MET, "EUR 0.00"),
    ],
)
def test_what_it_costs(cost: str, whole: bool, expected: Outcome, value: str | None) -> None:
    found = finding(incident(SHORT, cost=Decimal(cost), cost_is_whole=whole), Criterion.ECONOMIC)

    assert (found.outcome, found.value) == (expected, value)


@pytest.mark.parametrize(
    ("hit", "expected", "value"),
    [
        (replace(SHORT, clients=40), MET, "all 40 clients of a service"),
        (replace(SHORT, clients=0), UNKNOWN, None),
        (replace(SHORT, clients=None), UNKNOWN, None),
        (replace(SHORT, clients=40, down=False), UNKNOWN, None),
        (replace(SHORT, clients=40, certain=False), UNKNOWN, None),
    ],
)
def test_all_clients_of_what_is_down_are_affected(hit: Hit, expected: Outcome, value: str | None) -> None:
    found = finding(incident(hit), Criterion.CLIENTS)

    assert (found.outcome, found.value) == (expected, value)


@pytest.mark.parametrize("criterion", [Criterion.REPUTATION, Criterion.DATA_LOSSES, Criterion.MALICIOUS_ACCESS])
def test_what_an_estate_cannot_tell_stays_unknown(criterion: Criterion) -> None:
    found = finding(incident(SHORT), criterion)

    assert (found.outcome, found.value) == (UNKNOWN, None)
