"""What a row may say: every field, what is wrong with it in words, and one spelling for every identifier."""

from datetime import UTC, date, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.identifiers import normalised_identifier
from app.inventory.model import (
    DEPENDENCY_PROPERTIES,
    KINDS,
    PROPERTIES,
    DependencyDraft,
    Identifier,
    ItemDraft,
    ItemType,
    Member,
    Relation,
)
from app.inventory.rules import dependency_draft, item_draft
from app.inventory.values import MAX_TEXT, Problems
from tests.stored import Raw, item, needs

FUZZ = settings(max_examples=300, deadline=None, derandomize=True)
KINDS_OF_IDENTIFIER = st.sampled_from(["fqdn", "hostname", "ip", "mac", "serial", "alias", "service"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NO_KEY = "must be 1-200 letters, digits or . _ : / @ + - and start with a letter, digit, _ or @"
ITEM_FIELDS = [
    *("key", "type", "name", "kind", "lifecycle", "owner", "identifiers", "attributes", "members", "lossBands"),
    "revision",
]


def item_of(raw: Raw) -> ItemDraft:
    """The draft of a right row."""
    problems = Problems()
    draft = item_draft(raw, "row", problems)
    assert problems.found == []
    assert draft is not None
    return draft


def edge_of(raw: Raw) -> DependencyDraft:
    problems = Problems()
    draft = dependency_draft(raw, "row", problems)
    assert problems.found == []
    assert draft is not None
    return draft


def item_problems(raw: Raw) -> list[str]:
    """What is wrong with a row."""
    problems = Problems()
    assert item_draft(raw, "row", problems) is None
    return [str(one) for one in problems.found]


def edge_problems(raw: Raw) -> list[str]:
    problems = Problems()
    assert dependency_draft(raw, "row", problems) is None
    return [str(one) for one in problems.found]


def field_of(type: str, name: str, value: object) -> object:
    """What a field is stored as."""
    return item_of(item("a", type, **{name: value})).fields[name]


def test_a_row_becomes_a_draft() -> None:
    assert item_of(
        {
            "key": "checkout",
            "type": "BUSINESS_PROCESS",
            "name": "Checkout",
            "kind": "PROCESS",
            "lifecycle": "RETIRING",
            "owner": "shop",
            "tier": 0,
            "criticalityWeight": 2,
            "criticalOrImportant": True,
            "identifiers": [{"kind": "fqdn", "value": "Pay.Corp.Example."}],
            "attributes": {"country": "NO", "seats": [1, 2]},
            "revision": 3,
        }
    ) == ItemDraft(
        "row",
        "checkout",
        ItemType.BUSINESS_PROCESS,
        {
            "name": "Checkout",
            "kind": "PROCESS",
            "lifecycle": "RETIRING",
            "owner": "shop",
            "tier": 0,
            "criticalityWeight": 2.0,
            "criticalOrImportant": True,
        },
        identifiers=(Identifier("fqdn", "pay.corp.example"),),
        attributes={"country": "NO", "seats": [1, 2]},
        members=None,
        revision=3,
    )


def test_what_a_row_leaves_out_stays_and_what_it_gives_as_null_is_cleared() -> None:
    absent = item_of(item("a", "BUSINESS_SERVICE"))
    cleared = item_of(item("a", "BUSINESS_SERVICE", tier=None, name=None, kind=None, owner=None, identifiers=None))

    assert (absent.fields, absent.identifiers, absent.attributes) == ({}, None, None)
    assert cleared.fields == {"tier": None, "name": None, "kind": None, "owner": None}
    assert cleared.identifiers == ()


def test_members_are_keys_or_keys_with_a_weight() -> None:
    draft = item_of(
        item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["b", {"key": "a", "weight": 3}, {"key": "c"}])
    )

    assert draft.members == (Member("a", 3), Member("b", 1), Member("c", 1))


def test_an_edge_becomes_a_draft() -> None:
    row = needs("a", "b", strength="SOFT", toleranceSeconds=300, confidence=1, verifiedAt="2026-11-30T09:00:00Z")

    assert edge_of(row) == DependencyDraft(
        "row",
        "a",
        "b",
        Relation.DEPENDS_ON,
        {
            "strength": "SOFT",
            "toleranceSeconds": 300,
            "confidence": 1.0,
            "verifiedAt": "2026-11-30T09:00:00+00:00",
        },
    )
    assert edge_of({"from": "a", "to": "b"}).relation is Relation.DEPENDS_ON


@pytest.mark.parametrize(
    ("type", "name", "value", "stored"),
    [
        ("BUSINESS_PROCESS", "rtoSeconds", 3600, 3600),
        ("BUSINESS_PROCESS", "rtoSeconds", 3600.0, 3600),
        ("BUSINESS_PROCESS", "rtoSeconds", 0, 0),
        ("BUSINESS_PROCESS", "tier", 4, 4),
        ("BUSINESS_PROCESS", "availabilityObjective", 1, 1.0),
        ("BUSINESS_PROCESS", "mbco", "half the tills", "half the tills"),
        ("COMPONENT", "lastTestedOn", "2026-11-30", "2026-11-30"),
        ("COMPONENT", "lastTestedOn", date(2026, 11, 30), "2026-11-30"),
        ("COMPONENT", "recoveryEvidence", "TESTED", "TESTED"),
        ("COMPONENT", "kind", "DATABASE", "DATABASE"),
        ("REDUNDANCY_GROUP", "minAvailable", 2, 2),
        ("REDUNDANCY_GROUP", "minAvailable", "60%", "60%"),
        ("REDUNDANCY_GROUP", "minAvailable", " 33.4 % ", "33.4%"),
        ("REDUNDANCY_GROUP", "degradedBelow", "100%", "100%"),
    ],
)
def test_a_right_value_is_taken(type: str, name: str, value: object, stored: object) -> None:
    found = field_of(type, name, value)

    assert (found, found.__class__) == (stored, stored.__class__)


@pytest.mark.parametrize(
    ("type", "name", "value"),
    [
        ("BUSINESS_PROCESS", "rtoSeconds", -1),
        ("BUSINESS_PROCESS", "rtoSeconds", 1.5),
        ("BUSINESS_PROCESS", "rtoSeconds", "3600"),
        ("BUSINESS_PROCESS", "rtoSeconds", True),
        ("BUSINESS_PROCESS", "rtoSeconds", 2**53 + 1),
        ("BUSINESS_PROCESS", "rtoSeconds", float("inf")),
        ("BUSINESS_PROCESS", "tier", 5),
        ("BUSINESS_PROCESS", "criticalityWeight", 0),
        ("BUSINESS_PROCESS", "criticalityWeight", float("nan")),
        ("BUSINESS_PROCESS", "availabilityObjective", 1.01),
        ("BUSINESS_PROCESS", "availabilityObjective", True),
        ("BUSINESS_PROCESS", "criticalOrImportant", 1),
        ("BUSINESS_PROCESS", "mbco", ""),
        ("BUSINESS_PROCESS", "mbco", "two\nlines"),
        ("BUSINESS_PROCESS", "mbco", "\ud800"),
        ("BUSINESS_PROCESS", "mbco", "x" * (MAX_TEXT + 1)),
        ("COMPONENT", "lastTestedOn", "30.11.2026"),
        ("COMPONENT", "lastTestedOn", datetime(2026, 11, 30, tzinfo=UTC)),
        ("COMPONENT", "recoveryEvidence", "tested"),
        ("REDUNDANCY_GROUP", "minAvailable", 0),
        ("REDUNDANCY_GROUP", "minAvailable", "0%"),
        ("REDUNDANCY_GROUP", "minAvailable", "101%"),
        ("REDUNDANCY_GROUP", "minAvailable", "-5%"),
        ("REDUNDANCY_GROUP", "minAvailable", "2"),
        ("REDUNDANCY_GROUP", "degradedBelow", "half"),
        ("COMPONENT", "name", ""),
        ("COMPONENT", "name", 7),
        ("COMPONENT", "kind", "PROCESS"),
        ("BUSINESS_SERVICE", "kind", "PROCESS"),
        ("COMPONENT", "lifecycle", "GONE"),
        ("COMPONENT", "owner", "not a key"),
        ("COMPONENT", "attributes", ["a"]),
        ("COMPONENT", "attributes", {"a": object()}),
        ("COMPONENT", "attributes", {1: "a"}),
        ("COMPONENT", "identifiers", {"kind": "ip"}),
        ("COMPONENT", "members", ["a"]),
        ("REDUNDANCY_GROUP", "members", []),
        ("COMPONENT", "revision", -1),
        ("COMPONENT", "revision", "1"),
        ("COMPONENT", "tier", 1),
        ("COMPONENT", "colour", "red"),
    ],
)
def test_a_wrong_value_is_one_problem_that_names_its_field(type: str, name: str, value: object) -> None:
    (problem,) = item_problems(item("a", type, **{name: value}))

    assert problem.startswith(f"row: {name} ")


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({"type": "COMPONENT"}, ["row: key is missing"]),
        ({"key": "a"}, [f"row: type is missing; use one of {', '.join(ItemType.__members__)}"]),
        (
            {"key": "-a", "type": "HOST"},
            [
                f"row: key {NO_KEY}, not '-a'",
                f"row: type 'HOST' is unknown; use one of {', '.join(ItemType.__members__)}",
            ],
        ),
        (
            item("a", "COMPONENT", tier=1),
            ["row: tier does not belong to a COMPONENT; it belongs to BUSINESS_PROCESS, BUSINESS_SERVICE"],
        ),
        (item("a", colour="red"), ["row: colour is not a known field; put what is your own under attributes"]),
        (
            item("a", "LOCATION", kind="DESK"),
            [f"row: kind 'DESK' is unknown for a LOCATION; use one of {', '.join(KINDS[ItemType.LOCATION])}"],
        ),
        (
            item("a", "CONTRACT", kind="X"),
            ["row: kind 'X' is unknown for a CONTRACT; a CONTRACT has no kind, leave it out"],
        ),
        (
            item("g", "REDUNDANCY_GROUP", members=["a", {"key": "a", "weight": 2}]),
            ["row: members name the same item twice; give one entry with a weight"],
        ),
        (
            item("g", "REDUNDANCY_GROUP", members=["a", {"key": "b", "weight": 0}, {"key": "c", "wieght": 1}, "?"]),
            [
                "row: members[1].weight must be a whole number of 1 or more, not 0",
                "row: members[2].wieght is not a known field; correct its name or leave it out",
                f"row: members[3].key {NO_KEY}, not '?'",
            ],
        ),
        (
            item("a", identifiers=[{"kind": "ip", "value": "10.0.0"}, {"kind": "IP", "value": "10.0.0.1"}, "10.0.0.1"]),
            [
                "row: identifiers[0].value is no ip: '10.0.0'",
                "row: identifiers[1].kind must be a lower-case word such as fqdn, ip, serial or mac, not 'IP'",
                "row: identifiers[2].kind must be a lower-case word such as fqdn, ip, serial or mac, not None",
            ],
        ),
    ],
)
def test_everything_wrong_with_a_row_is_said_at_once(row: Raw, problems: list[str]) -> None:
    assert item_problems(row) == problems


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        (needs("a", "a"), ["row: to is 'a' itself; an item cannot depend on itself"]),
        ({"to": "b"}, ["row: from is missing"]),
        (needs("a", "b", "NEEDS"), [f"row: relation 'NEEDS' is unknown; use one of {', '.join(Relation.__members__)}"]),
        (
            needs("a", "b", "OWNED_BY"),
            ["row: relation OWNED_BY is written as the item's owner; set that field instead"],
        ),
        (
            needs("a", "b", "LOCATED_IN", strength="HARD"),
            ["row: strength belongs to DEPENDS_ON only, not to LOCATED_IN; leave it out"],
        ),
        (needs("a", "b", weight=2), ["row: weight belongs to HAS_MEMBER only, not to DEPENDS_ON; leave it out"]),
        (needs("g", "b", "HAS_MEMBER", weight=0), ["row: weight must be a whole number of 1 or more, not 0"]),
        (needs("a", "b", strength="FIRM"), ["row: strength must be one of HARD, SOFT, INFO, not 'FIRM'"]),
        (
            needs("a", "b", verifiedAt="2026-11-30T09:00"),
            ["row: verifiedAt must be an instant as 2026-11-30T09:00:00Z, not '2026-11-30T09:00'"],
        ),
        (needs("a", "b", tolerance=3), ["row: tolerance is not a known field; correct its name or leave it out"]),
    ],
)
def test_everything_wrong_with_an_edge_is_said(row: Raw, problems: list[str]) -> None:
    assert edge_problems(row) == problems


@pytest.mark.parametrize(
    "key", ["a", "A9", "db-1.corp.example:5432/x", "a@b+c_d", "9" * 200, "@angular/core", "_internal", "libstdc++6"]
)
def test_a_key_of_the_allowed_characters_is_taken(key: str) -> None:
    assert item_of(item(key)).key == key


@pytest.mark.parametrize("key", ["", " a", "a b", "ø", "/a", "a\n", "a" * 201, 7, ["a"], "a;b"])
def test_another_key_is_refused(key: object) -> None:
    assert len(item_problems({"key": key, "type": "COMPONENT"})) == 1


@FUZZ
@given(st.dictionaries(st.sampled_from([*ITEM_FIELDS, *PROPERTIES]), JSON, max_size=5), st.sampled_from(list(ItemType)))
def test_no_item_is_too_odd_to_judge(odd: dict[str, object], type: ItemType) -> None:
    problems = Problems()

    draft = item_draft({"key": "a", "type": type.name, **odd}, "row", problems)

    assert (draft is None) == (problems.found != [])
    assert all(len(problem.message) < 400 for problem in problems.found)


@FUZZ
@given(st.dictionaries(st.sampled_from(["from", "to", "relation", *DEPENDENCY_PROPERTIES]), JSON, max_size=5))
def test_no_edge_is_too_odd_to_judge(odd: dict[str, object]) -> None:
    problems = Problems()

    draft = dependency_draft({"from": "a", "to": "b", **odd}, "row", problems)

    assert (draft is None) == (problems.found != [])


@FUZZ
@given(st.dictionaries(st.text(max_size=10), JSON, max_size=4))
def test_attributes_that_are_taken_can_be_stored_as_json(attributes: dict[str, object]) -> None:
    problems = Problems()

    draft = item_draft(item("a", attributes=attributes), "row", problems)

    if draft:
        assert orjson.loads(orjson.dumps(draft.attributes)) == attributes
    else:
        assert [problem.message.startswith("attributes ") for problem in problems.found] == [True]


@pytest.mark.parametrize(
    ("kind", "value", "normalised"),
    [
        ("fqdn", "DB-1.Corp.Example.", "db-1.corp.example"),
        ("fqdn", "db-1.corp.example. ", "db-1.corp.example"),
        ("hostname", "ＤＢ-1", "db-1"),  # noqa: RUF001
        ("hostname", "STRASSE", "strasse"),
        ("ip", "10.0.0.5", "10.0.0.5"),
        ("ip", "2001:DB8:0::1", "2001:db8::1"),
        ("ip", "[::1]", "::1"),
        ("ip", "10.0.0.05", None),
        ("ip", "10.0.0.256", None),
        ("mac", "00-1A-2b-3C-4d-5E", "001a2b3c4d5e"),
        ("mac", "001a.2b3c.4d5e", "001a2b3c4d5e"),
        ("mac", "00:1a:2b:3c:4d", None),
        ("serial", "SN-42.", "sn-42."),
        ("alias", "  ", None),
        ("alias", "a\x07", None),
        ("fqdn", ".", None),
        ("alias", "x" * 501, None),
    ],
)
def test_an_identifier_has_one_spelling(kind: str, value: str, normalised: str | None) -> None:
    assert normalised_identifier(kind, value) == normalised


@FUZZ
@given(KINDS_OF_IDENTIFIER, st.text(max_size=20))
def test_a_normalised_identifier_is_normal(kind: str, value: str) -> None:
    once = normalised_identifier(kind, value)

    assert once is None or normalised_identifier(kind, once) == once


@FUZZ
@given(KINDS_OF_IDENTIFIER, st.text("abcdef0123456789.-:", min_size=1, max_size=20))
def test_case_and_spaces_around_do_not_tell_identifiers_apart(kind: str, value: str) -> None:
    assert normalised_identifier(kind, f" {value.upper()}\t") == normalised_identifier(kind, value)


@FUZZ
@given(st.ip_addresses())
def test_every_address_is_an_identifier_in_its_short_form(address: object) -> None:
    exploded = str(address.exploded)  # type: ignore[attr-defined]

    assert normalised_identifier("ip", exploded) == normalised_identifier("ip", str(address)) == str(address)


def test_identifiers_that_mean_the_same_are_one() -> None:
    names = [{"kind": "fqdn", "value": value} for value in ("db.example", "DB.example.", "db.example")]

    assert item_of(item("a", identifiers=names)).identifiers == (Identifier("fqdn", "db.example"),)
