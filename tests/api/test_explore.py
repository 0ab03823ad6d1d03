"""Common causes and the neighbourhood of an item over GraphQL."""

from tests.api.questions import keys, nodes
from tests.service import Client, Json

COMMON = """
query ($keys: [String!]!, $atLeast: Int, $first: Int, $after: String) {
  commonCauses(keys: $keys, atLeast: $atLeast, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { node { depth item { key } dependents { key } } }
  }
}
"""
AROUND = """
query ($key: String!, $direction: Direction, $maxDepth: Int! = 1, $limit: Int) {
  neighbourhood(key: $key, direction: $direction, maxDepth: $maxDepth, limit: $limit) {
    truncated nodes { depth item { key } } edges { from to relation strength }
  }
}
"""


def shops(client: Client) -> None:
    """Two shops on their own databases in one zone; a third elsewhere."""
    client.add(
        [
            *({"key": f"shop-{one}", "type": "BUSINESS_SERVICE"} for one in "abc"),
            *({"key": f"db-{one}", "type": "COMPONENT"} for one in "abc"),
            {"key": "net", "type": "COMPONENT"},
            {"key": "zone", "type": "LOCATION"},
        ],
        *(f"shop-{one} -> db-{one}" for one in "abc"),
        "db-a -> net",
        "db-b -> net",
        "net -> zone",
        "shop-c -> net",
    )


def common(client: Client, *wanted: str, **arguments: object) -> Json:
    return client.graphql(COMMON, keys=list(wanted), **arguments)["commonCauses"]


def told(node: Json) -> tuple[str, int, list[str]]:
    return node["item"]["key"], node["depth"], keys(node["dependents"])


def test_what_several_services_share_is_found_nearest_first(client: Client) -> None:
    shops(client)

    found = common(client, "shop-b", "shop-a")

    assert [told(node) for node in nodes(found)] == [
        ("net", 2, ["shop-a", "shop-b"]),
        ("zone", 3, ["shop-a", "shop-b"]),
    ]
    assert found["totalCount"] == 2


def test_what_some_of_them_share_comes_after_what_all_do_page_by_page(client: Client) -> None:
    shops(client)

    first = common(client, "shop-a", "shop-b", "db-a", atLeast=2, first=2)
    second = common(client, "shop-a", "shop-b", "db-a", atLeast=2, first=2, after=first["pageInfo"]["endCursor"])

    assert [told(node)[0] for node in (*nodes(first), *nodes(second))] == ["net", "zone", "db-a"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


def test_common_causes_of_one_item_or_of_nothing_known_are_refused(client: Client) -> None:
    shops(client)

    assert client.refusal(COMMON, keys=["net", "net"]).message == "keys must name 2 to 100 items, not 1"
    assert client.refusal(COMMON, keys=["net", "zone"], atLeast=3).message == (
        "atLeast must be from 2 to 2, the number of keys, not 3"
    )
    assert client.refusal(COMMON, keys=["net", "moon"]).code == "NOT_FOUND"


def test_a_map_shows_what_lies_around_and_says_when_there_is_more(client: Client) -> None:
    shops(client)

    near = client.graphql(AROUND, key="net")["neighbourhood"]
    little = client.graphql(AROUND, key="net", direction="DEPENDENTS", maxDepth=2, limit=4)["neighbourhood"]

    assert [(node["item"]["key"], node["depth"]) for node in near["nodes"]] == [
        ("net", 0),
        ("db-a", 1),
        ("db-b", 1),
        ("shop-c", 1),
        ("zone", 1),
    ]
    assert near["edges"] == [
        {"from": one, "to": other, "relation": "DEPENDS_ON", "strength": "HARD"}
        for one, other in (("db-a", "net"), ("db-b", "net"), ("net", "zone"), ("shop-c", "net"))
    ]
    assert [node["item"]["key"] for node in little["nodes"]] == ["net", "db-a", "db-b", "shop-c"]
    assert (near["truncated"], little["truncated"]) == (False, True)
    assert client.refusal(AROUND, key="net", maxDepth=0).message == "maxDepth must be from 1 to 100, not 0"
    assert client.refusal(AROUND, key="net", limit=501).message == "limit must be from 1 to 500, not 501"
