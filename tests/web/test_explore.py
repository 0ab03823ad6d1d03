"""Cypher over HTTP, GraphQL and the command line: rows, types, tables, and what an error looks like."""

from collections.abc import Iterator

import orjson
import pytest

from app.database.client import Connection
from tests.journeys.up import underpin
from tests.service import Json, Service, emptied, running

ASK = "query ($q: String!, $p: JSON) { cypher(query: $q, parameters: $p) { columns rows graph { nodes edges } } }"
TYPES = (
    "RETURN 1 AS whole, 9007199254740993 AS large, 1.5 AS part, 0.0 / 0.0 AS no, true AS flag, null AS nothing, "
    "date('2026-11-26') AS day, datetime('2026-11-26T09:00:00.5Z') AS instant, "
    "datetime('2026-11-26T09:00:00[Europe/Berlin]') AS zoned, localtime('09:00') AS clock, duration('P1DT2H') AS long, "
    "point({x: 1, y: 2}) AS place, [1, 'a'] AS list, {a: 1} AS map, {`$type`: 'node'} AS posing"
)
WRITTEN = [
    1,
    {"$type": "integer", "value": "9007199254740993"},
    1.5,
    {"$type": "float", "value": "nan"},
    True,
    None,
    {"$type": "date", "value": "2026-11-26"},
    {"$type": "datetime", "value": "2026-11-26T09:00:00.500000000+00:00"},
    {"$type": "datetime", "value": "2026-11-26T09:00:00.000000000+01:00[Europe/Berlin]"},
    {"$type": "localtime", "value": "09:00:00.000000000"},
    {"$type": "duration", "value": "P1DT2H"},
    {"$type": "point", "srid": 7203, "coordinates": [1.0, 2.0]},
    [1, "a"],
    {"a": 1},
    {"$type": "map", "value": {"$type": "node"}},
]


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as found:
        found.client().add([{"key": "a", "type": "COMPONENT"}, {"key": "b", "type": "COMPONENT"}], "a -> b")
        yield found


def lines(service: Service, query: str, **question: Json) -> list[Json]:
    response = service.client().http.post("/explore", json={"query": query, **question})
    assert response.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in response.text.splitlines()]


def test_every_value_keeps_its_type(service: Service) -> None:
    answer = service.client().graphql(ASK, q=TYPES)["cypher"]

    assert answer["rows"] == [WRITTEN]


def test_nodes_and_relationships_are_whole_and_can_be_drawn(service: Service) -> None:
    answer = service.client().graphql(
        ASK, q="MATCH p = (a {key: $key})-[r:DEPENDS_ON]->(b) RETURN p, a", p={"key": "a"}
    )

    (path, node), graph = answer["cypher"]["rows"][0], answer["cypher"]["graph"]
    assert (node["$type"], node["key"], node["labels"]) == ("node", "a", ["Component", "ConfigurationItem"])
    assert [one["key"] for one in path["nodes"]] == ["a", "b"]
    assert [one["key"] for one in graph["nodes"]] == ["a", "b"]
    assert [(one["type"], one["from"], one["to"]) for one in graph["edges"]] == [
        ("DEPENDS_ON", path["nodes"][0]["id"], path["nodes"][1]["id"])
    ]


def test_rows_come_one_a_line_between_columns_and_a_summary(service: Service) -> None:
    first, *rows, last = lines(service, "MATCH (c:Component) RETURN c.key AS key ORDER BY key", limit=1)

    assert (first, rows) == ({"columns": ["key"]}, [{"row": ["a"]}])
    assert last["summary"]["rowCount"] == 1
    assert last["summary"]["truncated"] is True
    assert last["summary"]["notes"] == ["there are more than 1 rows; raise the limit, or aggregate"]


def test_an_answer_that_fails_on_its_way_ends_with_the_error(service: Service) -> None:
    *_, last = lines(service, "UNWIND range(1, 2000) AS x RETURN 1 / (1500 - x) AS y")

    assert last == {"error": {"code": "INVALID_INPUT", "message": "Neo4j refuses the query: / by zero"}}


def test_a_refused_query_is_a_problem_document(service: Service) -> None:
    response = service.client().http.post("/explore", json={"query": "MATCH (n) DETACH DELETE n"})

    assert response.status_code == 403
    assert response.json()["detail"] == (
        "the query does more than read; change the inventory with upsertItems or `underpin import`"
    )
    assert lines(service, "MATCH (c:Component) RETURN count(c) AS n")[1] == {"row": [2]}


def test_a_table_says_in_a_header_what_was_left_out(service: Service) -> None:
    question = {"query": "MATCH (c:Component) RETURN c.key AS key, date($day) AS day, [1] AS list ORDER BY key"}
    ask = {**question, "parameters": {"day": "2026-11-26"}, "limit": 1}

    response = service.client().http.post("/explore", json=ask, headers={"Accept": "text/csv"})

    assert response.text == "key,day,list\r\na,2026-11-26,[1]\r\n"
    assert response.headers["underpin-truncated"] == "there are more than 1 rows; raise the limit, or aggregate"


def test_without_a_token_nothing_is_answered(connection: Connection) -> None:
    with running(connection, local_mode=False) as guarded:
        response = guarded.client().http.post("/explore", json={"query": "RETURN 1"})

    assert response.status_code == 401


def test_the_command_prints_a_table_json_and_csv(service: Service) -> None:
    asked = [
        "cypher",
        "MATCH (c:Component {key: $key}) RETURN c AS item, $n AS n",
        "--param",
        "key=a",
        "--param",
        "n=3",
    ]

    table, json, csv = (underpin(*asked, "--format", form, url=service.url) for form in ("table", "json", "csv"))

    assert table.stdout.split() == ["item", "n", "(a)", "3"]
    assert orjson.loads(json.stdout)["rows"][0][1] == 3
    assert csv.stdout.splitlines()[0] == "item,n"
    assert table.stderr.startswith("1 rows in")


def test_the_command_refuses_in_one_sentence(service: Service) -> None:
    refused = underpin("cypher", "MATCH (t:AccessToken) RETURN t", url=service.url)

    assert refused.returncode == 1
    assert "AccessToken is not of the model that can be explored" in refused.stderr
