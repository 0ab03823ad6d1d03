"""Token buckets: what may pass in any time is bounded, and whoever waits as told is let in."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.web.rates import Buckets, Rate

rates = st.builds(Rate, st.floats(0.1, 1_000), st.integers(1, 100))
pauses = st.lists(st.floats(0, 10), max_size=100)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(rates, pauses)
def test_no_more_pass_than_the_burst_and_what_time_brings(rate: Rate, pauses: Sequence[float]) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    passed = 0

    for pause in pauses:
        clock.now += pause
        passed += not buckets.take("a").is_empty

    assert passed <= rate.burst + clock.now * rate.per_second + 1e-6


@given(rates, st.integers(1, 200))
def test_whoever_waits_as_told_is_let_in(rate: Rate, asked: int) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    standings = [buckets.take("a") for _ in range(asked)]
    assert [one.is_empty for one in standings] == [number >= rate.burst for number in range(asked)]

    clock.now += buckets.look("a").wait_seconds

    assert not buckets.take("a").is_empty


@given(rates)
def test_a_long_pause_gives_the_burst_and_no_more(rate: Rate) -> None:
    clock = Clock()
    buckets = Buckets(rate, clock)
    buckets.take("a")

    clock.now += 1e6

    assert buckets.look("a").left == rate.burst


def test_each_name_has_its_own_bucket_and_looking_takes_nothing() -> None:
    buckets = Buckets(Rate(1, 1), Clock())

    assert buckets.take("a").left == 0
    assert buckets.look("a").is_empty
    assert (buckets.look("b").left, buckets.look("b").left) == (1, 1)


def test_only_so_many_names_are_remembered_and_the_oldest_is_forgotten() -> None:
    buckets = Buckets(Rate(1, 1), Clock(), most=2)

    for name in ("a", "b", "c"):
        buckets.take(name)

    assert [buckets.look(name).is_empty for name in ("a", "b", "c")] == [False, True, True]
