"""The register of information: its rows from contracts, supply chains and functions, and what its checks say."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.register import Contract, Function, Link, Party, RegisterEstate, rows, supply_chain
from app.continuity.register_checks import problems
from app.continuity.register_columns import COLUMNS, Template
from tests.continuity.leis import lei

LAW = settings(max_examples=300, deadline=None, derandomize=True)
US = lei("us")
B_02_02, B_05_02, B_06_01, B_07_01 = Template


def estate(
    contracts: Sequence[Contract] = (),
    functions: Sequence[Function] = (),
    parties: Sequence[Party] = (),
    subcontractors: Mapping[str, Sequence[str]] | None = None,
    uncontracted: Sequence[tuple[str, str]] = (),
    entity_lei: str | None = US,
) -> RegisterEstate:
    return RegisterEstate(
        entity_lei,
        contracts,
        {one.key: one for one in parties},
        subcontractors or {},
        {one.key: one for one in functions},
        uncontracted,
    )


def cells(template: Template, found: RegisterEstate) -> list[Mapping[str, str]]:
    return [row.cells for row in rows(template, found)]


def wrong(template: Template, found: RegisterEstate) -> list[tuple[str, str | None, str]]:
    checked = problems(template, found, rows(template, found))
    return [(one.key, one.column, one.sentence) for one in checked]


def columns_missing(template: Template, found: RegisterEstate) -> list[str | None]:
    return [column for _, column, sentence in wrong(template, found) if sentence.endswith("it must be reported")]


PAY = Function("pay", "Payments", critical=True, said={"B_06.01.c0010": "F1"})
BANK = Party("bank", lei("bank"), substitutability="HARD", exit_plan=True)


@pytest.mark.parametrize(("template", "count"), [(B_02_02, 18), (B_05_02, 7), (B_06_01, 10), (B_07_01, 12)])
def test_a_template_has_its_columns_in_order(template: Template, count: int) -> None:
    codes = [one.code for one in COLUMNS[template]]

    assert codes == [f"c{number:03d}0" for number in range(1, count + 1)]


def test_an_arrangement_has_a_row_for_each_provider_and_function() -> None:
    fun = Function("fun", "Fun", critical=False)
    contract = Contract("deal", ("bank", "other"), ("fun", "pay"), said={"B_02.02.c0070": "2026-01-31"})

    found = cells(B_02_02, estate([contract], [PAY, fun], [BANK]))

    first = {"c0010": "deal", "c0020": US, "c0070": "2026-01-31"}
    provider = {"c0030": lei("bank"), "c0040": "eba_qCO:qx2000"}
    assert found == [
        {**first, **provider, "c0050": "fun"},
        {**first, **provider, "c0050": "F1"},
        {**first, "c0050": "fun"},
        {**first, "c0050": "F1"},
    ]


def test_a_contract_of_which_little_is_known_is_a_row_with_problems() -> None:
    found = estate([Contract("deal")], entity_lei=None)

    assert cells(B_02_02, found) == [{"c0010": "deal"}]
    assert columns_missing(B_02_02, found) == ["c0020", "c0030", "c0040", "c0050", "c0060", "c0070", "c0080"]
    assert [one for one in wrong(B_02_02, found) if one[1] is None] == [
        ("deal", None, "no business process is known to stand on what is PART_OF it"),
        ("deal", None, "nobody is known to provide it; say PROVIDED_BY which party"),
    ]


def test_more_must_be_known_of_what_supports_critical_functions() -> None:
    said = {f"B_02.02.c00{number}": "…" for number in ("60", "70", "80")} | {"B_02.02.c0140": "eba_BT:x28"}
    plain = Function("fun", "Fun", said={"B_06.01.c0010": "F2"})

    def missing(*functions: Function) -> list[str | None]:
        contract = Contract("deal", ("bank",), tuple(one.key for one in functions), said=said)
        return columns_missing(B_02_02, estate([contract], functions, [BANK]))

    assert missing(plain) == ["c0150"]
    assert missing(plain, PAY) == ["c0100", "c0110", "c0120", "c0130", "c0150", "c0170", "c0180"]


def test_what_is_provided_under_no_contract_is_told() -> None:
    assert wrong(B_02_02, estate(uncontracted=[("crm", "bank")])) == [
        ("crm", None, "bank provides it, but no contract is known that it is PART_OF; it is in no row")
    ]


def test_a_supply_chain_has_ranks_and_recipients() -> None:
    contract = Contract("deal", ("bank",), ("pay",), said={"B_02.02.c0060": "eba_TA:S19"})
    parties = [BANK, Party("cloud", lei("cloud"))]

    found = estate([contract], [PAY], parties, {"bank": ["cloud"], "cloud": ["power"]})

    every = {"c0010": "deal", "c0020": "eba_TA:S19"}
    assert cells(B_05_02, found) == [
        {**every, "c0030": lei("bank"), "c0040": "eba_qCO:qx2000", "c0050": "1"},
        {
            **every,
            "c0030": lei("cloud"),
            "c0040": "eba_qCO:qx2000",
            "c0050": "2",
            "c0060": lei("bank"),
            "c0070": "eba_qCO:qx2000",
        },
        {**every, "c0050": "3", "c0060": lei("cloud"), "c0070": "eba_qCO:qx2000"},
    ]
    assert columns_missing(B_05_02, found) == ["c0030", "c0040"]


def test_a_chain_that_comes_back_ends_and_is_told() -> None:
    found = estate([Contract("deal", ("a",))], subcontractors={"a": ["b"], "b": ["a"]})

    assert [row.cells["c0050"] for row in rows(B_05_02, found)] == ["1", "2", "3"]
    assert ("deal", "c0050", "a stands in the chain at rank 1 and rank 3; see which one is meant") in wrong(
        B_05_02, found
    )


def test_a_function_is_told_in_hours_and_days() -> None:
    function = Function("pay", "Payments", True, 1, 7201, date(2026, 3, 1), {"B_06.01.c0020": "eba_TA:x28"})

    assert cells(B_06_01, estate(functions=[function])) == [
        {
            "c0010": "pay",
            "c0020": "eba_TA:x28",
            "c0030": "Payments",
            "c0040": US,
            "c0050": "eba_BT:x28",
            "c0070": "2026-03-01",
            "c0080": "1",
            "c0090": "3",
        }
    ]


def test_what_is_not_known_of_a_function_is_empty_and_told() -> None:
    found = estate(functions=[Function("pay", "Payments")])

    assert columns_missing(B_06_01, found) == ["c0020", "c0050", "c0070", "c0080", "c0090", "c0100"]
    assert ("pay", "c0010", "pay is no function identifier, as F1; say it in the function's attribute dora") in wrong(
        B_06_01, found
    )


def test_what_supports_no_critical_function_is_not_assessed() -> None:
    plain = Function("fun", "Fun", critical=False)
    contracts = [Contract("deal", ("bank",), ("pay",)), Contract("other", ("bank",), ("fun",))]

    found = cells(B_07_01, estate(contracts, [PAY, plain], [BANK]))

    assert found == [
        {
            "c0010": "deal",
            "c0020": lei("bank"),
            "c0030": "eba_qCO:qx2000",
            "c0050": "eba_ZZ:x960",
            "c0080": "eba_BT:x28",
        }
    ]


def test_a_contract_knows_better_than_its_provider_and_the_estate_better_than_an_attribute() -> None:
    said = {"B_07.01.c0050": "eba_ZZ:x959", "B_07.01.c0080": "eba_BT:x28", "B_07.01.c0100": "eba_ZZ:x793"}
    contract = Contract("deal", ("bank",), ("pay",), substitutability="EASY", exit_plan=False, said=said)

    (found,) = cells(B_07_01, estate([contract], [PAY], [BANK]))

    assert (found["c0050"], found["c0080"], found["c0100"]) == ("eba_ZZ:x962", "eba_BT:x29", "eba_ZZ:x793")


def test_whoever_is_hard_to_replace_needs_a_reason() -> None:
    def reasons(substitutability: str) -> int:
        contract = Contract("deal", ("bank",), ("pay",), substitutability=substitutability)
        return columns_missing(B_07_01, estate([contract], [PAY], [BANK])).count("c0060")

    assert [reasons(one) for one in ("EASY", "MEDIUM", "HARD", "NOT_SUBSTITUTABLE")] == [0, 0, 1, 1]


def test_an_lei_with_wrong_check_digits_is_told() -> None:
    found = estate([Contract("deal", ("bank",))], parties=[Party("bank", "XXXX00NORTHLIGHT0000")])

    assert ("deal", "c0030", "XXXX00NORTHLIGHT0000 is no LEI: its form or its check digits are wrong") in wrong(
        B_05_02, found
    )


NAMES = st.sampled_from("abcdef")
TIES = st.sets(st.tuples(NAMES, NAMES), max_size=12)


@LAW
@given(st.sets(NAMES, min_size=1, max_size=3), TIES)
def test_every_relation_of_a_chain_is_in_it_once_one_rank_behind_its_recipient(
    direct: set[str], ties: set[tuple[str, str]]
) -> None:
    subcontractors: dict[str, list[str]] = {}
    for one, other in sorted(ties):
        subcontractors.setdefault(one, []).append(other)

    found = supply_chain(sorted(direct), subcontractors)

    distance = distances(direct, ties)
    assert {(one.recipient, one.provider) for one in found if one.recipient} == {
        (one, other) for one, other in ties if one in distance
    }
    assert all(one.rank == (distance[one.recipient] + 1 if one.recipient else 1) for one in found)
    assert len({*found}) == len(found)
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    assert {one for one in found if one.rank == 1} == {Link(1, one, None) for one in direct}


def distances(direct: set[str], ties: set[tuple[str, str]]) -> dict[str, int]:
    """The best rank of everybody in the chain, found by trying every tie again and again."""
    best = dict.fromkeys(direct, 1)
    for _ in ties:
        for one, other in ties:
            if one in best:
                best[other] = min(best.get(other, best[one] + 1), best[one] + 1)
    return best


def test_what_is_not_known_is_told_with_what_says_that_there_is_none() -> None:
    told = {column: sentence for _, column, sentence in wrong(B_06_01, estate([], [PAY]))}

    assert told["c0080"] == (
        "the recovery time objective in hours is not known; 0 says that there is none, and it must be reported"
    )
    assert told["c0020"] == "the licenced activity is not known; it must be reported"


def test_an_arrangement_ends_after_it_begins() -> None:
    said = {"B_02.02.c0070": "2026-01-31", "B_02.02.c0080": "2026-01-31"}
    problem = ("deal", "c0080", "the arrangement ends on 2026-01-31 and begins on 2026-01-31; it must end later")

    assert problem in wrong(B_02_02, estate([Contract("deal", said=said)]))
    assert problem not in wrong(B_02_02, estate([Contract("deal", said=said | {"B_02.02.c0080": "9999-12-31"})]))
