"""When it is worth a word that the business is hurt."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.notify.model import NoticeType
from app.outgoing.impacts import Condition, Ledger, Patience
from tests.graphs import DEGRADED, DOWN
from tests.stored import NOW

PATIENCE = Patience(settle=timedelta(seconds=30), breach_moves=timedelta(minutes=15))
HURT = Condition(DOWN, 1, NOW + timedelta(hours=2))
Now = Mapping[str, Condition]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Watch(Ledger):
    """What is told by who looks at what is the case from time to time."""

    def look(self, seconds: float, now: Now) -> list[NoticeType]:
        """What is told then."""
        changes = self.due(now, at(seconds), PATIENCE)
        self.take(changes)
        return [change.type for change in changes]


def opened() -> Watch:
    """A watch that has told that checkout is hurt."""
    watch = Watch()
    watch.look(0, {"checkout": HURT})
    assert watch.look(30, {"checkout": HURT}) == [NoticeType.IMPACT_OPENED]
    return watch


def test_what_comes_and_goes_while_it_settles_is_never_told() -> None:
    watch = Watch()

    assert [watch.look(seconds, now) for seconds, now in ((0, {"checkout": HURT}), (29, {"checkout": HURT}))] == [
        [],
        [],
    ]
    assert watch.look(29.5, {}) == []
    assert watch.look(60, {"checkout": HURT}) == []


def test_what_is_hurt_otherwise_or_well_again_is_told_once() -> None:
    watch = opened()
    less = {"checkout": Condition(DEGRADED, 3, None)}

    assert [watch.look(seconds, less) for seconds in (40, 70, 80, 200)] == [[], [NoticeType.IMPACT_CHANGED], [], []]
    assert [watch.look(seconds, {}) for seconds in (210, 240, 250)] == [[], [NoticeType.IMPACT_RESOLVED], []]


def test_a_breach_that_moves_a_little_is_no_news_and_one_that_moves_further_is() -> None:
    watch = opened()

    def moved(minutes: int) -> Now:
        return {"checkout": Condition(DOWN, 1, NOW + timedelta(hours=2, minutes=minutes))}

    assert [watch.look(seconds, moved(15)) for seconds in (40, 80)] == [[], []]
    assert [watch.look(seconds, moved(-16)) for seconds in (90, 120)] == [[], [NoticeType.IMPACT_CHANGED]]


def test_an_impact_keeps_its_subject_while_it_lasts_and_the_next_has_another() -> None:
    watch = opened()
    first = watch.told["checkout"].subject
    watch.look(40, {"checkout": Condition(DEGRADED, 3, None)})
    watch.look(70, {"checkout": Condition(DEGRADED, 3, None)})
    changed = watch.told["checkout"].subject
    for seconds, now in ((80, {}), (110, {}), (120, {"checkout": HURT}), (150, {"checkout": HURT})):
        watch.look(seconds, now)

    assert (changed, watch.told["checkout"].subject) == (first, f"checkout {at(120).isoformat()}")
    assert first == f"checkout {at(0).isoformat()}"


_CONDITIONS = st.builds(Condition, st.sampled_from([DOWN, DEGRADED]), st.integers(1, 5), st.just(None))
_LOOKS = st.lists(
    st.tuples(st.integers(1, 40), st.dictionaries(st.sampled_from(["a", "b", "c"]), _CONDITIONS)), max_size=30
)


@given(_LOOKS)
def test_what_lasts_is_told_in_the_end_and_every_impact_opens_before_it_changes_or_ends(
    looks: list[tuple[int, dict[str, Condition]]],
) -> None:
    watch, seconds, now, said = Watch(), 0, dict[str, Condition](), list[NoticeType]()
    for passed, now in looks:
        seconds += passed
        said += watch.look(seconds, now)
    for _ in range(2):
        seconds += 30
        said += watch.look(seconds, now)

    assert {key: one.condition for key, one in watch.told.items()} == now
    assert said.count(NoticeType.IMPACT_OPENED) - said.count(NoticeType.IMPACT_RESOLVED) == len(now)
