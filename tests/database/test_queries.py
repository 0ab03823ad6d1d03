"""The loader of query files: what a header must say."""

from pathlib import Path

import pytest

from app.database.queries import Query, QueryFileError, parse_queries

FILE = Path("cypher/some.cypher")


def refusal(text: str) -> str:
    with pytest.raises(QueryFileError) as refused:
        parse_queries(text, FILE)
    return str(refused.value)


def test_a_query_is_known_by_its_header() -> None:
    text = """
// name: item_by_key
// One item,
// or none.
// params: key (string, item key), first (integer, 1..500)
// returns: key, name
// scan: there are few
MATCH (item:ConfigurationItem {key: $key})
// a comment inside
RETURN item.key AS key, item.name AS name LIMIT $first;

// name: clear
// Removes everything.
// params: nothing
// returns: nothing
MATCH (n) DETACH DELETE n;
"""

    assert parse_queries(text, FILE) == {
        "item_by_key": Query(
            "item_by_key",
            "MATCH (item:ConfigurationItem {key: $key})\n// a comment inside\n"
            "RETURN item.key AS key, item.name AS name LIMIT $first",
            "One item, or none.",
            frozenset({"key", "first"}),
            ("key", "name"),
            "there are few",
        ),
        "clear": Query("clear", "MATCH (n) DETACH DELETE n", "Removes everything.", frozenset(), ()),
    }


def test_a_repeated_name_is_refused() -> None:
    once = "// name: one\n// Says one.\n// params: nothing\n// returns: x\nRETURN 1 AS x;\n"

    assert refusal(once * 2) == "some.cypher: the name 'one' is used twice"


def test_a_missing_description_is_refused() -> None:
    assert refusal("// name: one\n// params: nothing\n// returns: x\nRETURN 1 AS x;") == (
        "some.cypher: one has no description"
    )


def test_missing_returns_are_refused() -> None:
    assert refusal("// name: one\n// Says one.\n// params: nothing\nRETURN 1 AS x;") == (
        "some.cypher: one does not say what it returns"
    )


def test_a_declared_parameter_that_is_not_used_is_refused() -> None:
    assert refusal("// name: one\n// Says one.\n// params: a, b\n// returns: x\nRETURN $a AS x;") == (
        "some.cypher: one declares ['a', 'b'] but uses ['a']"
    )


def test_a_used_parameter_that_is_not_declared_is_refused() -> None:
    assert refusal("// name: one\n// Says one.\n// returns: x\nRETURN $a AS x;") == (
        "some.cypher: one declares [] but uses ['a']"
    )
