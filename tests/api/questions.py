"""The questions about impact, reach and paths that several tests ask, and how they read the answers."""

from tests.service import Client, Json

IMPACT = """
query ($failures: [FailureInput!]!, $types: [ItemType!], $states: [HealthState!], $first: Int, $after: String) {
  impact(failures: $failures) {
    asOf graphVersion priority depthReached unknown hidden truncated assumptions
    causes { state item { key } }
    counts { type state count }
    impacted(types: $types, states: $states, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage hasPreviousPage endCursor }
      edges {
        node {
          item { __typename key ... on BusinessImpact { tier } }
          state bestState worstState depth rule path { key } causes { key }
        }
      }
    }
  }
}
"""
REACH = """
query ($key: String!, $direction: Direction!, $maxDepth: Int, $types: [ItemType!], $first: Int, $after: String) {
  reach(key: $key, direction: $direction, maxDepth: $maxDepth, types: $types, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    edges { node { depth item { key } path { key } } }
  }
}
"""
PATHS = """
query ($from: String!, $to: String!, $limit: Int) {
  paths(from: $from, to: $to, limit: $limit) { length items { key } }
}
"""


def keys(items: list[Json]) -> list[str]:
    return [item["key"] for item in items]


def nodes(connection: Json) -> list[Json]:
    return [edge["node"] for edge in connection["edges"]]


def impact(client: Client, *failures: Json, **arguments: Json) -> Json:
    return client.graphql(IMPACT, failures=list(failures), **arguments)["impact"]


def reach(client: Client, key: str, direction: str, **arguments: Json) -> Json:
    return client.graphql(REACH, key=key, direction=direction, **arguments)["reach"]


def reached(connection: Json) -> list[tuple[int, list[str]]]:
    return [(node["depth"], keys(node["path"])) for node in nodes(connection)]
