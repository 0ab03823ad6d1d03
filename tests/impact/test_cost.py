"""What outages cost: one by its loss bands, several together, and what is known to be missing from the sum."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.impact.assumptions import LOSS_COVERED, LOSS_UNSURE, URGENCY_ASSUMED
from app.impact.cost import downtime_cost
from app.impact.missing import NO_END, NO_LOSS_BANDS, NO_RECOVERY, NO_TARGET
from app.impact.model import Failure, HealthState, Money
from app.impact.report import ImpactReport
from app.inventory.losses import LossBand, LossCurve
from tests.graphs import DEGRADED, DOWN, NOW, UNKNOWN, World, graph
from tests.impact.oracle import States, failures, intervals

LAW = settings(max_examples=300, deadline=None, derandomize=True)
HOUR = 3600
AMOUNTS = st.decimals(0, 10**11 - 1, places=4)
CHECKOUT = LossCurve(
    (LossBand(HOUR, Decimal("12000.00")), LossBand(4 * HOUR, Decimal("90000.00")), LossBand(8 * HOUR, Decimal(90000))),
    "EUR",
)


def curve(*losses: tuple[int, str], currency: str = "EUR") -> LossCurve:
    return LossCurve(tuple(LossBand(seconds, Decimal(loss)) for seconds, loss in losses), currency)


@st.composite
def curves(draw: st.DrawFn) -> LossCurve:
    """A curve of one to five bands, in any order of magnitude."""
    seconds = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=5)))
    losses = sorted(draw(st.lists(AMOUNTS, min_size=len(seconds), max_size=len(seconds))))
    return LossCurve(tuple(map(LossBand, seconds, losses)), "EUR")


@pytest.mark.parametrize(
    ("seconds", "cost"),
    [
        (0, "0.00"),
        (1, "3.33"),
        (HOUR // 2, "6000.00"),
        (HOUR, "12000.00"),
        (2 * HOUR, "38000.00"),
        (4 * HOUR, "90000.00"),
        (6 * HOUR, "90000.00"),
        (20 * HOUR, "90000.00"),
    ],
)
def test_the_cost_lies_on_straight_lines_through_the_bands(seconds: int, cost: str) -> None:
    assert str(downtime_cost(CHECKOUT, seconds)) == cost


@pytest.mark.parametrize(
    ("bands", "seconds", "cost"),
    [
        (curve((HOUR, "100.00")), 3 * HOUR, "300.00"),
        (curve((HOUR, "100.00"), (2 * HOUR, "400.00")), 3 * HOUR, "700.00"),
        (curve((3, "1.00")), 1, "0.33"),
        (curve((8, "0.01")), 4, "0.00"),  # half of a cent, to the even one
        (curve((8, "0.03")), 4, "0.02"),
        (curve((10, "0.0001")), 20, "0.0002"),
        (curve((1, "99999999999.9999")), 2**40, "109951162777599890048837.2224"),
    ],
)
def test_the_last_slope_goes_on_and_nothing_is_lost_but_in_the_last_place(
    bands: LossCurve, seconds: int, cost: str
) -> None:
    assert str(downtime_cost(bands, seconds)) == cost


def by_the_second(of: LossCurve, seconds: int) -> Fraction:
    """The definition once more: each stretch between two bands has a price a second; the last one has no end."""
    points = [(0, Fraction(0)), *((band.after_seconds, Fraction(band.cumulative_loss)) for band in of.bands)]
    total = Fraction(0)
    for (begin, before), (end, after) in pairwise(points):
        until = seconds if end == points[-1][0] else min(seconds, end)
        total += max(0, until - begin) * (after - before) / (end - begin)
    return total


@LAW
@given(curves(), st.integers(0, 2 * 10**6))
def test_the_cost_is_the_price_of_every_second_together(of: LossCurve, seconds: int) -> None:
    exact, found = by_the_second(of, seconds), downtime_cost(of, seconds)

    assert abs(Fraction(found) - exact) <= Fraction(1, 20_000)


@LAW
@given(curves(), st.integers(0, 2 * 10**6), st.integers(0, 10**6))
def test_a_longer_outage_never_costs_less(of: LossCurve, seconds: int, more: int) -> None:
    assert downtime_cost(of, seconds) <= downtime_cost(of, seconds + more)


@LAW
@given(curves())
def test_a_band_costs_what_it_says(of: LossCurve) -> None:
    assert [downtime_cost(of, band.after_seconds) for band in of.bands] == [band.cumulative_loss for band in of.bands]


def priced(text: str, curves: Mapping[str, LossCurve], **recovery_seconds: int) -> World:
    """The drawn world with these curves and recovery times."""
    world = graph(text)
    vertices = [
        replace(one, loss_curve=curves.get(one.key), recovery_seconds=recovery_seconds.get(one.key))
        for one in world.vertices
    ]
    return World.of(vertices, world.edges)


def after(world: World, *failed: str, state: HealthState = DOWN, hours: int | None = None) -> ImpactReport:
    """The report of items that fail now, for so many hours if that is known."""
    until = None if hours is None else NOW.at + timedelta(hours=hours)
    return world.failing({key: Failure(state, NOW.at, until) for key in failed}).report


def test_an_outage_costs_what_the_bands_say_of_its_length() -> None:
    report = after(priced("checkout{process} -> db", {"checkout": CHECKOUT}, db=2 * HOUR), "db")

    assert report.cost("checkout") == Money(Decimal("38000.00"), "EUR")
    assert report.costs == (Money(Decimal("38000.00"), "EUR"),)
    assert report.cost("db") is None


@pytest.mark.parametrize(
    ("curves", "recovery", "state"),
    [({}, HOUR, DOWN), ({"checkout": CHECKOUT}, None, DOWN), ({"checkout": CHECKOUT}, HOUR, DEGRADED)],
)
def test_an_unknown_cost_is_never_read_as_nothing(
    curves: dict[str, LossCurve], recovery: int | None, state: HealthState
) -> None:
    known = {} if recovery is None else {"db": recovery}

    report = after(priced("checkout{process} -> db", curves, **known), "db", state=state)

    assert (report.cost("checkout"), report.costs) == (None, ())


def test_what_is_back_within_its_tolerance_costs_nothing_that_could_be_told() -> None:
    world = priced("checkout{process} -> db", {"checkout": CHECKOUT})
    patient = World.of(world.vertices, [replace(edge, tolerance_seconds=2 * HOUR) for edge in world.edges])

    assert after(patient, "db", hours=2).cost("checkout") is None
    assert after(patient, "db", hours=3).cost("checkout") == Money(Decimal("12000.00"), "EUR")


def test_costs_are_added_up_by_currency() -> None:
    world = priced(
        "shop{service}, bank{service}, till{service}, desk{service} -> db",
        {
            "shop": curve((HOUR, "100.10")),
            "bank": curve((HOUR, "0.05"), currency="CHF"),
            "till": curve((HOUR, "200.20")),
        },
    )

    assert after(world, "db", hours=1).costs == (Money(Decimal("0.05"), "CHF"), Money(Decimal("300.30"), "EUR"))


def test_a_process_that_falls_with_a_priced_service_is_not_counted_again() -> None:
    world = priced(
        "sales{process}, returns{process} -> shop{service} -> db; office{process} -> db",
        {one: curve((HOUR, "100")) for one in ("sales", "shop", "office")},
    )

    report = after(world, "db", hours=1)

    assert report.cost("sales") == Money(Decimal("100.00"), "EUR")
    assert report.costs == (Money(Decimal("200.00"), "EUR"),)
    assert report.assumptions == (URGENCY_ASSUMED.format(count=4), LOSS_COVERED.format(count=1))


def test_a_process_that_would_survive_the_service_is_counted() -> None:
    world = priced(
        "sales{process} -> either{1 of shop, phone}; shop{service}, phone -> db; after{process} ~> shop; after -> db",
        {one: curve((HOUR, "100")) for one in ("sales", "shop", "after")},
    )

    assert after(world, "db", hours=1).costs == (Money(Decimal("300.00"), "EUR"),)


def test_processes_and_services_in_a_circle_are_counted_once() -> None:
    world = priced("sales{process} -> shop{service} -> sales; shop -> db", dict.fromkeys(("sales", "shop"), CHECKOUT))

    assert after(world, "db", hours=1).costs == (Money(Decimal("12000.00"), "EUR"),)


def test_what_may_be_down_is_counted_and_said() -> None:
    report = after(priced("shop{service} -> db", {"shop": CHECKOUT}), "db", state=UNKNOWN, hours=1)

    assert report.costs == (Money(Decimal("12000.00"), "EUR"),)
    assert LOSS_UNSURE.format(count=1) in report.assumptions


def test_what_the_answer_lacked_is_told_with_the_first_keys() -> None:
    world = priced("e{process}, d{process}, c{process}, b{service}, a{service} -> db", {"a": CHECKOUT})
    target = [replace(one, target_seconds=60) if one.key in "ab" else one for one in world.vertices]

    report = after(World.of(target, world.edges), "db")

    assert report.missing == (
        f"{NO_TARGET}: 3 (c, d, e)",
        f"{NO_END}: 5 (a, b, c, …)",
        f"{NO_RECOVERY}: 1 (db)",
        f"{NO_LOSS_BANDS}: 4 (b, c, d, …)",
    )


def test_a_complete_answer_lacks_nothing() -> None:
    world = priced("shop{service} -> db", {"shop": CHECKOUT}, db=HOUR)
    shop, db = world.vertices

    assert after(World.of([replace(shop, target_seconds=60), db], world.edges), "db").missing == ()
    assert after(priced("shop{service} -> db", {}), "db", state=DEGRADED).missing == ()


def test_an_end_that_is_overdue_is_missing_but_not_its_recovery_time() -> None:
    world = priced("shop{service} -> db", {"shop": CHECKOUT}, db=60)
    report = world.failing({"db": Failure(DOWN, NOW.at - timedelta(hours=1))}).report

    assert report.missing == (f"{NO_TARGET}: 1 (shop)", f"{NO_END}: 1 (shop)")
    assert report.costs == ()


@LAW
@given(failures(), st.data())
def test_the_sum_is_of_services_and_of_what_losing_them_leaves_standing(
    drawn: tuple[World, States], data: st.DataObject
) -> None:
    world, own = drawn
    ten = curve((HOUR, "10"))
    with_curve = data.draw(st.sets(st.sampled_from([one.key for one in world.vertices])))
    vertices = [replace(one, loss_curve=ten if one.key in with_curve else None) for one in world.vertices]
    until = NOW.at + timedelta(hours=1)
    report = World.of(vertices, world.edges).failing({key: Failure(s, NOW.at, until) for key, s in own.items()}).report

    costs = {item.key: cost for _, item in report.page(100) if (cost := report.cost(item.key))}
    types = {one.key: one.type.name for one in vertices}
    services = {key for key in costs if types[key] == "BUSINESS_SERVICE"}
    alone = intervals(world, dict.fromkeys(services, DOWN))
    nominal = intervals(world, {})
    counted = [
        cost
        for key, cost in costs.items()
        if key in services or not services or alone[key][1] is not DOWN or nominal[key][1] is DOWN
    ]

    assert costs.keys() <= with_curve
    assert {types[key] for key in costs} <= {"BUSINESS_PROCESS", "BUSINESS_SERVICE"}
    assert sum(one.amount for one in report.costs) == sum(one.amount for one in counted)
