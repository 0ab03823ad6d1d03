"""Mapping quality over GraphQL: of what one service stands on, and of nothing else."""

from tests.service import Client, Json

QUALITY = """query ($key: String!) { mappingQuality(key: $key) {
  key graphVersion itemCount truncated cycles unsatisfiable
  pillars { pillar expectedCount mappedCount percent missing(first: 1) }
  fields { field itemCount filledCount percent }
  edges { edgeCount neverVerifiedCount staleCount unknownConfidenceCount
          leastConfidence surestPathConfidence leastSureKey } } }
"""
CONNECT = "mutation ($edges: [DependencyInput!]!) { upsertDependencies(dependencies: $edges) { graphVersion } }"


def shop(client: Client) -> Json:
    """The mapping quality of a service on a database that a team operates at a site; others do not matter."""
    client.add(
        [
            {"key": "shop", "type": "BUSINESS_SERVICE", "owner": "ops", "tier": 1},
            {"key": "order", "type": "BUSINESS_PROCESS"},
            {"key": "db", "type": "COMPONENT", "kind": "DATABASE"},
            *(
                {"key": "site", "type": "LOCATION"},
                {"key": "ops", "type": "TEAM"},
                {"key": "other", "type": "COMPONENT"},
            ),
        ],
        "order -> shop",
    )
    sure = {"confidence": 0.5, "verifiedAt": "2020-01-01T00:00:00Z", "dataDependency": True}
    ends = [
        {"from": "db", "to": "site", "relation": "LOCATED_IN"},
        {"from": "db", "to": "ops", "relation": "OPERATED_BY"},
    ]
    client.graphql(CONNECT, edges=[{"from": "shop", "to": "db", **sure}, *ends])
    return client.graphql(QUALITY, key="shop")["mappingQuality"]


def test_the_pillars_of_a_service_say_what_is_missing(client: Client) -> None:
    found = {one.pop("pillar"): one for one in shop(client)["pillars"]}

    assert found["PEOPLE"] == {"expectedCount": 2, "mappedCount": 1, "percent": 50.0, "missing": ["shop"]}
    complete = {"expectedCount": 1, "mappedCount": 1, "percent": 100.0, "missing": []}
    assert {name for name, one in found.items() if one == complete} == {
        *("PROCESS", "TECHNOLOGY", "FACILITY", "INFORMATION"),
    }


def test_fields_and_edges_are_counted_over_what_it_stands_on(client: Client) -> None:
    found = shop(client)

    fields = {one["field"]: (one["filledCount"], one["itemCount"], one["percent"]) for one in found["fields"]}
    assert (found["itemCount"], found["truncated"]) == (3, False)
    assert (fields["owner"], fields["tier"], fields["kind"]) == ((1, 3, 33.3), (1, 1, 100.0), (1, 2, 50.0))
    assert found["edges"] == {
        "edgeCount": 2,
        "neverVerifiedCount": 1,
        "staleCount": 1,
        "unknownConfidenceCount": 1,
        "leastConfidence": 0.5,
        "surestPathConfidence": 0.5,
        "leastSureKey": "db",
    }


def test_the_quality_of_nothing_is_not_found(client: Client) -> None:
    assert client.refusal(QUALITY, key="nothing").code == "NOT_FOUND"
