"""Loss bands: what a row may say of them, in words what is wrong, and how they are kept without losing a cent."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.admission import admit
from app.inventory.images import Image, read, written
from app.inventory.losses import AMOUNT, LossBand, LossCurve, amount, bands_of, stored_bands
from app.inventory.model import Item, ItemType
from app.inventory.rules import item_draft
from app.inventory.values import Problems
from tests.inventory.test_admission import store_of, stored_item
from tests.inventory.test_changes import of
from tests.stored import Raw, drafts, item

LAW = settings(max_examples=300, deadline=None, derandomize=True)
T = ItemType
BANDS = (LossBand(3600, Decimal("12000.00")), LossBand(14400, Decimal("90000.50")))
GIVEN = [{"afterSeconds": 3600, "cumulativeLoss": 12000}, {"afterSeconds": 14400, "cumulativeLoss": "90000.50"}]
KEPT = {"lossBandSeconds": [3600, 14400], "lossBandAmounts": ["12000.00", "90000.50"]}


def priced(bands: Sequence[LossBand] = BANDS, currency: str | None = "EUR") -> Item:
    """A stored checkout with loss bands."""
    properties = {"lossCurrency": currency} if currency else {}
    return replace(stored_item("checkout", T.BUSINESS_PROCESS, properties=properties), loss_bands=tuple(bands))


def checkout(**fields: object) -> Raw:
    return item("checkout", "BUSINESS_PROCESS", **fields)


def problems_of(row: Raw) -> list[str]:
    problems = Problems()
    assert item_draft(row, "row", problems) is None
    return [str(one) for one in problems.found]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (12000, "12000.00"),
        (12000.1, "12000.10"),
        ("12000.10", "12000.10"),
        (" 0012000.1000 ", "12000.10"),
        (Decimal("1E+3"), "1000.00"),
        (0, "0.00"),
        ("0.125", "0.125"),
        (0.0001, "0.0001"),
        ("99999999999.9999", "99999999999.9999"),
        (999_999_999_999_999, "999999999999999.00"),
    ],
)
def test_an_amount_is_the_decimal_that_was_written(value: object, found: str) -> None:
    assert str(amount(value)) == found


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, "", "12,50", "1e3", "-1", -1, "12.34567", "€ 12", "١٢", [12]),
        *(10**15, "1000000000000000", "999999999999.9999", 1e300, float("nan"), float("inf")),
        *(Decimal("1E+999999999"), Decimal("1E-999999999"), Decimal("sNaN"), Decimal("-Infinity")),
    ],
)
def test_anything_else_is_no_amount(value: object) -> None:
    assert amount(value) is None


def test_a_number_too_long_to_print_is_no_amount() -> None:
    assert amount(10**5000) is None


@LAW
@given(st.decimals(0, 10**11 - 1, places=4))
def test_a_json_number_within_the_limit_loses_nothing(value: Decimal) -> None:
    assert amount(float(value)) == amount(str(value)) == value


def test_bands_are_given_left_as_they_are_or_cleared() -> None:
    rows = [checkout(lossBands=GIVEN), checkout(), checkout(lossBands=None), checkout(lossBands=[])]

    assert [draft.loss_bands for draft in drafts(rows, [])[0]] == [BANDS, None, (), ()]


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        (checkout(lossBands={}), ["row: lossBands must be a list of at most 50 {afterSeconds, cumulativeLoss}"]),
        (
            checkout(lossBands=[None] * 51),
            ["row: lossBands must be a list of at most 50 {afterSeconds, cumulativeLoss}"],
        ),
        (
            item("db", lossBands=GIVEN),
            ["row: lossBands do not belong to a COMPONENT; they belong to BUSINESS_PROCESS, BUSINESS_SERVICE"],
        ),
        (
            checkout(lossBands=[{"afterSeconds": 0, "cumulativeLoss": "1,5", "loss": 1}, 7]),
            [
                "row: lossBands[0].loss is not a known field; correct its name or leave it out",
                "row: lossBands[0].afterSeconds must be a whole number of seconds of 1 or more, not 0",
                f"row: lossBands[0].cumulativeLoss must be {AMOUNT}, not '1,5'",
                "row: lossBands[1].afterSeconds must be a whole number of seconds of 1 or more, not None",
                f"row: lossBands[1].cumulativeLoss must be {AMOUNT}, not None",
            ],
        ),
        (
            checkout(lossBands=[*GIVEN, {"afterSeconds": 14400, "cumulativeLoss": 1}]),
            ["row: lossBands[2].afterSeconds must be more than 14400, as the band before it says"],
        ),
        (
            checkout(lossBands=[*GIVEN, {"afterSeconds": 14401, "cumulativeLoss": 90000}]),
            ["row: lossBands[2].cumulativeLoss must be 90000.50 or more, as the band before it says"],
        ),
        (
            checkout(lossCurrency="eur"),
            ["row: lossCurrency must be an ISO 4217 currency code as EUR, not 'eur'"],
        ),
    ],
)
def test_what_is_wrong_with_bands_is_said_with_their_place(row: Raw, problems: list[str]) -> None:
    assert problems_of(row) == problems


@pytest.mark.parametrize(
    ("row", "stored"),
    [
        (checkout(lossBands=GIVEN), ()),
        (checkout(lossBands=GIVEN, lossCurrency=None), (priced(),)),
        (checkout(lossCurrency=None), (priced(),)),
    ],
)
def test_bands_without_a_currency_are_refused(row: Raw, stored: Sequence[Item]) -> None:
    accepted, _, problems = admit(*drafts([row], []), store_of(*stored))

    assert accepted == []
    assert [str(one) for one in problems] == [
        "items[0]: lossCurrency is missing; say in which currency the lossBands of 'checkout' are"
    ]


@pytest.mark.parametrize(
    "row",
    [
        checkout(lossBands=GIVEN),
        checkout(name="Till"),
        checkout(lossBands=None, lossCurrency=None),
        checkout(lossCurrency="CHF"),
    ],
)
def test_the_currency_that_is_stored_counts(row: Raw) -> None:
    assert admit(*drafts([row], []), store_of(priced()))[2] == []


def test_bands_are_stored_as_two_lists_and_the_same_bands_again_change_nothing() -> None:
    new = of([checkout(lossBands=GIVEN, lossCurrency="EUR")])
    same = of([checkout(lossBands=GIVEN)], (), store_of(priced()))
    kept = of([checkout(name="Till")], (), store_of(priced()))
    cleared = of([checkout(lossBands=None)], (), store_of(priced()))

    assert new.created_items["checkout"][1].items() >= {**KEPT, "lossCurrency": "EUR"}.items()
    assert same.touched == []
    assert kept.changed_items["checkout"].items() >= KEPT.items()
    assert not KEPT.keys() & cleared.changed_items["checkout"].keys()


@LAW
@given(st.dictionaries(st.integers(1, 2**40), st.decimals(0, 10**11 - 1, places=4), max_size=5))
def test_what_is_stored_is_read_back(losses: dict[int, Decimal]) -> None:
    bands = tuple(map(LossBand, sorted(losses), sorted(losses.values())))
    was = Image("checkout", priced(bands), ())

    assert bands_of(stored_bands(bands)) == bands
    assert read(written(was)) == was


@pytest.mark.parametrize(
    ("seconds", "amounts"),
    [
        ([60], []),
        ([60], ["a lot"]),
        (["60"], ["1.00"]),
        ([0], ["1.00"]),
        ([60, 60], ["1.00", "2.00"]),
        ([60, 120], ["2.00", "1.00"]),
        (60, "1.00"),
    ],
)
def test_lists_that_another_hand_wrote_wrongly_are_no_bands(seconds: object, amounts: object) -> None:
    assert bands_of({"lossBandSeconds": seconds, "lossBandAmounts": amounts}) == ()


def test_amounts_that_another_hand_wrote_as_numbers_are_read() -> None:
    assert bands_of({"lossBandSeconds": [60], "lossBandAmounts": [0.1]}) == (LossBand(60, Decimal("0.10")),)


def test_an_item_without_bands_or_without_their_currency_has_no_curve() -> None:
    assert priced().loss_curve == LossCurve(BANDS, "EUR")
    assert [priced(()).loss_curve, priced(currency=None).loss_curve] == [None, None]
