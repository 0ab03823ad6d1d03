"""When a notification is sent again, when a subscription is paused, and when either is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notify.model import Answer, NotificationStatus, Outcome
from app.notify.retry import JITTER, MOST_ATTEMPTS, OPENS_AFTER, SCHEDULE, Verdict, is_probing, retry_after, verdict

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FAILED = Answer(Outcome.FAILED, "HTTP 500")


def judged(answer: Answer, attempts: int = 1, failures: int = 0, jitter: float = 0) -> Verdict:
    return verdict(answer, attempts=attempts, failures=failures, now=NOW, jitter=jitter)


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    delays = [judged(FAILED, attempts=attempt).due_at for attempt in range(1, MOST_ATTEMPTS)]

    seconds = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert delays == [NOW + timedelta(seconds=one) for one in seconds]


def test_jitter_makes_a_delay_longer_by_a_fifth_at_most() -> None:
    assert judged(FAILED, jitter=1).due_at == NOW + 6 * SECOND


def test_after_the_last_attempt_a_notification_is_dead() -> None:
    last = judged(FAILED, attempts=MOST_ATTEMPTS)

    assert (last.status, last.due_at) == (NotificationStatus.DEAD, None)


def test_what_is_delivered_ends_every_failure() -> None:
    assert judged(Answer(Outcome.DELIVERED, ""), failures=9) == Verdict(NotificationStatus.DELIVERED, None, 0, None)


def test_what_will_never_be_taken_is_dead_at_once_and_no_failure_of_the_receiver() -> None:
    assert judged(Answer(Outcome.REFUSED, ""), failures=2) == Verdict(NotificationStatus.DEAD, None, 0, None)


def test_a_receiver_that_is_gone_is_disabled() -> None:
    gone = judged(Answer(Outcome.GONE, ""))

    assert (gone.disables, gone.status) == (True, NotificationStatus.DEAD)


def test_a_receiver_is_left_alone_for_as_long_as_it_asks() -> None:
    asked = judged(Answer(Outcome.THROTTLED, "", retry_after=90 * SECOND))

    assert (asked.due_at, asked.paused_until) == (NOW + 90 * SECOND, NOW + 90 * SECOND)


def test_a_receiver_that_does_not_say_how_long_is_left_alone_for_half_a_minute() -> None:
    assert judged(Answer(Outcome.THROTTLED, "")).paused_until == NOW + 30 * SECOND


def test_a_retry_after_of_what_only_failed_holds_back_this_notification() -> None:
    failed = judged(Answer(Outcome.FAILED, "", retry_after=HOUR))

    assert (failed.due_at, failed.paused_until) == (NOW + HOUR, None)


def test_after_a_few_failures_in_a_row_a_subscription_is_paused_for_longer_and_longer() -> None:
    pauses = [judged(FAILED, failures=failures).paused_until for failures in range(OPENS_AFTER + 9)]

    minutes = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert pauses == [None] * (OPENS_AFTER - 1) + [NOW + one * MINUTE for one in minutes]


def test_a_subscription_that_failed_as_often_is_probed() -> None:
    assert [is_probing(failures) for failures in (0, OPENS_AFTER - 1, OPENS_AFTER)] == [False, False, True]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", 120 * SECOND),
        (" 0 ", timedelta(0)),
        ("999999999999999999999", 24 * HOUR),
        ("Wed, 25 Nov 2026 12:05:00 GMT", 5 * MINUTE),
        ("Wed, 25 Nov 2026 12:05:00 -0000", 5 * MINUTE),
        ("Wed, 25 Nov 2026 11:00:00 GMT", timedelta(0)),
        ("Wed, 25 Nov 2099 11:00:00 GMT", 24 * HOUR),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(header: str | None, expected: timedelta | None) -> None:
    assert retry_after(header, NOW) == expected


@given(st.text())
def test_no_retry_after_breaks_us(header: str) -> None:
    wait = retry_after(header, NOW)

    assert wait is None or timedelta(0) <= wait <= 24 * HOUR


@given(st.sampled_from(Outcome), st.integers(1, MOST_ATTEMPTS), st.integers(0, 1000), st.floats(0, 1))
def test_there_is_a_next_attempt_exactly_for_what_is_pending_and_never_before_the_schedule(
    outcome: Outcome, attempts: int, failures: int, jitter: float
) -> None:
    judged_ = judged(Answer(outcome, ""), attempts, failures, jitter)

    assert (judged_.due_at is not None) == (judged_.status is NotificationStatus.PENDING)
    if judged_.due_at is not None:
        delay = SCHEDULE[attempts - 1]
        assert delay <= judged_.due_at - NOW <= max(delay * (1 + JITTER), 30 * SECOND) + SECOND
