"""What may be drafted as a business impact analysis, and in which words the rest is refused."""

from decimal import Decimal

import pytest

from app.continuity.assessment import Contents, ImpactBand
from app.continuity.assessment_rules import AssessmentLimits, checked_contents

LIMITS = AssessmentLimits(intolerable_level=4, max_bands=5)
Raw = dict[str, object]


def band(after_seconds: object = 3600, level: object = 2, category: object = "FINANCIAL", **more: object) -> Raw:
    return {"category": category, "afterSeconds": after_seconds, "level": level, **more}


def refused(*bands: object, **more: object) -> list[str]:
    contents, problems = checked_contents({"bands": list(bands), **more}, LIMITS)
    assert contents is None
    return [str(one) for one in problems]


def test_everything_that_is_said_is_kept() -> None:
    contents, problems = checked_contents(
        {
            "bands": [band(cumulativeLoss="12000.5"), band(7200, 4)],
            "currency": "EUR",
            "rtoSeconds": 1800,
            "wrtSeconds": 600,
            "rpoSeconds": 0,
            "mbco": "half of the orders",
            "minimumStaff": 3,
            "notes": "asked in November",
        },
        LIMITS,
    )

    assert problems == ()
    assert contents == Contents(
        (ImpactBand("FINANCIAL", 3600, 2, Decimal("12000.50")), ImpactBand("FINANCIAL", 7200, 4)),
        4,
        "EUR",
        1800,
        600,
        0,
        "half of the orders",
        3,
        "asked in November",
    )


def test_what_is_not_said_is_unknown() -> None:
    contents, _ = checked_contents({"bands": [band()]}, LIMITS)

    assert contents == Contents((ImpactBand("FINANCIAL", 3600, 2),), 4)


def test_a_category_is_a_name_of_ones_own_however_it_is_written() -> None:
    contents, _ = checked_contents(
        {"bands": [band(1, category=" Staff  morale"), band(2, category="STAFF MORALE")]}, LIMITS
    )

    assert contents is not None
    assert {one.category for one in contents.bands} == {"STAFF MORALE"}


def test_an_assessment_has_its_own_idea_of_what_is_intolerable() -> None:
    contents, _ = checked_contents({"bands": [band()], "intolerableLevel": 2}, LIMITS)

    assert contents is not None
    assert (contents.intolerable_level, contents.mtpd_seconds) == (2, 3600)


def test_an_outage_does_not_get_better_by_lasting() -> None:
    assert refused(
        band(3600, 3, cumulativeLoss=10), band(7200, 2, cumulativeLoss=9), band(7200, 3), currency="EUR"
    ) == [
        "bands[1]: level must be 3 or more, as the band of FINANCIAL before it says",
        "bands[1]: cumulativeLoss must be 10.00 or more, as a band of FINANCIAL before it says",
        "bands[2]: afterSeconds must be more than 7200, as the band of FINANCIAL before it says",
    ]


def test_a_loss_is_compared_with_the_last_that_was_told() -> None:
    assert refused(band(1, cumulativeLoss=10), band(2), band(3, cumulativeLoss=9), currency="EUR") == [
        "bands[2]: cumulativeLoss must be 10.00 or more, as a band of FINANCIAL before it says"
    ]


def test_categories_do_not_mind_each_other() -> None:
    _, problems = checked_contents({"bands": [band(3600, 3), band(60, 1, "CUSTOMER")]}, LIMITS)

    assert problems == ()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (band(None), "bands[0]: afterSeconds is missing; say after how many seconds, 0 for at once"),
        (band(-1), "bands[0]: afterSeconds must be a whole number of seconds of 0 or more, not -1"),
        (band(level=None), "bands[0]: level must be a whole number from 1 (negligible) to 5 (severe), not None"),
        (band(level=6), "bands[0]: level must be a whole number from 1 (negligible) to 5 (severe), not 6"),
        (band(level=0), "bands[0]: level must be a whole number from 1 (negligible) to 5 (severe), not 0"),
        (
            band(category=" "),
            "bands[0]: category must be 1-60 characters, as FINANCIAL, CUSTOMER, REGULATORY or SAFETY",
        ),
        (
            band(0, cumulativeLoss=1),
            "bands[0]: cumulativeLoss must be 0 at 0 s; what has not lasted has cost nothing yet",
        ),
        (band(loss=1), "bands[0]: loss is not a known field; correct its name or leave it out"),
    ],
)
def test_a_wrong_band_is_named(wrong: Raw, message: str) -> None:
    assert refused(wrong, currency="EUR") == [message]


def test_losses_need_a_currency() -> None:
    assert refused(band(cumulativeLoss=1)) == [
        "assessment: currency is missing; say in which currency the losses are, as EUR"
    ]


@pytest.mark.parametrize("bands", [[], [band(number) for number in range(1, 7)], "none"])
def test_there_are_some_bands_and_not_too_many(bands: object) -> None:
    contents, problems = checked_contents({"bands": bands}, LIMITS)

    assert contents is None
    assert [str(one) for one in problems] == [
        "assessment: bands must be a list of 1 to 5 {category, afterSeconds, level, cumulativeLoss}"
    ]


def test_losses_that_add_up_to_too_much_are_refused() -> None:
    most = "999999999999999"

    assert refused(band(cumulativeLoss=most), band(category="OTHER", cumulativeLoss=most), currency="EUR") == [
        "assessment: bands lose more together than can be kept; a sum must be "
        "an amount of 0 or more, of at most 15 digits, 4 of them after the point"
    ]


def test_a_proposal_is_checked_as_the_item_would_check_it() -> None:
    assert refused(band(), rtoSeconds=-5, rto=5) == [
        "assessment: rtoSeconds must be a whole number of seconds of 0 or more, not -5",
        "assessment: rto is not a known field; correct its name or leave it out",
    ]
