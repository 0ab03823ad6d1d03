"""Why an item fell: its rule, its shortest path and the causes that explain it."""

from graphlib import TopologicalSorter

import pytest
from hypothesis import given, settings

from app.impact.model import PropagationRule
from tests.graphs import DOWN, OPERATIONAL, World, graph
from tests.impact import oracle
from tests.impact.oracle import States, failures

LAW = settings(max_examples=200, deadline=None, derandomize=True)
OWN, HARD, SOFT, GROUP = PropagationRule


@pytest.mark.parametrize(
    ("drawing", "failed", "rule", "path"),
    [
        pytest.param("a", {"a"}, OWN, ("a",), id="itself"),
        pytest.param("a -> b", {"b"}, HARD, ("a", "b"), id="a hard provider"),
        pytest.param("a ~> b", {"b"}, SOFT, ("a", "b"), id="a soft provider"),
        pytest.param("a{1 of b}", {"b"}, GROUP, ("a", "b"), id="a member"),
        pytest.param("a -> b; a ~> b", {"b"}, HARD, ("a", "b"), id="the hard one of two edges"),
        pytest.param("a -> g{1 of b, c}", {"b", "c"}, HARD, ("a", "g", "b"), id="the first member by key"),
        pytest.param("a -> z, b", {"z", "b"}, HARD, ("a", "b"), id="the first provider by key"),
        pytest.param("a -> b -> c; a -> z", {"c", "z"}, HARD, ("a", "z"), id="the nearest cause"),
        pytest.param("a -> b -> d; a -> c -> d", {"d"}, HARD, ("a", "b", "d"), id="the first way by key"),
        pytest.param("a ~> b; a -> c -> d", {"b", "d"}, HARD, ("a", "c", "d"), id="not the nearer but softer"),
        pytest.param("a -> b", {"a", "b"}, OWN, ("a",), id="itself before its provider"),
    ],
)
def test_an_item_fell_by_a_rule_along_a_shortest_path(
    drawing: str, failed: set[str], rule: PropagationRule, path: tuple[str, ...]
) -> None:
    item = graph(drawing).assess(failed).item("a")

    assert (item.rule, item.path, item.depth) == (rule, path, len(path) - 1)


def test_an_item_degraded_by_itself_but_down_through_a_provider_points_at_the_provider() -> None:
    assessment = graph("a -> b").assess({"b"}, degraded={"a"})

    assert (assessment.item("a").rule, assessment.item("a").path) == (HARD, ("a", "b"))
    assert assessment.causes == {"a": ("b",), "b": ("b",)}


def test_a_path_through_an_item_that_is_worse_than_its_own_state_goes_on_to_the_cause() -> None:
    assert graph("a ~> b -> c").assess({"c"}, degraded={"b"}).item("a").path == ("a", "b", "c")


def test_a_group_whose_members_vanished_is_itself_the_cause() -> None:
    assessment = graph("a -> g{2 of x, y}").without("y").assess()

    assert (assessment.item("g").rule, assessment.item("g").path) == (GROUP, ("g",))
    assert assessment.causes == {"a": ("g",), "g": ("g",)}


@pytest.mark.parametrize(
    ("drawing", "failed", "causes"),
    [
        pytest.param("a -> b, c", {"b", "c"}, ("b",), id="one of two that would each do"),
        pytest.param("a{1 of b, c}", {"b", "c"}, ("b", "c"), id="both members"),
        pytest.param("a{2 of b, c, d}", {"b", "c", "d"}, ("b", "c"), id="as many members as it takes"),
        pytest.param("a{2 of b, c, d:2}", {"b", "c", "d"}, ("b", "d"), id="as much weight as it takes"),
        pytest.param("a{1 of b, c}; b, c -> d", {"d"}, ("d",), id="one behind both members"),
        pytest.param("a{1 of b, c}; b -> d; c -> d, e", {"d", "e"}, ("d",), id="what is behind both explains alone"),
        pytest.param("a{1 of g, x}; g{1 of y, z}", {"x", "y", "z"}, ("x", "y", "z"), id="nested"),
    ],
)
def test_causes_are_no_more_than_explain_the_state(drawing: str, failed: set[str], causes: tuple[str, ...]) -> None:
    assert graph(drawing).assess(failed).report.causes_of("a") == causes


def test_two_groups_without_members_are_both_causes_of_what_needs_one_of_them() -> None:
    world = graph("a{1 of g, h}; g{1 of x}; h{1 of y}").without("x", "y")

    assert world.assess().causes["a"] == ("g", "h")


def test_an_unknown_cause_explains_the_worst_state() -> None:
    assert graph("a -> g{1 of b, c}").assess({"b"}, unknown={"c"}).causes["a"] == ("b", "c")


def test_more_causes_than_can_be_minimised_are_given_as_they_are() -> None:
    members = [f"m{number:03}" for number in range(150)]

    assessment = graph(f"a{{1 of {', '.join(members)}}}").assess(members)

    assert assessment.report.causes_of("a") == tuple(members)
    assert assessment.states == dict.fromkeys(["a", *members], DOWN)


@LAW
@given(failures())
def test_every_path_is_the_shortest_to_a_cause_over_edges_that_carry_the_state(drawn: tuple[World, States]) -> None:
    world, own = drawn

    items = world.under(own).items

    assert [item.path for item in items] == [oracle.shortest_path(world, own, item.key) for item in items]
    assert [item.depth for item in items] == [len(item.path) - 1 for item in items]
    assert [item.rule for item in items] == [oracle.rule(world, own, item.path) for item in items]


@LAW
@given(failures())
def test_causes_are_sufficient_and_none_could_be_left_out(drawn: tuple[World, States]) -> None:
    world, own = drawn

    causes = world.under(own).causes

    assert [key for key, found in causes.items() if not oracle.explains(world, key, found, own)] == []
    assert [
        (key, spare)
        for key, found in causes.items()
        for spare in found
        if oracle.explains(world, key, set(found) - {spare}, own)
    ] == []


@LAW
@given(failures())
def test_the_steps_derive_the_state_from_the_causes_and_from_nothing_else(drawn: tuple[World, States]) -> None:
    world, own = drawn
    report = world.under(own).report
    causes = oracle.causes_of_all(world, own)
    vertices = {vertex.key: vertex for vertex in world.vertices}

    for item in world.under(own).items:
        steps = {step.key: step.supports for step in report.steps(item.key)}

        assert next(iter(steps)) == item.key
        assert sorted(key for key, supports in steps.items() if not supports) == list(report.causes_of(item.key))
        derived: States = {}
        for key in TopologicalSorter(steps).static_order():
            known = {one: derived[one] if one in steps[key] else OPERATIONAL for one in vertices}
            derived[key] = oracle.equation(world, vertices[key], known, {}, True) if steps[key] else causes[key]
        assert derived[item.key] == report.propagation.worst.of(world.graph.number[item.key])


def test_the_steps_of_a_group_name_the_members_it_fell_with() -> None:
    report = graph("pay -> db{1 of a, b}; a -> zone; b ~> zone; b -> disk").assess({"zone", "disk"}).report

    assert [(step.key, step.rule, step.supports) for step in report.steps("pay")] == [
        ("pay", HARD, ("db",)),
        ("db", GROUP, ("a", "b")),
        ("a", HARD, ("zone",)),
        ("b", HARD, ("disk",)),
        ("zone", OWN, ()),
        ("disk", OWN, ()),
    ]
