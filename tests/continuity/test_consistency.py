"""What contradicts itself in the objectives of a business item, and what is only unknown."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.assessment import Contents, ImpactBand
from app.continuity.consistency import Targets, contradictions, over_mtpd, overdue

LAW = settings(max_examples=300, deadline=None, derandomize=True)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECONDS = st.none() | st.integers(0, 10)


def test_recovery_and_the_work_after_it_fit_into_the_mtpd() -> None:
    assert over_mtpd(Targets(3600, 600, 4200)) is None
    assert over_mtpd(Targets(3600, 601, 4200)) == (
        "RTO 3600 s + WRT 601 s is more than the MTPD of 4200 s; shorten what is allowed by 1 s"
    )


def test_an_rto_that_is_too_long_by_itself_needs_no_wrt_to_be_wrong() -> None:
    assert over_mtpd(Targets(3600, None, 3000)) == (
        "RTO 3600 s is more than the MTPD of 3000 s; shorten what is allowed by 600 s"
    )


def test_recovery_fits_into_the_impact_tolerance() -> None:
    assert [*contradictions(Targets(rto_seconds=60, impact_tolerance_seconds=60))] == []
    assert [*contradictions(Targets(rto_seconds=61, impact_tolerance_seconds=60))] == [
        "RTO 61 s is more than the impact tolerance of 60 s; shorten it by 1 s"
    ]


@LAW
@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_what_is_not_known_contradicts_nothing_that_could_still_be_right(
    rto: int | None, wrt: int | None, mtpd: int | None, tolerance: int | None
) -> None:
    known = Targets(rto, wrt, mtpd, tolerance)
    learned = Targets(
        *(0 if one is None else one for one in (rto, wrt)),
        *(10**6 if one is None else one for one in (mtpd, tolerance)),
    )

    # 0 and 10^6 are the kindest values there are.
    assert len([*contradictions(known)]) == len([*contradictions(learned)])


def test_an_assessment_is_judged_by_what_it_would_make_of_its_item() -> None:
    item = Targets.of({"rtoSeconds": 7200, "wrtSeconds": 60, "mtpdSeconds": 9000, "impactToleranceSeconds": 5000})
    bands = (ImpactBand("SAFETY", 3600, 4),)

    assert item.assessed(Contents(bands, 4)) == Targets(7200, 60, 3600, 5000)
    assert item.assessed(Contents(bands, 4, rto_seconds=1800, wrt_seconds=0)) == Targets(1800, 0, 3600, 5000)
    assert item.assessed(Contents(bands, 5)).mtpd_seconds is None


@pytest.mark.parametrize(("days", "late"), [(0, False), (365, False), (366, True)])
def test_a_review_holds_for_so_many_days(days: int, late: bool) -> None:
    reviewed_at = NOW - timedelta(days=days)

    assert (overdue(reviewed_at, NOW, valid_days=365) is not None) is late


def test_an_overdue_review_says_since_when() -> None:
    assert overdue(NOW - timedelta(days=366), NOW, valid_days=365) == (
        "the assessment was last reviewed on 2025-11-22 and was due again on 2026-11-22; review it"
    )
