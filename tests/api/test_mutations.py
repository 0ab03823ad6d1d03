"""Writing the inventory: all of a call is written, or nothing and the reasons row by row."""

import pytest

from tests.service import Client, Json

UPSERT = """
mutation ($items: [ItemInput!]!, $source: String) {
  upsertItems(items: $items, source: $source) {
    graphVersion items { created changed unchanged } dependencies { created changed unchanged }
  }
}
"""
CONNECT = """
mutation ($dependencies: [DependencyInput!]!, $source: String) {
  upsertDependencies(dependencies: $dependencies, source: $source) {
    graphVersion dependencies { created changed unchanged }
  }
}
"""
REMOVE = "mutation ($keys: [String!]!) { removeItems(keys: $keys) { removed missing graphVersion } }"
DISCONNECT = """
mutation ($dependencies: [DependencyRef!]!) {
  removeDependencies(dependencies: $dependencies) { removed missing graphVersion }
}
"""
EVERYTHING = """
{
  currentImpact { graphVersion }
  items(first: 100) {
    edges {
      node {
        __typename key name kind lifecycle source revision attributes identifiers { kind value } owner { key }
        ... on BusinessImpact {
          tier mtpdSeconds criticalOrImportant lossCurrency lossBands { afterSeconds cumulativeLoss }
        }
        ... on Recoverable { recoveryTimeSeconds recoveryEvidence lastTestedOn availability }
        ... on RedundancyGroup { minAvailable degradedBelow members { weight item { key } } }
        dependencies(first: 50) {
          edges {
            relation strength toleranceSeconds neededForRecovery dataDependency confidence weight source
            verifiedAt validFrom validTo
            node { key }
          }
        }
      }
    }
  }
}
"""
CHECKOUT = {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 1, "mtpdSeconds": 14400}
DATABASES = [{"key": f"db-{number}", "type": "COMPONENT", "kind": "DATABASE"} for number in (1, 2, 3)]


def everything(client: Client) -> Json:
    return client.graphql(EVERYTHING)


def item(client: Client, key: str) -> Json:
    (found,) = [edge["node"] for edge in everything(client)["items"]["edges"] if edge["node"]["key"] == key]
    return found


def upserted(client: Client, *items: Json, **arguments: Json) -> Json:
    return client.graphql(UPSERT, items=list(items), **arguments)["upsertItems"]


def connected(client: Client, *dependencies: Json, **arguments: Json) -> Json:
    return client.graphql(CONNECT, dependencies=list(dependencies), **arguments)["upsertDependencies"]


def test_a_new_item_has_what_was_given_and_defaults_for_the_rest(client: Client) -> None:
    report = upserted(client, {**CHECKOUT, "kind": "PROCESS", "attributes": {"country": "NO", "n": [1, None]}})

    assert report["items"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert item(client, "checkout") == {
        "__typename": "BusinessProcess",
        "key": "checkout",
        "name": "Checkout",
        "kind": "PROCESS",
        "lifecycle": "LIVE",
        "source": None,
        "revision": 1,
        "attributes": {"country": "NO", "n": [1, None]},
        "identifiers": [],
        "owner": None,
        "tier": 1,
        "mtpdSeconds": 14400,
        "criticalOrImportant": None,
        "lossCurrency": None,
        "lossBands": None,
        "recoveryTimeSeconds": None,
        "recoveryEvidence": None,
        "lastTestedOn": None,
        "availability": None,
        "dependencies": {"edges": []},
    }


def test_loss_bands_keep_every_cent_as_text_or_number(client: Client) -> None:
    bands = [
        {"afterSeconds": 3600, "cumulativeLoss": "12000.10"},
        {"afterSeconds": 7200, "cumulativeLoss": 99999999999.25},
    ]
    upserted(client, {**CHECKOUT, "lossCurrency": "EUR", "lossBands": bands})

    found = item(client, "checkout")

    assert (found["lossCurrency"], found["lossBands"]) == (
        "EUR",
        [
            {"afterSeconds": 3600, "cumulativeLoss": "12000.10"},
            {"afterSeconds": 7200, "cumulativeLoss": "99999999999.25"},
        ],
    )


def test_a_wrong_loss_band_is_refused_by_row_and_field(client: Client) -> None:
    bands = [{"afterSeconds": 3600, "cumulativeLoss": "-1"}]

    refused = client.refusal(UPSERT, items=[{**CHECKOUT, "lossCurrency": "EUR", "lossBands": bands}])

    assert refused.message.startswith("items[0]: lossBands[0].cumulativeLoss must be an amount of 0 or more")
    assert client.graphql("{ items { totalCount } }")["items"]["totalCount"] == 0


def test_an_item_without_a_name_is_called_by_its_key(client: Client) -> None:
    upserted(client, {"key": "db-1", "type": "COMPONENT"})

    assert item(client, "db-1")["name"] == "db-1"


def test_what_is_left_out_stays_as_it_is(client: Client) -> None:
    full = {
        **CHECKOUT,
        "owner": "shop",
        "lifecycle": "RETIRING",
        "attributes": {"a": 1},
        "identifiers": [{"kind": "alias", "value": "till"}],
    }
    upserted(client, {"key": "shop", "type": "TEAM"}, full, source="cmdb")
    before = item(client, "checkout")

    report = upserted(client, {"key": "checkout", "type": "BUSINESS_PROCESS", "tier": 0}, source="cmdb")

    assert report["items"] == {"created": 0, "changed": 1, "unchanged": 0}
    assert item(client, "checkout") == {**before, "tier": 0, "revision": 2}


def test_null_clears(client: Client) -> None:
    shop = {"key": "shop", "type": "TEAM"}
    identified = {"identifiers": [{"kind": "alias", "value": "till"}], "attributes": {"a": 1}}
    upserted(client, shop, {**CHECKOUT, **identified, "owner": "shop", "kind": "PROCESS", "lifecycle": "RETIRED"})
    names = ("tier", "mtpdSeconds", "owner", "kind", "attributes", "identifiers", "name", "lifecycle")

    upserted(client, {"key": "checkout", "type": "BUSINESS_PROCESS", **dict.fromkeys(names)})

    cleared = item(client, "checkout")
    assert {name: cleared[name] for name in names} == {
        **dict.fromkeys(("tier", "mtpdSeconds", "owner", "kind")),
        "attributes": {},
        "identifiers": [],
        "name": "checkout",
        "lifecycle": "LIVE",
    }


def test_writing_the_same_again_changes_nothing(client: Client) -> None:
    rows = (*DATABASES, {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "db-1"}]})
    upserted(client, *rows, source="cmdb")
    before = everything(client)

    report = upserted(client, *rows, source="cmdb")

    assert report["items"] == {"created": 0, "changed": 0, "unchanged": 4}
    assert everything(client) == before
    assert report["graphVersion"] == before["currentImpact"]["graphVersion"]


def test_every_write_takes_the_next_graph_version(client: Client) -> None:
    first = int(upserted(client, CHECKOUT)["graphVersion"])

    second = int(upserted(client, *DATABASES)["graphVersion"])
    third = int(connected(client, {"from": "checkout", "to": "db-1"})["graphVersion"])
    gone = client.graphql(DISCONNECT, dependencies=[{"from": "checkout", "to": "db-1"}])["removeDependencies"]
    last = client.graphql(REMOVE, keys=["checkout"])["removeItems"]

    versions = [second, third, int(gone["graphVersion"]), int(last["graphVersion"])]
    assert versions == [first + 1, first + 2, first + 3, first + 4]


def test_a_write_is_seen_by_the_next_question(client: Client) -> None:
    upserted(client, CHECKOUT, *DATABASES)
    connected(client, {"from": "checkout", "to": "db-1"})

    report = client.graphql('{ impact(failures: [{key: "db-1"}]) { impacted { totalCount } } }')

    assert report["impact"]["impacted"]["totalCount"] == 2


def test_a_group_holds_its_members_and_thresholds(client: Client) -> None:
    members = [{"key": "db-1"}, {"key": "db-2", "weight": 2}]
    upserted(client, *DATABASES)
    upserted(client, {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": "60%", "members": members})

    group = item(client, "db")

    assert (group["minAvailable"], group["degradedBelow"]) == ("60%", None)
    assert group["members"] == [{"weight": 1, "item": {"key": "db-1"}}, {"weight": 2, "item": {"key": "db-2"}}]


def test_members_that_are_given_replace_those_that_were(client: Client) -> None:
    group = {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1}
    upserted(client, *DATABASES, {**group, "members": [{"key": "db-1"}, {"key": "db-2"}]})

    upserted(client, {**group, "members": [{"key": "db-3"}]})

    assert [member["item"]["key"] for member in item(client, "db")["members"]] == ["db-3"]


def test_items_of_one_call_may_name_each_other_in_any_order(client: Client) -> None:
    group = {"key": "a", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "b"}], "owner": "c"}

    report = upserted(client, group, {"key": "b", "type": "COMPONENT"}, {"key": "c", "type": "TEAM"})

    assert report["items"]["created"] == 3
    assert item(client, "a")["owner"] == {"key": "c"}


def test_an_identifier_is_stored_in_one_spelling(client: Client) -> None:
    given = [{"kind": "fqdn", "value": "DB-1.Corp.Example."}, {"kind": "mac", "value": "00:1A:2B:3C:4D:5E"}]
    upserted(client, {**DATABASES[0], "identifiers": given})

    assert item(client, "db-1")["identifiers"] == [
        {"kind": "fqdn", "value": "db-1.corp.example"},
        {"kind": "mac", "value": "001a2b3c4d5e"},
    ]


def test_the_expected_revision_lets_an_edit_pass(client: Client) -> None:
    upserted(client, {**CHECKOUT, "revision": 0})

    upserted(client, {**CHECKOUT, "tier": 2, "revision": 1})

    assert (item(client, "checkout")["tier"], item(client, "checkout")["revision"]) == (2, 2)


@pytest.mark.parametrize(
    ("key", "revision", "there"),
    [("checkout", 0, "is at revision 1"), ("checkout", 2, "is at revision 1"), ("new", 1, "does not exist")],
)
def test_an_edit_of_what_changed_meanwhile_leaves_everything_unwritten(
    client: Client, key: str, revision: int, there: str
) -> None:
    upserted(client, CHECKOUT)
    before = everything(client)
    edit = {"key": key, "type": "BUSINESS_PROCESS", "tier": 3, "revision": revision}

    refusal = client.refusal(UPSERT, items=[*DATABASES, edit])

    assert refusal.code == "CONFLICT"
    assert refusal.message == (
        f"items[3]: revision {revision} was given but {key!r} {there}; read it again and repeat the edit; "
        "nothing was written"
    )
    assert everything(client) == before


GROUP = {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "db-1"}, {"key": "db-2"}]}
WRONG_ITEMS: dict[str, tuple[Json, str]] = {
    "a kind of another type": (
        {"key": "x", "type": "COMPONENT", "kind": "ZONE"},
        "kind 'ZONE' is unknown for a COMPONENT; use one of SOFTWARE, ",
    ),
    "a field of another type": (
        {"key": "x", "type": "COMPONENT", "tier": 1},
        "tier does not belong to a COMPONENT; it belongs to BUSINESS_PROCESS, BUSINESS_SERVICE",
    ),
    "another type than it had": ({"key": "db-1", "type": "TEAM"}, "type of 'db-1' is COMPONENT and cannot become TEAM"),
    "a key with a space": ({"key": "a b", "type": "TEAM"}, "key must be 1-200 letters, digits or . _ : / @ + - and "),
    "a key that starts with a dot": ({"key": ".x", "type": "TEAM"}, "key must be 1-200 letters, "),
    "a key of 201 letters": ({"key": "x" * 201, "type": "TEAM"}, "key must be 1-200 letters, "),
    "a key that is not ASCII": ({"key": "zürich", "type": "LOCATION"}, "key must be 1-200 letters, "),
    "an empty key": ({"key": "", "type": "TEAM"}, "key is missing"),
    "a key with a line break": ({"key": "x\n", "type": "TEAM"}, "key must be 1-200 letters, "),
    "a name that is too long": ({"key": "x", "type": "TEAM", "name": "n" * 1001}, "name must be 1-1000 characters"),
    "an empty name": ({"key": "x", "type": "TEAM", "name": ""}, "name must be 1-1000 characters"),
    "a name with a control character": ({"key": "x", "type": "TEAM", "name": "a\0b"}, "name must be 1-1000 characters"),
    "a tier of 5": ({**CHECKOUT, "tier": 5}, "tier must be a whole number from 0 (highest) to 4, not 5"),
    "a negative time": (
        {**CHECKOUT, "mtpdSeconds": -1},
        "mtpdSeconds must be a whole number of seconds of 0 or more, not -1",
    ),
    "an availability over 1": ({**DATABASES[0], "availability": 1.5}, "availability must be a number from 0 to 1, not"),
    "a weight of nothing": ({**CHECKOUT, "criticalityWeight": 0}, "criticalityWeight must be a number greater than 0"),
    "an unknown evidence": (
        {**DATABASES[0], "recoveryEvidence": "HEARSAY"},
        "recoveryEvidence must be one of TESTED, CONTRACTUAL, ESTIMATED, DEFAULT, not 'HEARSAY'",
    ),
    "an address that is none": (
        {**DATABASES[0], "identifiers": [{"kind": "ip", "value": "10.0.0.300"}]},
        "identifiers[0].value is no ip: '10.0.0.300'",
    ),
    "attributes that are a list": ({**CHECKOUT, "attributes": [1]}, "attributes must be an object of names and values"),
    "an owner that is missing": ({**CHECKOUT, "owner": "nobody"}, "owner names 'nobody', which does not exist; "),
    "an owner that is no team": ({**CHECKOUT, "owner": "db-1"}, "owner names 'db-1', which is a COMPONENT; it must be"),
    "a group without members": ({**GROUP, "members": []}, "members must be a list of 1-10000 keys"),
    "a group that never had members": (
        {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1},
        "group 'db' has no members; name at least one",
    ),
    "a group without a threshold": ({**GROUP, "minAvailable": None}, "minAvailable is missing; say how many of "),
    "a threshold above the members": ({**GROUP, "minAvailable": 3}, "minAvailable 3 of 'db' cannot be met: it has 2"),
    "a threshold of nothing": ({**GROUP, "minAvailable": 0}, "minAvailable must be a whole number of 1 or more, or a "),
    "a threshold of 101%": ({**GROUP, "minAvailable": "101%"}, "minAvailable must be a whole number of 1 or more, or"),
    "a second threshold below the first": (
        {**GROUP, "minAvailable": 2, "degradedBelow": 1},
        "degradedBelow 1 of 'db' must be from minAvailable (2) to 2",
    ),
    "a member that is missing": ({**GROUP, "members": [{"key": "db-9"}]}, "members name 'db-9', which does not exist;"),
    "a group in itself": ({**GROUP, "members": [{"key": "db"}]}, "members name the group 'db' itself"),
    "a member named twice": (
        {**GROUP, "members": [{"key": "db-1"}, {"key": "db-1"}]},
        "members name the same item twice",
    ),
    "a member of no weight": (
        {**GROUP, "members": [{"key": "db-1", "weight": 0}]},
        "members[0].weight must be a whole number of 1 or more, not 0",
    ),
    "members of something else": (
        {**DATABASES[0], "members": [{"key": "db-2"}]},
        "members belong to a REDUNDANCY_GROUP, not to a COMPONENT",
    ),
    "a negative revision": ({**CHECKOUT, "revision": -1}, "revision must be a whole number of 0 or more, not -1"),
}


@pytest.mark.parametrize(("row", "reason"), WRONG_ITEMS.values(), ids=WRONG_ITEMS.keys())
def test_a_wrong_item_leaves_everything_unwritten_and_is_named(client: Client, row: Json, reason: str) -> None:
    upserted(client, *DATABASES)
    before = everything(client)

    refusal = client.refusal(UPSERT, items=[{"key": "good", "type": "LOCATION"}, row])

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith(f"items[1]: {reason}")
    assert refusal.message.endswith("; nothing was written")
    assert [where for where, _ in refusal.problems] == ["items[1]"]
    assert everything(client) == before


def test_every_wrong_row_is_named(client: Client) -> None:
    rows = [{"key": "a b", "type": "TEAM"}, CHECKOUT, {"key": "c", "type": "TEAM", "kind": "BAND", "tier": 1}]

    refusal = client.refusal(UPSERT, items=rows)

    assert [where for where, _ in refusal.problems] == ["items[0]", "items[2]", "items[2]"]
    assert "(and 2 more); nothing was written" in refusal.message
    assert everything(client)["items"]["edges"] == []


def test_a_hundred_of_many_wrong_rows_are_named(client: Client) -> None:
    refusal = client.refusal(UPSERT, items=[{"key": "?", "type": "TEAM"}] * 150)

    assert len(refusal.problems) == 100
    assert "(and 149 more)" in refusal.message


def test_an_item_given_twice_is_refused(client: Client) -> None:
    refusal = client.refusal(UPSERT, items=[CHECKOUT, DATABASES[0], {**CHECKOUT, "tier": 2}])

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message == ("items[2]: key 'checkout' was already given in items[0]; keep one; nothing was written")
    assert everything(client)["items"]["edges"] == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"key": "x", "type": "MACHINE"}, "ItemType"),
        ({"key": "x", "type": "TEAM", "colour": "red"}, "colour"),
        ({"type": "TEAM"}, "key"),
        ({**CHECKOUT, "tier": "1"}, "tier"),
        ({**CHECKOUT, "tier": 1.5}, "tier"),
        ({**CHECKOUT, "mtpdSeconds": 2**31}, "mtpdSeconds"),
        ({**GROUP, "minAvailable": 1.5}, "minAvailable"),
        ({**GROUP, "minAvailable": True}, "minAvailable"),
        ({**DATABASES[0], "lastTestedOn": "2026-02-30"}, "lastTestedOn"),
        (None, "items"),
    ],
    ids=str,
)
def test_a_row_of_the_wrong_shape_is_refused_before_anything_runs(client: Client, row: Json, words: str) -> None:
    answer = client.answer(UPSERT, {"items": [DATABASES[0], row]})

    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID_INPUT"}
    assert words in answer["errors"][0]["message"]
    assert everything(client)["items"]["edges"] == []


def test_attributes_nested_too_deeply_are_refused(client: Client) -> None:
    deep: Json = {}
    for _ in range(200):
        deep = {"a": deep}

    refusal = client.refusal(UPSERT, items=[{**CHECKOUT, "attributes": deep}])

    assert (refusal.code, refusal.problems[0][0]) == ("INVALID_INPUT", "items[0]")
    assert everything(client)["items"]["edges"] == []


def test_a_number_too_large_for_json_stays_out_of_the_attributes(client: Client) -> None:
    inlined = '{ upsertItems(items: [{key: "x", type: TEAM, attributes: {n: 123456789012345678901234567890}}])'

    refusal = client.refusal(f"mutation {inlined} {{ graphVersion }} }}")

    assert refusal.code == "INVALID_INPUT"
    assert everything(client)["items"]["edges"] == []


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_infinity_is_no_availability(client: Client, number: str) -> None:
    inlined = f'{{ upsertItems(items: [{{key: "x", type: COMPONENT, availability: {number}}}]) {{ graphVersion }} }}'

    assert client.refusal(f"mutation {inlined}").code == "INVALID_INPUT"
    assert everything(client)["items"]["edges"] == []


@pytest.mark.parametrize("source", ["", "x" * 1001, "a\0b"], ids=["empty", "too long", "a control character"])
def test_a_wrong_source_is_refused(client: Client, source: str) -> None:
    refusal = client.refusal(UPSERT, items=[CHECKOUT], source=source)

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith("source must be")
    assert everything(client)["items"]["edges"] == []


def test_an_empty_call_writes_nothing(client: Client) -> None:
    before = everything(client)

    assert upserted(client)["items"] == {"created": 0, "changed": 0, "unchanged": 0}
    assert connected(client)["dependencies"] == {"created": 0, "changed": 0, "unchanged": 0}
    assert everything(client) == before


def test_a_dependency_holds_what_was_given(client: Client) -> None:
    upserted(client, CHECKOUT, *DATABASES)
    given = {
        "strength": "SOFT",
        "toleranceSeconds": 300,
        "neededForRecovery": True,
        "dataDependency": False,
        "confidence": 0.5,
        "verifiedAt": "2026-11-01T09:00:00Z",
        "validFrom": "2026-11-01T10:00:00+01:00",
    }

    report = connected(client, {"from": "checkout", "to": "db-1", **given}, source="tracing")

    assert report["dependencies"] == {"created": 1, "changed": 0, "unchanged": 0}
    assert item(client, "checkout")["dependencies"]["edges"] == [
        {
            **given,
            "relation": "DEPENDS_ON",
            "verifiedAt": "2026-11-01T09:00:00+00:00",
            "validTo": None,
            "weight": None,
            "source": "tracing",
            "node": {"key": "db-1"},
        }
    ]


def test_of_a_dependency_too_what_is_left_out_stays_and_null_clears(client: Client) -> None:
    upserted(client, CHECKOUT, *DATABASES)
    connected(client, {"from": "checkout", "to": "db-1", "strength": "SOFT", "toleranceSeconds": 5, "confidence": 1})

    connected(client, {"from": "checkout", "to": "db-1", "strength": None, "confidence": 0.25})

    (edge,) = item(client, "checkout")["dependencies"]["edges"]
    assert (edge["strength"], edge["toleranceSeconds"], edge["confidence"]) == ("HARD", 5, 0.25)


def test_two_relations_between_the_same_items_are_two_dependencies(client: Client) -> None:
    upserted(client, CHECKOUT, {"key": "shop", "type": "TEAM"})
    connected(client, {"from": "checkout", "to": "shop"}, {"from": "checkout", "to": "shop", "relation": "OPERATED_BY"})

    relations = [edge["relation"] for edge in item(client, "checkout")["dependencies"]["edges"]]

    assert relations == ["DEPENDS_ON", "OPERATED_BY"]


WRONG_DEPENDENCIES: dict[str, tuple[Json, str]] = {
    "on itself": ({"from": "db-1", "to": "db-1"}, "to is 'db-1' itself; an item cannot depend on itself"),
    "from what is missing": ({"from": "x", "to": "db-1"}, "from names 'x', which does not exist; add that item"),
    "to what is missing": ({"from": "db-1", "to": "x"}, "to names 'x', which does not exist; add that item"),
    "to a key that is none": ({"from": "db-1", "to": "?"}, "to must be 1-200 letters, digits or . _ : / @ + - and"),
    "located in a component": (
        {"from": "db-1", "to": "db-2", "relation": "LOCATED_IN"},
        "to names 'db-2', which is a COMPONENT; it must be a LOCATION",
    ),
    "a member of what is no group": (
        {"from": "db-1", "to": "db-2", "relation": "HAS_MEMBER"},
        "from names 'db-1', which is a COMPONENT; it must be a REDUNDANCY_GROUP",
    ),
    "a weight where none belongs": ({"from": "db-1", "to": "db-2", "weight": 2}, "weight belongs to HAS_MEMBER only"),
    "a strength where none belongs": (
        {"from": "db-1", "to": "zone", "relation": "LOCATED_IN", "strength": "SOFT"},
        "strength belongs to DEPENDS_ON only, not to LOCATED_IN; leave it out",
    ),
    "an owner": (
        {"from": "db-1", "to": "db-2", "relation": "OWNED_BY"},
        "relation OWNED_BY is written as the item's owner; set that field instead",
    ),
    "a confidence over 1": ({"from": "db-1", "to": "db-2", "confidence": 1.1}, "confidence must be a number from 0 to"),
    "a negative tolerance": (
        {"from": "db-1", "to": "db-2", "toleranceSeconds": -1},
        "toleranceSeconds must be a whole number of seconds of 0 or more, not -1",
    ),
    "a moment without a time zone": (
        {"from": "db-1", "to": "db-2", "verifiedAt": "2026-11-01T09:00:00"},
        "verifiedAt must be an instant as 2026-11-30T09:00:00Z",
    ),
}


@pytest.mark.parametrize(("row", "reason"), WRONG_DEPENDENCIES.values(), ids=WRONG_DEPENDENCIES.keys())
def test_a_wrong_dependency_leaves_everything_unwritten_and_is_named(client: Client, row: Json, reason: str) -> None:
    upserted(client, *DATABASES, {"key": "zone", "type": "LOCATION"})
    before = everything(client)

    refusal = client.refusal(CONNECT, dependencies=[{"from": "db-2", "to": "db-3"}, row])

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith(f"dependencies[1]: {reason}")
    assert [where for where, _ in refusal.problems] == ["dependencies[1]"]
    assert everything(client) == before


def test_a_dependency_given_twice_is_refused(client: Client) -> None:
    upserted(client, *DATABASES)
    edge = {"from": "db-1", "to": "db-2"}

    refusal = client.refusal(CONNECT, dependencies=[edge, {**edge, "strength": "SOFT"}])

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith(
        "dependencies[1]: DEPENDS_ON from 'db-1' to 'db-2' was already given in dependencies[0]; keep one"
    )
    assert item(client, "db-1")["dependencies"]["edges"] == []


def test_a_cycle_is_no_mistake(client: Client) -> None:
    upserted(client, *DATABASES)

    report = connected(client, {"from": "db-1", "to": "db-2"}, {"from": "db-2", "to": "db-1"})

    assert report["dependencies"]["created"] == 2


def test_removed_items_take_their_dependencies_along(client: Client) -> None:
    upserted(client, CHECKOUT, *DATABASES)
    connected(client, {"from": "checkout", "to": "db-1"}, {"from": "db-1", "to": "db-2"})

    report = client.graphql(REMOVE, keys=["db-1", "nowhere", "db-1", "?"])["removeItems"]

    assert (report["removed"], report["missing"]) == (1, ["?", "nowhere"])
    assert [edge["node"]["key"] for edge in everything(client)["items"]["edges"]] == ["checkout", "db-2", "db-3"]
    assert item(client, "checkout")["dependencies"]["edges"] == []


def test_removing_what_is_missing_changes_nothing(client: Client) -> None:
    upserted(client, CHECKOUT, *DATABASES)
    before = everything(client)
    version = before["currentImpact"]["graphVersion"]

    items = client.graphql(REMOVE, keys=["nowhere"])["removeItems"]
    edges = client.graphql(DISCONNECT, dependencies=[{"from": "checkout", "to": "db-1"}])["removeDependencies"]

    assert items == {"removed": 0, "missing": ["nowhere"], "graphVersion": version}
    assert edges == {"removed": 0, "missing": ["checkout -DEPENDS_ON-> db-1"], "graphVersion": version}
    assert everything(client) == before


def test_only_the_dependency_that_is_named_is_removed(client: Client) -> None:
    upserted(client, CHECKOUT, {"key": "shop", "type": "TEAM"})
    operated = {"from": "checkout", "to": "shop", "relation": "OPERATED_BY"}
    connected(client, {"from": "checkout", "to": "shop"}, operated)

    report = client.graphql(DISCONNECT, dependencies=[operated])["removeDependencies"]

    assert (report["removed"], report["missing"]) == (1, [])
    assert [edge["relation"] for edge in item(client, "checkout")["dependencies"]["edges"]] == ["DEPENDS_ON"]


@pytest.mark.parametrize(
    ("mutation", "argument", "row"),
    [
        (UPSERT, "items", {"key": "x", "type": "TEAM"}),
        (CONNECT, "dependencies", {"from": "x", "to": "y"}),
        (REMOVE, "keys", "x"),
        (DISCONNECT, "dependencies", {"from": "x", "to": "y"}),
    ],
    ids=["upsertItems", "upsertDependencies", "removeItems", "removeDependencies"],
)
def test_too_many_rows_are_refused(client: Client, mutation: str, argument: str, row: Json) -> None:
    refusal = client.refusal(mutation, **{argument: [row] * 10_001})

    assert refusal.code == "INVALID_INPUT"
    assert refusal.message.startswith(f"{argument} has 10001 entries, at most 10000 are taken; ")
