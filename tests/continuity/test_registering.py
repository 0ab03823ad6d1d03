"""The register of information from Neo4j and the graph."""

import pytest

from app.continuity.register_columns import Template
from app.continuity.registering import Register, register_of_information
from app.database.client import Database
from app.topology.current import Topology
from tests.continuity.leis import lei
from tests.stored import item, needs, upserted


@pytest.fixture
async def bank(database: Database) -> Database:
    """A critical process on software that a contract is about, whose provider subcontracts."""
    await upserted(
        database,
        [
            item("pay", "BUSINESS_PROCESS", name="Pay", criticalOrImportant=True, rtoSeconds=7200),
            item("fun", "BUSINESS_PROCESS", attributes={"dora": {"B_06.01.c0010": "F2", "B_06.01.c0020": 5}}),
            *(item("app"), item("crm")),
            item("deal", "CONTRACT", exitPlan=True, attributes={"dora": {"B_02.02.c0060": "eba_TA:S19"}}),
            item("soft", "THIRD_PARTY", lei=lei("soft"), substitutability="EASY"),
            item("cloud", "THIRD_PARTY", lei=lei("cloud")),
        ],
        [
            *(needs("pay", "app"), needs("fun", "app", strength="SOFT"), needs("app", "deal", "PART_OF")),
            *(needs("deal", "soft", "PROVIDED_BY"), needs("soft", "cloud", "SUBCONTRACTS_TO")),
            needs("crm", "cloud", "PROVIDED_BY"),
        ],
    )
    return database


async def found(database: Database, template: Template) -> Register:
    graph = await Topology(database, lambda: 0.0).current()
    return await register_of_information(database, graph, template, entity_lei=lei("us"))


async def test_an_arrangement_names_the_functions_that_stand_on_it(bank: Database) -> None:
    register = await found(bank, Template.B_02_02)

    first = {
        "c0010": "deal",
        "c0020": lei("us"),
        "c0030": lei("soft"),
        "c0040": "eba_qCO:qx2000",
        "c0060": "eba_TA:S19",
    }
    assert [dict(row.cells) for row in register.rows] == [{**first, "c0050": "F2"}, {**first, "c0050": "pay"}]
    assert [row.is_critical for row in register.rows] == [False, True]
    assert ("crm", None) in {(one.key, one.column) for one in register.problems}


async def test_a_chain_follows_subcontractors(bank: Database) -> None:
    register = await found(bank, Template.B_05_02)

    assert [(row.cells["c0050"], row.cells["c0030"]) for row in register.rows] == [
        ("1", lei("soft")),
        ("2", lei("cloud")),
    ]
    assert register.problems == ()


async def test_functions_and_assessments_are_read_from_their_items(bank: Database) -> None:
    functions, assessments = await found(bank, Template.B_06_01), await found(bank, Template.B_07_01)

    assert [(row.key, row.cells.get("c0020"), row.cells.get("c0080")) for row in functions.rows] == [
        ("fun", None, None),
        ("pay", None, "2"),
    ]
    assert [(row.cells["c0050"], row.cells["c0080"]) for row in assessments.rows] == [("eba_ZZ:x962", "eba_BT:x28")]


async def test_the_csv_has_every_column_and_leaves_open_what_is_not_known(bank: Database) -> None:
    register = await found(bank, Template.B_05_02)

    assert register.csv().splitlines() == [
        "c0010,c0020,c0030,c0040,c0050,c0060,c0070",
        f"deal,eba_TA:S19,{lei('soft')},eba_qCO:qx2000,1,,",
        f"deal,eba_TA:S19,{lei('cloud')},eba_qCO:qx2000,2,{lei('soft')},eba_qCO:qx2000",
    ]


async def test_an_estate_without_contracts_has_no_rows(database: Database) -> None:
    register = await found(database, Template.B_02_02)

    assert (register.rows, register.problems) == ((), ())
