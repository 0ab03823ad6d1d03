"""The sentence that explains an impacted item, as it is read at three in the morning."""

import pytest
from hypothesis import given, settings

from tests.graphs import DEGRADED, DOWN, UNKNOWN, World, graph
from tests.impact.oracle import States, failures
from tests.impact.test_propagation import W1

LAW = settings(max_examples=100, deadline=None, derandomize=True)


def sentence(world: World, own: States, key: str) -> str:
    report = world.under(own).report
    reason = report.reason(key)
    return reason.sentence({one: one for one in reason.keys})


@pytest.mark.parametrize(
    ("drawing", "own", "told"),
    [
        ("app", {"app": DOWN}, "app is DOWN by itself"),
        ("app -> db", {"db": DOWN}, "app is DOWN: it needs db, which is DOWN"),
        ("app -> api -> db -> san", {"san": DOWN}, "app is DOWN: it needs api, which stands on san, which is DOWN"),
        ("app ~> mail", {"mail": DOWN}, "app is DEGRADED: it uses mail, which is DOWN"),
        ("app -> db", {"db": DEGRADED}, "app is DEGRADED: it needs db, which is DEGRADED"),
        ("app -> db", {"db": UNKNOWN}, "app may be DOWN: it needs db, which may be DOWN"),
        ("app -> g{1 of x, y}", {"x": DOWN, "y": DOWN}, "app is DOWN: g needs 1 of 2; x and y are DOWN"),
        ("app -> g{2 of x, y}", {"x": DOWN}, "app is DOWN: g needs 2 of 2; x is DOWN"),
        ("app -> g{1/2 of x, y}", {"x": DOWN}, "app is DEGRADED: g needs 2 of 2; x is DOWN"),
        (
            "app -> g{1/2 of x, y}",
            {"x": DOWN, "y": DEGRADED},
            "app is DEGRADED: g needs 2 of 2; x and y are DOWN or DEGRADED",
        ),
        (
            "app -> g{1 of x, y}; x, y -> zone",
            {"zone": DOWN},
            "app is DOWN: g needs 1 of 2; x and y are DOWN because zone is DOWN",
        ),
    ],
)
def test_a_sentence_says_why(drawing: str, own: States, told: str) -> None:
    assert sentence(graph(drawing), own, "app") == told


def test_a_group_whose_members_are_gone_says_so() -> None:
    world = graph("app -> g{2 of x, y, z}").without("y", "z")

    assert sentence(world, {}, "app") == "app is DOWN: g needs 2, but its members weigh 1"


def test_a_long_list_names_five_and_counts_the_rest() -> None:
    hosts = ", ".join(f"h{number}" for number in range(9))

    told = sentence(graph(f"app -> g{{1 of {hosts}}}; {hosts} -> zone"), {"zone": DOWN}, "app")

    assert told == "app is DOWN: g needs 1 of 9; h0, h1, h2, h3, h4 and 4 more are DOWN because zone is DOWN"


def test_the_worked_example_is_told() -> None:
    told = sentence(graph(W1), {"zone-a": DOWN}, "payments")

    assert told == "payments is DOWN: g-app needs 2 of 3; app1 and app2 are DOWN because zone-a is DOWN"


@LAW
@given(failures())
def test_every_impacted_item_has_a_sentence(drawn: tuple[World, States]) -> None:
    world, own = drawn
    for item in world.under(own).items:
        told = sentence(world, own, item.key)

        assert told.startswith(f"{item.key} {'may be' if item.state is UNKNOWN else 'is'} {item.worst_state.name}")
