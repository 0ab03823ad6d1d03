"""Events of one trouble are found together, with its cause first, and those of two troubles are not."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.model import Failure
from app.situations.correlation import correlate
from app.situations.model import Group, Rule
from tests.graphs import DOWN, NOW, OPERATIONAL, World, graph
from tests.situations.oracle import Times, groups

RULE = Rule()
LAW = settings(max_examples=300, deadline=None, derandomize=True)


def at(seconds: int) -> datetime:
    return NOW.at + timedelta(seconds=seconds)


def told(times: Times) -> dict[str, tuple[str, Failure]]:
    return {
        f"{key}/{place}": (key, Failure(DOWN, at(seconds)))
        for key, began in times.items()
        for place, seconds in enumerate(began)
    }


def found(world: World, times: Mapping[str, int], rule: Rule = RULE) -> tuple[Group, ...]:
    """The groups of items that began to alert at these seconds."""
    return correlate(world.graph, told({key: (seconds,) for key, seconds in times.items()}), rule)


def items(several: tuple[Group, ...]) -> list[str]:
    return [" ".join(sorted(one.items)) for one in several]


def causes(group: Group) -> list[str]:
    return [one.key for one in group.causes]


RACKS = graph(
    """
    a1, a2, a3, a4 -> rack-a{location} -> zone{location}
    b1, b2, b3, b4 -> rack-b{location} -> zone
    c1, c2, c3, c4 -> rack-c{location} -> zone
    d1, d2, d3, d4 -> rack-d{location} -> zone
    zone -> region{location}
    """
)


def test_what_alerts_and_what_it_depends_on_are_one_trouble_with_the_deepest_first() -> None:
    (group,) = found(graph("shop -> api -> db"), {"shop": 9, "api": 5, "db": 0})

    assert causes(group) == ["db", "api"]
    assert (group.causes[0].explained, group.causes[0].observed) == (3, True)
    assert group.started_at == at(0)


def test_two_silent_items_may_lie_between_and_groups_do_not_count() -> None:
    world = graph("a -> s1 -> g{1 of s2, x} -> y; s2 -> b; c -> t1 -> t2 -> t3 -> d")

    assert items(found(world, {"a": 0, "b": 0, "c": 0, "d": 0})) == ["a b", "c", "d"]


def test_what_only_shares_a_provider_is_not_one_trouble() -> None:
    world = graph("a, b, c, d, e -> dns")

    assert items(found(world, {"a": 0, "b": 0})) == ["a", "b"]


def test_a_rack_is_the_first_cause_although_it_says_nothing() -> None:
    (group,) = found(RACKS, {"a1": 0, "a2": 10, "a3": 20, "a4": 40})

    (first, *_) = group.causes
    assert (first.key, first.observed, first.alerting, first.standing) == ("rack-a", False, 4, 4)
    assert (first.started_at, first.score) == (at(0), 1.0)


def test_the_smallest_location_that_explains_everything_comes_first() -> None:
    lost = {f"{rack}{number}": number for rack in "abc" for number in (1, 2, 3)}

    (group,) = found(RACKS, lost)

    assert causes(group)[0] == "zone"
    assert "region" in causes(group)


def test_two_alerts_in_one_zone_are_two_troubles() -> None:
    assert items(found(RACKS, {"a1": 0, "b1": 1})) == ["a1", "b1"]


def test_alerts_in_one_rack_that_come_far_apart_are_several_troubles() -> None:
    assert len(found(RACKS, {"a1": 0, "a2": 1000, "a3": 2000})) == 3


def test_an_alert_that_was_there_long_before_has_another_reason() -> None:
    assert items(found(RACKS, {"a1": 0, "a2": 10, "a3": 20, "a4": -5000})) == ["a4", "a1 a2 a3"]


def test_an_alert_that_comes_late_belongs_to_what_has_failed() -> None:
    (group,) = found(RACKS, {"a1": 0, "a2": 10, "a3": 20, "a4": 5000})

    assert causes(group)[0] == "rack-a"


def test_a_location_is_found_over_hosts_that_nobody_watches() -> None:
    world = graph("app-1 -> h1; app-2 -> h2; app-3 -> h3; h1, h2, h3, h4 -> rack{location}")

    (group,) = found(world, {"app-1": 0, "app-2": 3, "app-3": 8})

    assert causes(group)[0] == "rack"


def test_of_a_crowd_a_smaller_share_is_enough() -> None:
    hosts = ", ".join(f"h{number}" for number in range(40))
    world = graph(f"{hosts} -> zone{{location}}")
    some = {f"h{number}": number for number in range(8)}

    assert len(found(world, some, Rule(crowd_alerts=8, crowd_share=0.2))) == 1
    assert len(found(world, some, Rule(crowd_alerts=9, crowd_share=0.2))) == 8


def test_of_two_causes_that_explain_the_same_the_one_that_alerts_comes_first() -> None:
    world = graph("a, b, c -> db; a, b, c -> storage")

    (group,) = found(world, {"a": 5, "b": 5, "c": 5, "db": 0})

    assert causes(group)[:2] == ["db", "storage"]


def test_what_began_long_after_is_no_cause_but_what_seems_a_little_late_may_be() -> None:
    world = graph("a -> db; b -> disk")

    late, skewed = found(world, {"a": 0, "db": 90, "b": 1, "disk": 50})

    assert causes(late) == ["a"]
    assert causes(skewed) == ["disk"]


def test_what_is_planned_is_well_or_unknown_is_no_trouble() -> None:
    world = graph("a; b")
    events = {
        "1": ("a", Failure(DOWN, at(0), planned=True)),
        "2": ("b", Failure(OPERATIONAL, at(0))),
        "3": ("nobody", Failure(DOWN, at(0))),
    }

    assert correlate(world.graph, events, RULE) == ()


def test_a_storm_of_ten_thousand_alerts_is_one_trouble_with_its_location_first() -> None:
    racks = [f"rack-{number}" for number in range(100)]
    hosts = {f"host-{number}": racks[number // 100] for number in range(10_000)}
    text = "\n".join(f"{host} -> {rack}" for host, rack in hosts.items())
    elsewhere = ", ".join(f"other-{number}" for number in range(500))
    world = graph(text + f"\n{', '.join(racks)} -> zone{{location}}\n{', '.join(hosts)}, {elsewhere} -> dns")

    (group,) = found(world, {host: number % 200 for number, host in enumerate(hosts)})

    assert len(group.events) == 10_000
    assert [(one.key, one.observed, one.explained) for one in group.causes[:2]] == [
        ("zone", False, 10_000),
        ("dns", False, 10_000),
    ]


_KEYS = [f"i{number}" for number in range(9)]
_PAIRS = [(one, other) for one in _KEYS for other in _KEYS if one != other]
_WORLDS = st.builds(
    lambda edges, members: graph(
        "; ".join([*_KEYS, *(f"{one} -> {other}" for one, other in edges)])
        + (f"; i0 -> g{{1 of {', '.join(members)}}}; i1 -> g" if members else "")
    ),
    st.lists(st.sampled_from(_PAIRS), max_size=16, unique=True),
    st.lists(st.sampled_from(_KEYS[2:]), max_size=4, unique=True),
)
_TIMES = st.dictionaries(
    st.sampled_from(_KEYS), st.lists(st.integers(0, 12), min_size=1, max_size=2).map(tuple), min_size=1, max_size=7
)
_RULES = st.builds(
    Rule,
    silent_hops=st.integers(0, 2),
    common_share=st.sampled_from([0.3, 0.5, 1.0]),
    common_alerts=st.integers(2, 3),
    window_seconds=st.integers(0, 4),
    crowd_share=st.just(0.25),
    crowd_alerts=st.integers(2, 9),
)


@LAW
@given(world=_WORLDS, times=_TIMES, rule=_RULES)
def test_the_groups_are_those_of_the_definition(world: World, times: Times, rule: Rule) -> None:
    answer = correlate(world.graph, told(times), rule)

    assert {one.items for one in answer} == groups(world, times, rule)


@LAW
@given(world=_WORLDS, times=_TIMES, rule=_RULES, data=st.data())
def test_the_order_of_events_does_not_matter(world: World, times: Times, rule: Rule, data: st.DataObject) -> None:
    events = told(times)
    shuffled = dict(data.draw(st.permutations(list(events.items()))))

    assert correlate(world.graph, shuffled, rule) == correlate(world.graph, events, rule)


@LAW
@given(world=_WORLDS, times=_TIMES, rule=_RULES, key=st.sampled_from(_KEYS), second=st.integers(0, 12))
def test_one_more_event_never_parts_what_belongs_together(
    world: World, times: Times, rule: Rule, key: str, second: int
) -> None:
    events = told(times)
    before = correlate(world.graph, events, rule)
    after = correlate(world.graph, events | {"more": (key, Failure(DOWN, at(second)))}, rule)

    assert all(any(one.events <= other.events for other in after) for one in before)


@LAW
@given(world=_WORLDS, times=_TIMES, rule=_RULES)
def test_every_event_is_in_one_group_and_every_group_has_a_cause(world: World, times: Times, rule: Rule) -> None:
    events = told(times)
    answer = correlate(world.graph, events, rule)

    assert sorted(id for one in answer for id in one.events) == sorted(events)
    assert all(one.causes and one.causes[0].explained <= len(one.items) for one in answer)
