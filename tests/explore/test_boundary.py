"""What can be explored and what cannot: every label and type is sorted, and no edge leads between the two."""

import re
from collections.abc import Iterator

import pytest
from neo4j import Session

from app.database.client import Connection
from app.explore.allowed import HELD_BACK, LABELS, RELATIONS, TOP_LABELS
from app.inventory.model import ItemType, Relation
from app.resources import resource_folder
from tests.filled import filled

WRITTEN = "\n".join(path.read_text(encoding="utf-8") for path in sorted(resource_folder("cypher").glob("*.cypher")))


@pytest.fixture(scope="module")
def session(connection: Connection) -> Iterator[Session]:
    with filled(connection) as opened:
        yield opened


def test_every_label_that_we_write_is_either_explored_or_held_back() -> None:
    written = set(re.findall(r"(?:MERGE|CREATE) \(\w*:(\w+)", WRITTEN))

    assert written - LABELS - HELD_BACK == set()
    assert set() == LABELS & HELD_BACK


def test_every_type_of_item_and_of_edge_is_explored() -> None:
    assert {one.value for one in ItemType} <= LABELS
    assert {one.name for one in Relation} <= RELATIONS


def test_every_node_has_one_top_label_or_is_held_back(session: Session) -> None:
    found = [set(row["labels"]) for row in session.run("MATCH (n) RETURN DISTINCT labels(n) AS labels")]

    assert {label for labels in found for label in labels} <= LABELS | HELD_BACK
    assert {len(labels & {*TOP_LABELS}) for labels in found if not labels & HELD_BACK} == {1}


def test_no_edge_leads_from_what_is_explored_to_what_is_held_back(session: Session) -> None:
    ends = session.run("MATCH (a)-[r]->(b) RETURN DISTINCT labels(a) AS a, type(r) AS type, labels(b) AS b")

    tied = [(bool({*row["a"]} & LABELS), row["type"] in RELATIONS, bool({*row["b"]} & LABELS)) for row in ends]
    assert {*tied} == {(True, True, True), (False, False, False)}  # the latter are the migrations


def test_the_full_text_index_is_on_labels_of_the_model(session: Session) -> None:
    found = session.run("SHOW FULLTEXT INDEXES YIELD labelsOrTypes RETURN labelsOrTypes")

    assert {label for row in found for label in row["labelsOrTypes"]} <= LABELS
