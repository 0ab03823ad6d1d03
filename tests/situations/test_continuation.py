"""Situations live on in the groups that share their items: they merge, split, fall quiet and open again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from app.situations.continuation import continued
from app.situations.model import (
    Account,
    Cause,
    Group,
    Held,
    NamedCause,
    News,
    Patience,
    SituationStatus,
)
from app.situations.turn import Turn, turn
from tests.graphs import NOW

PATIENCE = Patience(quiet=60, reopen=900, settle=5, settle_most=15, cause=60)
LAW = settings(max_examples=200, deadline=None, derandomize=True)


def at(seconds: int) -> datetime:
    return NOW.at + timedelta(seconds=seconds)


def group(items: Iterable[str], *, cause: str | None = None) -> Group:
    """A group in which every item has one event of its own name."""
    keys = frozenset(items)
    found = Cause(cause or min(keys), True, len(keys), 0, 0, at(0), 1.0)
    return Group(keys, keys, at(0), (found,))


def account(one: Group, priority: int | None) -> Account:
    causes = tuple(NamedCause(cause, cause.key, "") for cause in one.causes)
    return Account("", causes, priority, (), 0, (), (), ())


class Story:
    """Situations that are followed in memory; their ids are numbers in the order in which they open."""

    def __init__(self) -> None:
        self.held: tuple[Held, ...] = ()
        self._ids = count(1)

    def look(self, seconds: int, *groups: Group, priority: int | None = 3) -> Turn:
        """Look at these groups at this second."""
        accounts = [account(one, priority) for one in groups]
        due = turn(
            self.held,
            groups,
            continued(self.held, groups),
            accounts,
            now=at(seconds),
            patience=PATIENCE,
            new_id=lambda: str(next(self._ids)),
        )
        self.held = due.now_held
        return due

    def told(self, seconds: int, *groups: Group, priority: int | None = 3) -> list[tuple[str, News]]:
        """What is announced when these groups are looked at."""
        due = self.look(seconds, *groups, priority=priority)
        return [(one.situation.id, one.news) for one in due.changes]

    @property
    def open(self) -> dict[str, str]:
        """The items of the open situations."""
        return {
            one.situation.id: "".join(sorted(one.items))
            for one in self.held
            if one.situation.status is SituationStatus.OPEN
        }


def test_a_situation_grows_and_shrinks_under_one_id() -> None:
    story = Story()
    story.look(0, group("a"))
    due = story.look(1, group("abc"))
    last = story.look(2, group("bc"))

    assert story.open == {"1": "bc"}
    assert (due.gathered, due.released) == ({"1": frozenset("bc")}, {})
    assert (last.gathered, last.released) == ({}, {"1": frozenset("a")})


def test_of_situations_that_become_one_the_oldest_goes_on() -> None:
    story = Story()
    story.look(0, group("a"))
    story.look(1, group("a"), group("bcd"))
    story.look(6, group("a"), group("bcd"))
    due = story.look(7, group("abcd"))

    assert story.open == {"1": "abcd"}
    (merged,) = [one for one in due.written if one.id == "2"]
    assert (merged.status, merged.merged_into, merged.resolved_at) == (SituationStatus.RESOLVED, "1", at(7))
    assert [(one.situation.id, one.news) for one in due.changes] == [("2", News.RESOLVED)]
    assert due.gathered == {"1": frozenset("bcd")}
    assert due.released == {"2": frozenset("bcd")}


def test_what_is_merged_before_anybody_was_told_of_it_leaves_no_trace() -> None:
    story = Story()
    story.look(0, group("a"), group("b"))
    due = story.look(1, group("ab"))

    assert story.open == {"1": "ab"}
    assert ([one.id for one in due.written], due.dropped, due.released) == (["1"], ("2",), {})


def test_of_a_situation_that_splits_the_largest_part_goes_on() -> None:
    story = Story()
    story.look(0, group("abcde"))
    story.look(1, group("ab"), group("cde"))

    assert story.open == {"1": "cde", "2": "ab"}


def test_a_situation_without_events_is_resolved_after_a_while() -> None:
    story = Story()
    story.look(0, group("a"))
    story.look(10)
    story.look(69)
    assert story.open == {"1": "a"}

    (resolved,) = story.look(70).written

    assert (resolved.status, resolved.resolved_at, resolved.quiet_since) == (
        SituationStatus.RESOLVED,
        at(70),
        at(10),
    )


def test_an_alert_that_comes_back_under_another_id_is_the_same_trouble() -> None:
    story = Story()
    story.look(0, group("a"))
    story.look(10)
    again = Group(frozenset({"another"}), frozenset({"a"}), at(20), group("a").causes)
    story.look(20, again)

    assert story.open == {"1": "a"}
    assert story.held[0].situation.quiet_since is None


def test_what_comes_back_soon_after_it_was_resolved_opens_it_again() -> None:
    soon, late = Story(), Story()
    for story in (soon, late):
        story.look(0, group("a"))
        story.look(10)
        story.look(70)

    soon.look(970, group("a"))
    late.look(971)
    late.look(972, group("a"))

    assert (soon.open, late.open) == ({"1": "a"}, {"2": "a"})


def test_a_storm_is_announced_once_it_has_settled_and_when_it_is_over() -> None:
    story = Story()
    news = [
        *story.told(0, group("a")),
        *story.told(3, group("abc")),
        *story.told(7, group("abcd")),
        *story.told(12, group("abcd")),
        *story.told(13, group("abcd")),
        *story.told(40, group("ab")),
        *story.told(50),
        *story.told(110),
    ]

    assert news == [("1", News.OPENED), ("1", News.RESOLVED)]


def test_a_storm_that_does_not_settle_is_announced_all_the_same() -> None:
    story = Story()
    growing = "abcdefghijklmnop"
    news = [story.told(second, group(growing[: second + 1])) for second in range(16)]

    assert news == [[]] * 15 + [[("1", News.OPENED)]]


def test_what_came_and_went_before_anybody_was_told_is_not_announced() -> None:
    story = Story()

    assert story.told(0, group("a")) + story.told(3) + story.told(8) + story.told(100) == []
    assert story.open == {}


def test_further_news_are_a_higher_priority_and_another_first_cause_that_lasts() -> None:
    story = Story()
    story.look(0, group("ab"))
    assert story.told(5, group("ab")) == [("1", News.OPENED)]
    assert story.told(6, group("ab"), priority=1) == []
    assert story.told(20, group("ab"), priority=1) == [("1", News.CHANGED)]
    assert story.told(40, group("ab"), priority=3) == []
    assert story.told(79, group("ab", cause="b"), priority=1) == []
    assert story.told(80, group("ab", cause="b"), priority=1) == [("1", News.CHANGED)]


def test_looking_again_changes_nothing() -> None:
    story = Story()
    story.look(0, group("ab"), group("c"))
    story.look(5, group("ab"), group("c"))

    assert not story.look(6, group("ab"), group("c"))


_PARTS = st.lists(st.integers(0, 3), min_size=6, max_size=6)


@LAW
@given(looks=st.lists(_PARTS, min_size=1, max_size=8), pause=st.integers(0, 100))
def test_the_open_situations_with_events_are_the_groups_and_what_is_written_adds_up(
    looks: Sequence[Sequence[int]], pause: int
) -> None:
    story = Story()
    stored: dict[str, frozenset[str]] = {}
    for number, parts in enumerate(looks):
        groups = [
            group(item for item, part in zip("abcdef", parts, strict=True) if part == wanted)
            for wanted in sorted(set(parts) - {0})
        ]
        due = story.look(number * pause, *groups)
        for id, events in due.released.items():
            stored[id] -= events
        for id, events in due.gathered.items():
            stored[id] = stored.get(id, frozenset()) | events
        for id in due.dropped:
            del stored[id]

        lively = [one for one in story.held if not one.situation.quiet_since]
        assert sorted(sorted(one.items) for one in lively) == sorted(sorted(one.items) for one in groups)
        assert all(stored[one.situation.id] == one.events for one in story.held)
        assert all(one.situation.status is SituationStatus.OPEN for one in lively)


def test_a_storm_is_told_once_it_has_come_together() -> None:
    story = Story()
    many = [group(item) for item in "abcdefghij"]

    assert story.told(0, *many) == []
    assert story.told(16, *many, group("k")) == []
    assert story.told(17, group("abcdefghijk")) == [("1", News.OPENED)]


def test_unrelated_troubles_at_once_are_told_when_none_has_changed_for_a_while() -> None:
    story = Story()
    many = [group(item) for item in "abcdefghij"]
    story.look(0, *many)
    grown = [*many[1:], group("az")]

    assert story.told(4, *grown) == []
    assert story.told(8, *grown) == []
    assert len(story.told(9, *grown)) == 10


def test_a_storm_that_grows_without_end_is_told_after_a_minute() -> None:
    story = Story()
    many = [group(item) for item in "abcdefghij"]
    growing = "klmnopqrstuvwxyz"
    for second in range(0, 60, 4):
        assert story.told(second, *many, group(growing[: 1 + second // 4])) == []

    assert len(story.told(60, *many, group(growing))) == 11
