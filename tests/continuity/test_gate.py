"""The change gate: what gets worse, what only changes, and what a pull request shows."""

from collections.abc import Mapping

from app.continuity.concentration import concentration, places
from app.continuity.gate import ConcentrationChange, GateReport, Side, Standing, gate
from app.continuity.gate_markdown import gate_markdown
from tests.graphs import graph

BEFORE = "pay{process tier 1} -> G{1 of a, b}; book{service} -> c; a -> north{location}; b -> south{location}"


def side(text: str, overruns: Mapping[str, int] | None = None) -> Side:
    world = graph(text)
    return Side(world.graph, overruns or {}, {"LOCATION": concentration(world.graph, {}, places(world.graph))})


def judged(after: str, before: str = BEFORE) -> GateReport:
    sides = side(before), side(after)
    return gate(*sides, {key for one in sides for key in one.graph.keys}, order=3, most_steps=100_000)


def overrunning(before: int, after: int) -> GateReport:
    return gate(side(BEFORE, {"pay": before}), side(BEFORE, {"pay": after}), (), order=3, most_steps=100_000)


def test_an_important_item_that_gains_a_single_point_fails() -> None:
    report = judged(BEFORE + "; pay -> broker")

    (change,) = report.changes
    assert (report.passed, change.key, change.gained, change.lost) == (False, "pay", ("broker",), ())
    pairs = frozenset({("a", "b"), ("a", "south"), ("b", "north"), ("north", "south")})
    assert change.before == Standing(frozenset(), 2, 0, False, pairs)
    assert change.after == Standing(frozenset({"broker"}), 1, 0, False, pairs)
    assert change.worse == ("it gains 1 single point of failure and loses 0",)


def test_members_that_move_together_become_a_single_point() -> None:
    report = judged(BEFORE.replace("south{location}", "north"))

    assert [(one.key, one.gained) for one in report.changes] == [("pay", ("north",))]
    assert not report.passed
    assert report.concentration == (
        ConcentrationChange("LOCATION", "north", 0.0, 0.5, 0.5, 0.5),
        ConcentrationChange("LOCATION", "south", 0.0, 0.0, 0.5, 0.0),
    )


def test_what_is_not_important_may_get_worse() -> None:
    report = judged(BEFORE + "; book -> d")

    assert (report.passed, [(one.key, bool(one.worse)) for one in report.changes]) == (True, [("book", True)])


def test_one_single_point_in_place_of_another_is_no_worse() -> None:
    before, after = "pay{process tier 0} -> old", "pay{process tier 0} -> new"

    report = judged(after, before)

    assert (report.passed, report.changes[0].gained, report.changes[0].lost) == (True, ("new",), ("old",))


def test_a_member_less_is_fewer_losses_to_take_it_down() -> None:
    before = "pay{process tier 0} -> G{1 of a, b, c}"

    report = judged("pay{process tier 0} -> G{1 of a, b}", before)

    assert report.changes[0].worse == ("2 losses take it DOWN, before it took 3",)


def test_more_pairs_than_before_are_worse_unless_single_points_went_for_them() -> None:
    one, two = "pay{process tier 0} -> G{1 of a, b}", "pay{process tier 0} -> G{1 of a, b}; a -> host"

    longer, split = judged(two, one), judged(one, "pay{process tier 0} -> a")

    assert longer.changes[0].worse == ("it gains 1 pair of losses that take it DOWN and loses 0",)
    assert (longer.changes[0].pairs_gained, longer.changes[0].pairs_lost) == ((("b", "host"),), ())
    assert "  - new pairs that take it DOWN: b + host" in gate_markdown(longer)
    assert (split.passed, split.changes[0].pairs_gained) == (True, (("a", "b"),))


def test_sets_of_losses_are_not_looked_for_where_nothing_was_touched() -> None:
    report = gate(side(BEFORE), side(BEFORE + "; book -> d"), {"book", "d"}, order=3, most_steps=100_000)

    assert [one.key for one in report.changes] == ["book"]


def test_a_longer_overrun_is_worse_and_a_shorter_one_is_not() -> None:
    longer, shorter = overrunning(10, 70), overrunning(70, 10)

    assert longer.changes[0].worse == ("it recovers 60 s later beyond its target",)
    assert (longer.passed, shorter.passed, len(shorter.changes)) == (False, True, 1)


def test_a_group_without_enough_members_takes_everything_down() -> None:
    report = judged(BEFORE.replace("{1 of a, b}", "{3 of a, b}"))

    assert report.changes[0].after.is_down
    assert report.changes[0].worse == ("it is DOWN whatever happens, for a group it needs has too few members",)


def test_business_items_that_come_and_go_are_told() -> None:
    report = judged("pay{process tier 1} -> G{1 of a, b}; a -> north{location}; b -> south{location}; new{service}")

    assert (report.added, report.removed, report.passed) == (("new",), ("book",), True)


def test_the_report_says_why_it_fails() -> None:
    assert (
        gate_markdown(judged(BEFORE + "; pay -> broker_1; book -> d"))
        == """\
# Change gate: failed

1 important business item would get worse.
Compared with graph version 1.

## Important business items that get worse

- **pay**: it gains 1 single point of failure and loses 0
  - new single points of failure: broker\\_1

## Other business items that get worse

- **book**: it gains 1 single point of failure and loses 0
  - new single points of failure: d
"""
    )


def test_the_report_of_nothing_is_short() -> None:
    assert gate_markdown(judged(BEFORE)) == (
        "# Change gate: passed\n\nNo business item would change.\nCompared with graph version 1.\n"
    )
