"""How findings come, go and come back, whatever the order of the checks and of what people decide."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.finding import KEPT_TURNS, Finding, FindingSeverity, FindingStatus, Seen, Turn, reconciled

LAW = settings(max_examples=300, deadline=None, derandomize=True)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN, ACCEPTED, RESOLVED = FindingStatus
ORPHAN = Seen("ORPHAN", FindingSeverity.LOW, "db", "nothing needs it")
Stored = dict[str, Finding]


def checked(stored: Stored, seen: Collection[Seen], at: datetime) -> Stored:
    """The findings after a check."""
    return stored | {one.id: one for one in reconciled(stored, seen, at)}


def accepted(finding: Finding, at: datetime, until: datetime) -> Finding:
    return finding.turned(Turn(at, ACCEPTED, "ann", "it is going to be retired"), until=until)


def turns(finding: Finding) -> list[tuple[FindingStatus, str | None]]:
    return [(turn.status, turn.by) for turn in finding.turns]


def test_what_is_seen_first_is_open_from_then_on() -> None:
    assert checked({}, [ORPHAN], NOW) == {
        "ORPHAN:db": Finding(ORPHAN, OPEN, NOW, NOW, (Turn(NOW, OPEN),)),
    }


def test_what_goes_away_resolves_itself_and_what_comes_back_is_the_same_opened_again() -> None:
    first = checked({}, [ORPHAN], NOW)
    gone = checked(first, [], NOW + HOUR)
    back = checked(gone, [ORPHAN], NOW + 2 * HOUR)

    assert turns(gone[ORPHAN.id]) == [(OPEN, None), (RESOLVED, None)]
    assert (gone[ORPHAN.id].status, gone[ORPHAN.id].last_seen_at) == (RESOLVED, NOW)
    assert turns(back[ORPHAN.id]) == [(OPEN, None), (RESOLVED, None), (OPEN, None)]
    assert (back[ORPHAN.id].first_seen_at, back[ORPHAN.id].last_seen_at) == (NOW, NOW + 2 * HOUR)


def test_what_is_accepted_stays_accepted_until_then() -> None:
    stored = {ORPHAN.id: accepted(checked({}, [ORPHAN], NOW)[ORPHAN.id], NOW, NOW + 2 * HOUR)}

    early = checked(stored, [ORPHAN], NOW + HOUR)
    late = checked(early, [ORPHAN], NOW + 2 * HOUR)

    assert early == stored
    assert late[ORPHAN.id].status is OPEN
    assert late[ORPHAN.id].turns[-1] == Turn(NOW + 2 * HOUR, OPEN, None, "the acceptance ran out")
    assert late[ORPHAN.id].accepted_until is None


def test_what_was_accepted_and_went_away_is_open_when_it_comes_back() -> None:
    stored = {ORPHAN.id: accepted(checked({}, [ORPHAN], NOW)[ORPHAN.id], NOW, NOW + 9 * HOUR)}

    back = checked(checked(stored, [], NOW + HOUR), [ORPHAN], NOW + 2 * HOUR)

    assert (back[ORPHAN.id].status, back[ORPHAN.id].accepted_until) == (OPEN, None)


def test_another_sentence_about_the_same_is_no_turn() -> None:
    stored = checked({}, [ORPHAN], NOW)

    found = checked(stored, [replace(ORPHAN, sentence="it needs nothing")], NOW + HOUR)[ORPHAN.id]

    assert found.seen.sentence == "it needs nothing"
    assert turns(found) == [(OPEN, None)]


def test_only_the_last_turns_are_remembered() -> None:
    stored: Stored = {}
    for hour in range(KEPT_TURNS):
        stored = checked(stored, [ORPHAN] if hour % 2 == 0 else [], NOW + hour * HOUR)
    finding = checked(stored, [ORPHAN], NOW + KEPT_TURNS * HOUR)[ORPHAN.id]

    assert len(finding.turns) == KEPT_TURNS
    assert finding.turns[-1] == Turn(NOW + KEPT_TURNS * HOUR, OPEN)


SEEN = st.sets(st.sampled_from([Seen(code, FindingSeverity.LOW, key, "…") for code in "AB" for key in "xy"]))


@LAW
@given(st.lists(SEEN, max_size=6))
def test_looking_again_changes_nothing_and_what_stands_is_what_is_seen(history: list[set[Seen]]) -> None:
    stored: Stored = {}
    for hour, seen in enumerate(history):
        stored = checked(stored, seen, NOW + hour * HOUR)

        assert [*reconciled(stored, seen, NOW + hour * HOUR)] == []
        assert {one.seen for one in stored.values() if one.status is OPEN} == seen


@LAW
@given(SEEN, st.lists(SEEN, max_size=3))
def test_the_order_and_the_repetition_of_what_is_seen_do_not_matter(last: set[Seen], history: list[set[Seen]]) -> None:
    stored: Stored = {}
    for seen in history:
        stored = checked(stored, seen, NOW)
    ordered = sorted(last, key=lambda one: one.id)

    assert checked(stored, [*ordered, *reversed(ordered)], NOW + HOUR) == checked(stored, ordered[::-1], NOW + HOUR)
