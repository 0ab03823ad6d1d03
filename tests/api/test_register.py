"""The register of information over GraphQL and as a file, of the demo company."""

from tests.api.questions import nodes
from tests.service import Client

REGISTER = """query ($template: RegisterTemplate!, $first: Int, $after: String) {
  registerOfInformation(template: $template) {
    columns { code words }
    rows(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { key cells } } }
    problems(first: $first) { totalCount edges { node { key column sentence } } } } }"""


def test_rows_and_problems_are_paged(demo: Client) -> None:
    whole = demo.graphql(REGISTER, template="B_05_02", first=500)["registerOfInformation"]
    first = demo.graphql(REGISTER, template="B_05_02", first=2)["registerOfInformation"]
    after = first["rows"]["pageInfo"]["endCursor"]
    rest = demo.graphql(REGISTER, template="B_05_02", first=500, after=after)["registerOfInformation"]

    assert first["rows"]["pageInfo"]["hasNextPage"]
    assert [*nodes(first["rows"]), *nodes(rest["rows"])] == nodes(whole["rows"])
    assert first["rows"]["totalCount"] == len(nodes(whole["rows"]))
    assert len(nodes(first["problems"])) == 2


def test_a_cursor_of_another_template_is_refused(demo: Client) -> None:
    first = demo.graphql(REGISTER, template="B_05_02", first=1)["registerOfInformation"]
    after = first["rows"]["pageInfo"]["endCursor"]

    assert demo.refusal(REGISTER, template="B_06_01", first=1, after=after).code == "INVALID_INPUT"


def test_a_subcontractor_is_one_rank_behind_its_recipient(demo: Client) -> None:
    found = demo.graphql(REGISTER, template="B_05_02", first=500)["registerOfInformation"]

    chain = [node["cells"] for node in nodes(found["rows"]) if node["key"] == "contract-northlight"]
    assert [(cells[2], cells[4], cells[5]) for cells in chain] == [
        ("XXXX00NORTHLIGHT0084", "1", None),
        ("XXXX00CUMULON0000071", "2", "XXXX00NORTHLIGHT0084"),
    ]


def test_the_file_has_the_rows_of_the_answer(demo: Client) -> None:
    found = demo.graphql(REGISTER, template="B_06_01", first=500)["registerOfInformation"]

    answer = demo.http.get("/exports/dora/B_06.01.csv")

    lines = answer.text.splitlines()
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="B_06.01.csv"'
    assert lines[0] == ",".join(column["code"] for column in found["columns"])
    assert len(lines) == 1 + found["rows"]["totalCount"]


def test_a_template_that_is_not_there_is_refused(demo: Client) -> None:
    assert demo.http.get("/exports/dora/B_99.01.csv").status_code == 422
