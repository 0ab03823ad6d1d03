"""What follows from a business impact analysis: the MTPD, and what an outage costs in all categories together."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.assessment import Contents, ImpactBand, Proposal, by_category, summed_losses
from app.impact.cost import downtime_cost
from app.inventory.losses import LossBand, LossCurve

LAW = settings(max_examples=400, deadline=None, derandomize=True)
HOUR = 3600


def band(category: str, hours: int, level: int, loss: str | None = None) -> ImpactBand:
    return ImpactBand(category, hours * HOUR, level, None if loss is None else Decimal(loss))


def mtpd(*bands: ImpactBand, intolerable_level: int = 4) -> int | None:
    return Contents(bands, intolerable_level).mtpd_seconds


def test_the_mtpd_is_when_the_first_category_becomes_intolerable() -> None:
    financial = [band("FINANCIAL", 1, 2), band("FINANCIAL", 8, 4), band("FINANCIAL", 24, 5)]
    customer = [band("CUSTOMER", 1, 3), band("CUSTOMER", 4, 4)]

    assert mtpd(*financial, *customer) == 4 * HOUR
    assert mtpd(*financial) == 8 * HOUR


def test_a_level_may_be_passed_over() -> None:
    assert mtpd(band("SAFETY", 1, 1), band("SAFETY", 2, 5)) == 2 * HOUR


def test_what_never_becomes_intolerable_has_no_mtpd() -> None:
    assert mtpd(band("FINANCIAL", 1, 2), band("FINANCIAL", 100, 3)) is None


def test_what_is_intolerable_at_once_has_an_mtpd_of_nothing() -> None:
    assert mtpd(band("SAFETY", 0, 4)) == 0


def test_whoever_tolerates_less_has_less_time() -> None:
    bands = [band("FINANCIAL", 1, 2), band("FINANCIAL", 8, 4)]

    assert [mtpd(*bands, intolerable_level=level) for level in range(1, 6)] == [HOUR, HOUR, 8 * HOUR, 8 * HOUR, None]


def test_only_what_is_said_is_proposed() -> None:
    contents = Contents((), 4, rto_seconds=HOUR, mbco="half of the orders")

    assert contents.proposals() == {Proposal.RTO: HOUR, Proposal.MBCO: "half of the orders"}


def test_losses_of_several_categories_are_added_along_their_lines() -> None:
    bands = [
        *(band("FINANCIAL", 1, 1, "100"), band("FINANCIAL", 3, 2, "500")),
        *(band("CUSTOMER", 2, 1, "20"), band("CUSTOMER", 5, 3)),
    ]

    # At 1 h 100 + 10, at 2 h 300 + 20, at 3 h 500 and the customers' line continued to 30.
    assert summed_losses(bands) == (
        LossBand(1 * HOUR, Decimal("110.00")),
        LossBand(2 * HOUR, Decimal("320.00")),
        LossBand(3 * HOUR, Decimal("530.00")),
    )


def test_bands_without_losses_cost_nothing_that_anybody_knows() -> None:
    assert summed_losses([band("SAFETY", 1, 5)]) == ()


def test_nothing_is_lost_at_once() -> None:
    assert summed_losses([band("FINANCIAL", 0, 1, "0"), band("FINANCIAL", 1, 1, "7.5")]) == (
        LossBand(HOUR, Decimal("7.50")),
    )


@st.composite
def categories(draw: st.DrawFn) -> list[ImpactBand]:
    """Bands as the rules let them pass: in each category times ascend, and neither levels nor losses fall."""
    found = []
    for name in ("A", "B", "C")[: draw(st.integers(1, 3))]:
        times = sorted(draw(st.sets(st.integers(1, 40), min_size=1, max_size=5)))
        levels = sorted(draw(st.lists(st.integers(1, 5), min_size=len(times), max_size=len(times))))
        amounts = sorted(draw(st.lists(st.integers(0, 10**6), min_size=len(times), max_size=len(times))))
        known = draw(st.lists(st.booleans(), min_size=len(times), max_size=len(times)))
        found += [
            ImpactBand(name, when, level, Decimal(loss) / 100 if told else None)
            for when, level, loss, told in zip(times, levels, amounts, known, strict=True)
        ]
    return found


def curves(bands: list[ImpactBand]) -> Mapping[str, LossCurve]:
    return {
        name: LossCurve(known, "EUR")
        for name, mine in by_category(bands).items()
        if (known := tuple(LossBand(one.after_seconds, loss) for one in mine if (loss := one.cumulative_loss)))
    }


@LAW
@given(categories(), st.integers(0, 80))
def test_the_sum_costs_at_any_time_what_its_categories_cost(bands: list[ImpactBand], seconds: int) -> None:
    bands = [one for one in bands if one.cumulative_loss]
    apart = sum(downtime_cost(curve, seconds) for curve in curves(bands).values())

    summed = summed_losses(bands)

    together = downtime_cost(LossCurve(summed, "EUR"), seconds) if summed else Decimal(0)
    # Each cost is rounded to a cent; beyond the last band a rounded bend is continued.
    assert abs(together - apart) <= Decimal("0.03")


@LAW
@given(categories(), st.integers(1, 5))
def test_the_mtpd_is_what_looking_at_every_second_finds(bands: list[ImpactBand], level: int) -> None:
    reached = [
        second for second in range(81) if any(one.level >= level and one.after_seconds <= second for one in bands)
    ]

    assert mtpd(*bands, intolerable_level=level) == (reached[0] if reached else None)


@LAW
@given(categories(), st.integers(1, 5), st.data())
def test_a_worse_band_never_leaves_more_time(bands: list[ImpactBand], level: int, data: st.DataObject) -> None:
    worse = data.draw(st.sampled_from(bands))
    raised = ImpactBand(worse.category, worse.after_seconds, data.draw(st.integers(worse.level, 5)))

    before, after = mtpd(*bands, intolerable_level=level), mtpd(*bands, raised, intolerable_level=level)

    assert before is None or (after is not None and after <= before)


@LAW
@given(categories())
def test_the_summed_losses_never_fall(bands: list[ImpactBand]) -> None:
    summed = [band.cumulative_loss for band in summed_losses(bands)]

    assert summed == sorted(summed)
