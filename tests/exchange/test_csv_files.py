"""items.csv, dependencies.csv and members.csv."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.bench.estates import make_estate, write_estate
from app.exchange.plan import read_sources, sources_at
from app.inventory.losses import AMOUNT, LossBand
from app.inventory.model import DependencyDraft, Identifier, ItemType, Relation, Scalar
from tests.exchange.reading import LIMITS, problems, read, refusal


def test_an_estate_has_no_problem(tmp_path: Path) -> None:
    write_estate(make_estate(300), tmp_path)

    plan = read_sources(sources_at([tmp_path]), max_rows=10_000, limits=LIMITS)

    assert plan.problems == ()
    assert len(plan.items) > 300
    assert len(plan.dependencies) > 600


def test_columns_become_fields_identifiers_and_attributes(tmp_path: Path) -> None:
    text = """\
key,type,name,recovery_time_seconds,availability,last_tested_on,fqdn,ip,Cost centre,rack
db-1,COMPONENT,"Ledger, first",900,0.999,2026-11-30,db-1.corp.example;DB1,10.0.0.1 10.0.0.2,4711,
"""

    [item] = read(tmp_path, {"items.csv": text}).items

    assert (item.where, item.key, item.type) == ("items.csv:2", "db-1", ItemType.COMPONENT)
    assert item.fields == {
        "name": "Ledger, first",
        "recoveryTimeSeconds": 900,
        "availability": 0.999,
        "lastTestedOn": "2026-11-30",
    }
    assert item.identifiers == (
        Identifier("fqdn", "db-1.corp.example"),
        Identifier("fqdn", "db1"),
        Identifier("ip", "10.0.0.1"),
        Identifier("ip", "10.0.0.2"),
    )
    assert item.attributes == {"Cost centre": "4711"}


def test_an_empty_cell_clears_a_field_of_the_type_and_is_nothing_to_other_types(tmp_path: Path) -> None:
    text = "key,type,name,tier,min_available,critical_or_important\npay,BUSINESS_PROCESS,,,,\nops,TEAM,Ops,,,\n"

    plan = read(tmp_path, {"items.csv": text})

    assert [draft.fields for draft in plan.items] == [
        {"name": None, "tier": None, "criticalOrImportant": None},
        {"name": "Ops"},
    ]
    assert plan.problems == ()


def test_a_cell_of_loss_bands_lists_seconds_and_what_they_cost(tmp_path: Path) -> None:
    text = """\
key,type,loss_currency,loss_bands
pay,BUSINESS_PROCESS,EUR,3600:12000.00; 14400 : 90000
shop,BUSINESS_SERVICE,,
db,COMPONENT,,
"""

    pay, shop, db = read(tmp_path, {"items.csv": text}).items

    assert pay.loss_bands == (LossBand(3600, Decimal("12000.00")), LossBand(14400, Decimal("90000.00")))
    assert (shop.loss_bands, shop.fields) == ((), {"lossCurrency": None})
    assert (db.loss_bands, db.fields) == (None, {})


def test_a_cell_that_lists_no_loss_bands_is_reported_with_the_place_in_it(tmp_path: Path) -> None:
    text = "key,type,loss_bands\npay,BUSINESS_PROCESS,1h:12000 7200\n"

    assert problems(tmp_path, {"items.csv": text}) == [
        "items.csv:2: lossBands[0].afterSeconds must be a whole number of seconds of 1 or more, not '1h'",
        f"items.csv:2: lossBands[1].cumulativeLoss must be {AMOUNT}, not ''",
    ]


def test_text_where_a_number_belongs_is_reported_with_file_line_and_reason(tmp_path: Path) -> None:
    text = "key,type,tier,rto_seconds,critical_or_important\na,BUSINESS_PROCESS,9,1h,yes\nb,TEAM,1,,\nc,THING,,,\n"

    assert sorted(problems(tmp_path, {"items.csv": text})) == [
        "items.csv:2: criticalOrImportant must be true or false, not 'yes'",
        "items.csv:2: rtoSeconds must be a whole number of seconds of 0 or more, not '1h'",
        "items.csv:2: tier must be a whole number from 0 (highest) to 4, not 9",
        "items.csv:3: tier does not belong to a TEAM; it belongs to BUSINESS_PROCESS, BUSINESS_SERVICE",
        "items.csv:4: type 'THING' is unknown; use one of BUSINESS_PROCESS, BUSINESS_SERVICE, IT_SERVICE, COMPONENT, "
        "LOCATION, TEAM, THIRD_PARTY, CONTRACT, REDUNDANCY_GROUP",
    ]


def test_semicolons_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbfkey;type;ip\r\nhost-1;COMPONENT;"10.0.0.1;10.0.0.2"\r\n'

    [item] = read(tmp_path, {"items.csv": text}).items

    assert item.identifiers == (Identifier("ip", "10.0.0.1"), Identifier("ip", "10.0.0.2"))


def test_dependencies_take_their_properties_and_located_in_needs_no_strength(tmp_path: Path) -> None:
    text = """\
from,to,relation,strength,tolerance_seconds,needed_for_recovery
a,b,DEPENDS_ON,SOFT,300,true
a,zone,LOCATED_IN,HARD,0,
a,c,,,,
"""

    plan = read(tmp_path, {"dependencies.csv": text})

    assert plan.problems == ()
    soft: dict[str, Scalar | None] = {"strength": "SOFT", "toleranceSeconds": 300, "neededForRecovery": True}
    cleared = {"strength": None, "toleranceSeconds": None, "neededForRecovery": None}
    assert plan.dependencies == (
        DependencyDraft("dependencies.csv:2", "a", "b", Relation.DEPENDS_ON, soft),
        DependencyDraft(
            "dependencies.csv:3", "a", "zone", Relation.LOCATED_IN, {"toleranceSeconds": 0, "neededForRecovery": None}
        ),
        DependencyDraft("dependencies.csv:4", "a", "c", Relation.DEPENDS_ON, cleared),
    )


def test_members_become_weighted_edges_and_are_reported_by_their_columns(tmp_path: Path) -> None:
    plan = read(tmp_path, {"members.csv": "group,member,weight\ndb,db-1,2\ndb,!,1\n,db-2,1\ndb,db-3,0\n"})

    assert plan.dependencies == (DependencyDraft("members.csv:2", "db", "db-1", Relation.HAS_MEMBER, {"weight": 2}),)
    key = "1-200 letters, digits or . _ : / @ + - and start with a letter, digit, _ or @"
    assert [str(problem) for problem in plan.problems] == [
        f"members.csv:3: member must be {key}, not '!'",
        "members.csv:4: group is missing",
        "members.csv:5: weight must be a whole number of 1 or more, not 0",
    ]


def test_a_file_of_another_name_is_known_by_its_header(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"cmdb.csv": "type,key\nTEAM,ops\n", "edges.csv": "to,from\nb,a\n"}

    plan = read(tmp_path, files)

    assert [draft.key for draft in plan.items] == ["ops"]
    assert [(draft.dependent, draft.provider) for draft in plan.dependencies] == [("a", "b")]


def test_a_row_of_the_wrong_length_is_reported_at_the_line_where_it_starts(tmp_path: Path) -> None:
    text = 'key,type,name\na,TEAM,"two\nlines"\n\nb,TEAM\nc,TEAM,C,\n,,\n'

    assert [str(one) for one in read(tmp_path, {"items.csv": text}).problems if "cells" in one.message] == [
        "items.csv:5: this row has 2 cells, but the header has 3 columns",
        "items.csv:6: this row has 4 cells, but the header has 3 columns",
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("items.csv", b"key,name\n", "items.csv:1: the column 'type' is missing; the columns are key, name"),
        ("dependencies.csv", b"from\n", "dependencies.csv:1: the column 'to' is missing; the columns are from"),
        ("members.csv", b"", "members.csv:1: the column 'group' is missing; the first line is empty"),
        (
            "other.csv",
            b"id,name\n",
            "other.csv:1: a header needs the columns key and type or from and to or group and member; "
            "the columns are id, name",
        ),
        ("items.csv", b"key,type,key\n", "items.csv:1: the column 'key' is there twice; keep one"),
        ("items.csv", b"key,,type\n", "items.csv:1: column 2 has no name; the columns are key, , type"),
        (
            "items.csv",
            b"key,type,members\n",
            "items.csv:1: 'members' cannot be a column; list the members in members.csv",
        ),
        (
            "members.csv",
            b"group,member,colour\n",
            "members.csv:1: the column 'colour' is unknown; use group, member, strength, tolerance_seconds, "
            "needed_for_recovery, data_dependency, confidence, verified_at, valid_from, valid_to, weight",
        ),
        ("items.csv", b'key,type\na,"TE\n', "items.csv:2: this is not valid CSV: unexpected end of data"),
        (
            "items.csv",
            b"key,type\na,TEAM\n\xff,TEAM\n",
            "items.csv:3: this line is not valid UTF-8; save the file as UTF-8",
        ),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    assert refusal(tmp_path, {name: content}) == sentence
