"""What could take the business down, over GraphQL."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.api.questions import keys, nodes
from tests.service import CONNECT, Client, Json, Service, emptied, running

WEAK = """query ($key: String!, $order: Int! = 3, $elements: CutElements! = ALL) { weakPoints(key: $key) {
  graphVersion isDown singlePointCount truncated item { key }
  singlePoints { businessCount importantCount item { key } hurts { key } }
  minimalCutSets(order: $order, elements: $elements) { completeOrder truncated hasMore lowestOrder totalCount sets }
  availability { availability method isImportanceComplete assumedCount assumed importance(first: 2) { key birnbaum } }
} }"""
POINTS = """query ($first: Int, $after: String) { singlePoints(first: $first, after: $after) {
  graphVersion computedAt totalCount pageInfo { hasNextPage endCursor }
  edges { node { businessCount importantCount item { key } } } } }"""
CONCENTRATION = """query ($by: ConcentrationBasis!, $attribute: String, $first: Int, $after: String) {
  concentration(by: $by, attribute: $attribute, first: $first, after: $after) { hhi graphVersion totalCount
  pageInfo { hasNextPage endCursor } edges { node {
    name item { key } dependencyShare dependentCount knockoutShare knockedOutCount knockedOut { key } } } } }"""


@pytest.fixture(scope="module")
def company(connection: Connection) -> Iterator[Service]:
    """Three functions on two clouds and a payment provider, as in W4."""
    with running(emptied(connection)) as service:
        service.client().add(
            [
                {"key": "f1", "type": "BUSINESS_PROCESS", "criticalityWeight": 5, "tier": 1},
                {"key": "f2", "type": "BUSINESS_PROCESS", "criticalityWeight": 3},
                {"key": "f3", "type": "BUSINESS_PROCESS", "criticalityWeight": 2},
                *({"key": key, "type": "COMPONENT"} for key in ("rb1", "rb2")),
                *({"key": key, "type": "COMPONENT", "attributes": {"os": "x"}} for key in ("ra2", "rp")),
                {"key": "ra1", "type": "COMPONENT", "availability": 0.9},
                *({"key": key, "type": "THIRD_PARTY"} for key in ("cloud-a", "cloud-b", "pay-co")),
                {
                    "key": "group",
                    "type": "REDUNDANCY_GROUP",
                    "minAvailable": 1,
                    "members": [{"key": "ra1"}, {"key": "rb1"}],
                },
            ],
            *("f1 -> group", "f1 -> rp", "f2 -> ra2", "f3 -> rb2"),
        )
        supplied = {"ra1": "cloud-a", "ra2": "cloud-a", "rb1": "cloud-b", "rb2": "cloud-b", "rp": "pay-co"}
        edges = [{"from": one, "to": other, "relation": "PROVIDED_BY"} for one, other in supplied.items()]
        edges.append({"from": "pay-co", "to": "cloud-a", "relation": "SUBCONTRACTS_TO"})
        service.client().graphql(CONNECT, edges=edges)
        yield service


@pytest.fixture(scope="module")
def client(company: Service) -> Client:
    return company.client()


def weak_points(client: Client, key: str, **arguments: Json) -> Json:
    return client.graphql(WEAK, key=key, **arguments)["weakPoints"]


def test_single_points_of_an_item_come_with_what_each_would_hurt(client: Client) -> None:
    found = weak_points(client, "f1")

    assert [(one["item"]["key"], one["businessCount"], keys(one["hurts"])) for one in found["singlePoints"]] == [
        ("cloud-a", 2, ["f1", "f2"]),
        ("rp", 1, ["f1"]),
        ("pay-co", 1, ["f1"]),
        ("f1", 0, []),
    ]
    assert (found["singlePointCount"], found["truncated"], found["isDown"]) == (4, False, False)
    assert found["singlePoints"][0]["importantCount"] == 1


def test_minimal_cut_sets_come_by_order(client: Client) -> None:
    assert weak_points(client, "f1")["minimalCutSets"] == {
        "completeOrder": 3,
        "truncated": False,
        "hasMore": False,
        "lowestOrder": 1,
        "totalCount": 6,
        "sets": [["cloud-a"], ["f1"], ["pay-co"], ["rp"], ["cloud-b", "ra1"], ["ra1", "rb1"]],
    }
    assert weak_points(client, "f1", order=1)["minimalCutSets"]["hasMore"]
    assert weak_points(client, "f1", elements="THIRD_PARTIES")["minimalCutSets"]["sets"] == [["cloud-a"], ["pay-co"]]


def test_more_losses_than_the_limit_are_refused(client: Client) -> None:
    assert client.refusal(WEAK, key="f1", order=5).message == (
        "order must be from 1 to 4, not 5; sets of more losses are not looked for"
    )


def test_availability_comes_with_what_counts_and_what_was_assumed(client: Client) -> None:
    found = weak_points(client, "f1")["availability"]

    assert found == {
        "availability": 1.0,
        "method": "EXACT",
        "isImportanceComplete": True,
        "assumedCount": 2,
        "assumed": ["rb1", "rp"],
        "importance": [{"key": "cloud-a", "birnbaum": 1.0}, {"key": "f1", "birnbaum": 1.0}],
    }


def test_single_points_of_the_estate_are_paged_the_worst_first(client: Client) -> None:
    first = client.graphql(POINTS, first=2)["singlePoints"]
    rest = client.graphql(POINTS, first=9, after=first["pageInfo"]["endCursor"])["singlePoints"]

    found = [(one["item"]["key"], one["importantCount"], one["businessCount"]) for one in (*nodes(first), *nodes(rest))]
    assert found == [
        ("cloud-a", 1, 2),
        ("rp", 1, 1),
        ("pay-co", 1, 1),
        ("ra2", 0, 1),
        ("rb2", 0, 1),
        ("cloud-b", 0, 1),
    ]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (6, True, False)


def test_concentration_on_suppliers_is_that_of_w4(client: Client) -> None:
    first = client.graphql(CONCENTRATION, by="THIRD_PARTY", first=1)["concentration"]
    rest = client.graphql(CONCENTRATION, by="THIRD_PARTY", after=first["pageInfo"]["endCursor"])["concentration"]

    assert [
        (one["item"]["key"], one["dependencyShare"], one["knockoutShare"], keys(one["knockedOut"]))
        for one in (*nodes(first), *nodes(rest))
    ] == [
        ("cloud-a", 0.8, 0.8, ["f1", "f2"]),
        ("pay-co", 0.5, 0.5, ["f1"]),
        ("cloud-b", 0.7, 0.2, ["f3"]),
    ]
    assert first["hhi"] == pytest.approx(0.38)
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)


def test_nothing_rests_on_places_that_are_not_known(client: Client) -> None:
    found = client.graphql(CONCENTRATION, by="LOCATION")["concentration"]

    assert (found["hhi"], found["edges"]) == (None, [])


def test_concentration_on_an_attribute_is_that_of_all_items_with_the_same_value(client: Client) -> None:
    found = client.graphql(CONCENTRATION, by="ATTRIBUTE", attribute="os")["concentration"]

    assert [(one["name"], one["item"], one["knockoutShare"], keys(one["knockedOut"])) for one in nodes(found)] == [
        ("x", None, 0.8, ["f1", "f2"])
    ]
    assert (found["hhi"], found["totalCount"]) == (1.0, 1)


def test_an_attribute_is_named_where_it_is_asked_for_and_only_there(client: Client) -> None:
    words = "attribute must be given with by: ATTRIBUTE and only then; it names an attribute of items"

    assert client.refusal(CONCENTRATION, by="ATTRIBUTE").message == words
    assert client.refusal(CONCENTRATION, by="LOCATION", attribute="os").message == words


def test_an_unknown_key_is_not_found(client: Client) -> None:
    assert client.refusal(WEAK, key="nothing").code == "NOT_FOUND"
