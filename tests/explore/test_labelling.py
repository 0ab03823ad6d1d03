"""Patterns without a label mean the nodes of the model."""

import pytest

from app.explore.allowed import TOP_LABELS
from app.explore.labelling import with_labels

MODEL = "|".join(TOP_LABELS)


@pytest.mark.parametrize(
    ("query", "labelled"),
    [
        ("MATCH (n) RETURN n", "MATCH (n:M) RETURN n"),
        ("MATCH () RETURN 1", "MATCH (:M) RETURN 1"),
        ("MATCH (n {key: 'x'}) RETURN (n)", "MATCH (n:M {key: 'x'}) RETURN (n)"),
        ("MATCH (n WHERE n.x = (1)) RETURN n", "MATCH (n:M WHERE n.x = (1)) RETURN n"),
        ("MATCH (a)-[r]->(b:Team), (c) RETURN r", "MATCH (a:M)-[r]->(b:Team), (c:M) RETURN r"),
        ("MATCH p = (a)<--(b) RETURN length(p)", "MATCH p = (a:M)<--(b:M) RETURN length(p)"),
        ("MATCH (n:Team) WHERE NOT (n)--() RETURN n", "MATCH (n:Team) WHERE NOT (n:M)--(:M) RETURN n"),
        ("RETURN COUNT { (n) } AS c", "RETURN COUNT { (n:M) } AS c"),
        ("RETURN [(a)-->(b) | (b.key)] AS c", "RETURN [(a:M)-->(b:M) | (b.key)] AS c"),
        ("MATCH p = shortestPath((a)-[*]-(b)) RETURN p", "MATCH p = shortestPath((a:M)-[*]-(b:M)) RETURN p"),
        ("UNWIND [1] AS x RETURN (x) + (x), count(x)", "UNWIND [1] AS x RETURN (x) + (x), count(x)"),
        ("MATCH (n) // (m)\nRETURN '(o)'", "MATCH (n:M) // (m)\nRETURN '(o)'"),
    ],
)
def test_a_label_is_written_into_every_pattern_that_has_none(query: str, labelled: str) -> None:
    assert with_labels(query) == labelled.replace(":M", f":{MODEL}")
