"""The report: complete counts, one order, pages, filters, and what it takes for granted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.assumptions import URGENCY_ASSUMED
from app.impact.model import HealthState, ImpactedItem, StateCount
from app.inventory.model import ItemType
from tests.graphs import DEGRADED, DOWN, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, intervals

LAW = settings(max_examples=150, deadline=None, derandomize=True)
T = ItemType
SECTIONS = {T.BUSINESS_PROCESS: 0, T.BUSINESS_SERVICE: 1, T.IT_SERVICE: 2, T.REDUNDANCY_GROUP: 4}
WORSE_FIRST = (DOWN, DEGRADED, UNKNOWN)
ESTATE = """
z-pay{process tier 2} -> app; y-pay{process tier 1} -> app; x-pay{process} -> app; w-pay{process tier 0} ~> app
shop{service tier 0} -> app; app{it-service} -> db{1 of db-1, db-2}; db-1, db-2 -> zone{location}
ops{team}
"""


def place(world: World, item: ImpactedItem) -> tuple[int, int, int, str]:
    """Where the contract puts an item: processes, services, IT services, the rest, groups; worse state, tier, key."""
    tiers = {vertex.key: vertex.tier for vertex in world.vertices}
    tier = tiers[item.key]
    return SECTIONS.get(item.type, 3), WORSE_FIRST.index(item.state), 99 if tier is None else tier, item.key


def test_business_comes_first_then_worse_states_then_tiers_then_keys() -> None:
    assert list(graph(ESTATE).assess({"zone"}).states) == [
        "y-pay", "z-pay", "x-pay", "w-pay", "shop", "app", "db-1", "db-2", "zone", "db",
    ]  # fmt: skip


@LAW
@given(failures())
def test_impacted_items_are_those_that_may_be_hurt_in_the_order_of_the_contract(drawn: tuple[World, States]) -> None:
    world, own = drawn

    items = world.under(own).items

    assert {item.key: (item.best_state, item.worst_state) for item in items} == {
        key: ends for key, ends in intervals(world, own).items() if ends[1] > HealthState.OPERATIONAL
    }
    assert [item.key for item in items] == [item.key for item in sorted(items, key=lambda one: place(world, one))]


@LAW
@given(failures(), st.integers(1, 4))
def test_pages_together_are_the_whole_report(drawn: tuple[World, States], size: int) -> None:
    world, own = drawn

    pages = world.under(own).pages(size)

    assert [item for page in pages for item in page] == list(world.under(own).items)
    assert all(len(page) == size for page in pages[:-1])


@LAW
@given(failures(), st.sets(st.sampled_from(list(ItemType))), st.sets(st.sampled_from(WORSE_FIRST)))
def test_a_filter_leaves_the_items_of_those_types_and_states(
    drawn: tuple[World, States], types: set[ItemType], states: set[HealthState]
) -> None:
    world, own = drawn
    report = world.under(own).report

    found = [item for _, item in report.page(100, types=types, states=states)]

    assert found == [item for item in world.under(own).items if item.type in types and item.state in states]
    assert report.total(types, states) == len(found)
    assert report.total(None, None) == len(world.under(own).items)


@LAW
@given(failures())
def test_counts_are_of_all_items_by_type_and_state(drawn: tuple[World, States]) -> None:
    world, own = drawn
    assessment = world.under(own)
    pairs = [(item.type, item.state) for item in assessment.items]

    counts = assessment.report.counts

    assert {(one.type, one.state): one.count for one in counts} == {pair: pairs.count(pair) for pair in pairs}
    assert len(counts) == len(set(pairs))
    assert assessment.report.unknown == sum(item.state is UNKNOWN for item in assessment.items)
    assert assessment.report.depth_reached == max((item.depth for item in assessment.items), default=0)


def test_counts_are_listed_by_type_and_worst_first() -> None:
    assert graph(ESTATE).assess({"zone"}).report.counts == (
        StateCount(T.BUSINESS_PROCESS, DOWN, 3),
        StateCount(T.BUSINESS_PROCESS, DEGRADED, 1),
        StateCount(T.BUSINESS_SERVICE, DOWN, 1),
        StateCount(T.IT_SERVICE, DOWN, 1),
        StateCount(T.COMPONENT, DOWN, 2),
        StateCount(T.LOCATION, DOWN, 1),
        StateCount(T.REDUNDANCY_GROUP, DOWN, 1),
    )


def test_causes_are_what_failed_by_itself_by_key() -> None:
    report = graph(ESTATE).assess({"db-2"}, degraded={"ops"}, unknown={"db-1"}).report

    assert report.causes == [("db-1", UNKNOWN), ("db-2", DOWN), ("ops", DEGRADED)]


def test_nothing_failed_hurts_nothing() -> None:
    assessment = graph(ESTATE).assess()

    assert (assessment.items, assessment.report.counts, assessment.report.priority) == ((), (), None)
    assert (assessment.report.depth_reached, assessment.report.unknown, assessment.report.assumptions) == (0, 0, ())


def test_a_group_that_can_no_longer_hold_is_an_assumption_in_words() -> None:
    world = graph("a -> g{2 of x, y}; b -> h{1/3 of u, v, w}").without("y", "w")

    assert world.assess().report.assumptions == (
        "REDUNDANCY_UNSATISFIABLE: g is DOWN because its members weigh 1 and it needs 2",
        "REDUNDANCY_UNSATISFIABLE: h is DEGRADED because its members weigh 2 and it needs 3",
    )


def test_an_impact_on_the_business_says_that_its_end_is_not_known() -> None:
    assert graph("pay{process} -> db").assess({"db"}).report.assumptions == (URGENCY_ASSUMED.format(count=1),)


def test_redundancy_is_the_difference_between_reach_and_impact() -> None:
    assert graph(ESTATE).assess({"db-1"}).states == {"db-1": DOWN}
