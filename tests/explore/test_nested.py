"""Subqueries that a plan holds as text."""

import pytest

from app.explore.nested import unproven_parts

OF_THE_MODEL = [
    "n.tier > $x",
    "[x IN nodes(p) | COLLECT {   MATCH (x)-[`anon_3`:LOCATED_IN]->(l)     WHERE l:Location   RETURN l.key AS `a` }]",
    "[x IN $x | EXISTS { MATCH (t) WHERE (t:Component OR t:Team) AND (t.a = $y OR t.b = $z) }]",
    "COUNT { MATCH (n)-[`r`:DEPENDS_ON]->(`anon_1`) WHERE `anon_1`:Location }",
    "EXISTS { MATCH (t) WHERE t:Component MATCH (u) WHERE u:Team RETURN $a AS z }",
    "EXISTS { MATCH (t), (u) WHERE t:Component AND u:Team }",
]
BEYOND = [
    ("[x IN $x | COUNT { MATCH (t) }]", ["(t)"]),
    ("[x IN $x | COUNT { MATCH (t) WHERE t:Foreign }]", ["(t)"]),
    ("EXISTS { MATCH (t) WHERE t:Component OR t:Foreign }", ["(t)"]),
    ("EXISTS { MATCH (t) WHERE t:Component OR t.a = $x }", ["(t)"]),
    ("EXISTS { MATCH (t) WHERE NOT t:Component }", ["(t)"]),
    ("EXISTS { MATCH (t) WHERE (t:Component OR u:Team) }", ["(t)"]),
    ("EXISTS { MATCH (t), (u) WHERE t:Component }", ["(u)"]),
    ("EXISTS { MATCH (t) WHERE t:Component MATCH (u) RETURN $a AS z }", ["(u)"]),
    ("EXISTS { MATCH (t) WHERE t:Component RETURN $a AS z UNION MATCH (u) RETURN $a AS z }", ["(u)"]),
    ("EXISTS { MATCH (t) WHERE t:Component AND EXISTS { MATCH (u) WHERE u.x = t.x } }", ["(u)"]),
    ("EXISTS { MATCH (t) WHERE t:$all($x) }", ["(t)"]),
]


@pytest.mark.parametrize("details", OF_THE_MODEL)
def test_a_subquery_that_begins_at_a_label_of_the_model_is_proven(details: str) -> None:
    assert [*unproven_parts(details)] == []


@pytest.mark.parametrize(("details", "places"), BEYOND)
def test_a_pattern_that_may_begin_elsewhere_is_told(details: str, places: list[str]) -> None:
    assert [*unproven_parts(details)] == places


@pytest.mark.parametrize(
    "beyond", ["CALL db.labels()", 'LOAD CSV FROM "file:///x" AS l', "CALL { MATCH (t) RETURN t }"]
)
def test_a_subquery_that_calls_or_loads_is_not_looked_into(beyond: str) -> None:
    details = f"COUNT {{ {beyond} RETURN $x AS l }}"

    assert [*unproven_parts(details)][:1] == [details]
