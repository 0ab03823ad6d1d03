"""Limits on GraphQL documents: each refuses with one sentence that names it, before anything runs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from graphql import get_introspection_query

from app.database.client import Connection
from tests.service import Client, Json, Refusal, emptied, running


@pytest.fixture(scope="module")
def caller(connection: Connection) -> Iterator[Client]:
    """A caller of an empty service with the limits as they are shipped."""
    with running(emptied(connection)) as service:
        yield service.client()


@contextmanager
def limited(connection: Connection, **settings: Json) -> Iterator[Client]:
    with running(emptied(connection), **settings) as service:
        yield service.client()


def nested(levels: int) -> str:
    """A query that is `levels` selections deep."""
    return (
        '{ item(key: "a") '
        + "{ dependencies(first: 1) { edges { node " * ((levels - 1) // 3)
        + "{ key } "
        + "} } } " * ((levels - 1) // 3)
        + "}"
    )


def refused(client: Client, query: str, **variables: Json) -> str:
    """The message of the only error, which came before anything ran."""
    answer = client.answer(query, variables)
    (error,) = answer["errors"]
    assert "data" not in answer
    assert error["extensions"]["code"] == "INVALID_INPUT"
    message: str = error["message"]
    return message


def test_a_query_may_be_twelve_selections_deep(caller: Client) -> None:
    assert caller.graphql(nested(10)) == {"item": None}
    assert caller.graphql(nested(10).replace("{ key }", "{ owner { health { state } } }")) == {"item": None}


def test_a_deeper_query_is_refused(caller: Client) -> None:
    assert refused(caller, nested(13)) == "the query is 13 selections deep, at most 12 are taken; ask in steps"


def test_fragments_hide_no_depth(caller: Client) -> None:
    query = '{ item(key: "a") { ...A } }\n' + "\n".join(
        f"fragment {name} on ConfigurationItem {{ owner {{ ... on ConfigurationItem {{ ...{inner} }} }} }}"
        for name, inner in zip("ABCDEFGHIJKL", "BCDEFGHIJKLM", strict=True)
    )

    message = refused(caller, query + "\nfragment M on ConfigurationItem { key }")

    assert message == "the query is 13 selections deep, at most 12 are taken; ask in steps"


def aliases(count: int) -> str:
    return "{" + " ".join(f"a{number}: __typename" for number in range(count)) + "}"


def test_thirty_aliases_are_answered(caller: Client) -> None:
    assert len(caller.graphql(aliases(30))) == 30


def test_more_aliases_are_refused(caller: Client) -> None:
    assert refused(caller, aliases(31)) == "the query has 31 aliases, at most 30 are answered; split it"


def test_aliases_in_a_fragment_count_wherever_it_is_spread(caller: Client) -> None:
    spread = '{ item(key: "a") { ...A } b: item(key: "b") { ...A } }'
    fragment = "fragment A on ConfigurationItem {" + " ".join(f"a{number}: key" for number in range(15)) + "}"

    assert refused(caller, spread + fragment) == "the query has 31 aliases, at most 30 are answered; split it"


def ids(count: int) -> str:
    """A query of 12 tokens and `count` more."""
    return "{ nodes(ids: [" + '"a" ' * count + "]) { id } }"


def test_a_document_may_have_two_thousand_tokens(caller: Client) -> None:
    assert caller.refusal(ids(1_988)).message == "ids has 1988 entries, at most 500 are taken; send them in parts"


def test_a_longer_document_is_refused(caller: Client) -> None:
    message = refused(caller, ids(1_989))

    assert message == "the query has more than 2000 tokens; put values into variables, or split it"


def test_a_document_that_repeats_itself_too_often_is_refused(caller: Client) -> None:
    message = refused(caller, "{" + "__typename " * 1_998 + "}")

    assert message == "the query repeats fields or fragments too often to be checked; name each of them once"


def test_text_and_comments_are_not_counted_by_their_length(caller: Client) -> None:
    query = "# " + "(" * 100_000 + '\n{ item(key: "' + "x{" * 100_000 + '") { key } }'

    assert caller.graphql(query) == {"item": None}


@pytest.mark.parametrize(
    "query",
    [
        "{" * 60 + "a" + "}" * 60,
        "{ a(b: " + "[" * 600 + "]" * 600 + ") }",
        "query ($a: " + "[" * 600 + "Int" + "]" * 600 + ") { __typename }",
        "{ a(b: " + "{c: " * 300 + "1" + "}" * 300 + ") }",
        "{" * 1_900,
    ],
    ids=["selections", "lists", "types", "objects", "never closed"],
)
def test_brackets_in_brackets_are_refused_before_they_are_parsed(caller: Client, query: str) -> None:
    message = refused(caller, query)

    assert message == "the query is nested more than 50 brackets deep; put values into variables"


def test_fifty_brackets_are_parsed(caller: Client) -> None:
    literal = "[" * 45 + "]" * 45
    rows = f'[{{key: "?", type: TEAM, attributes: {{a: {literal}}}}}]'
    query = f"mutation {{ upsertItems(items: {rows}) {{ graphVersion }} }}"

    assert caller.refusal(query).message.startswith("items[0]: key must be ")


PAGE = "query ($n: Int) { items(first: $n) { edges { node { dependencies(first: $n) { edges { node { key } } } } } } }"


def test_a_query_for_too_many_objects_is_refused(caller: Client) -> None:
    message = refused(caller, PAGE, n=200)

    assert message == ("the query asks for up to 120600 objects, at most 50000 are given; ask for smaller pages")


def test_the_same_query_for_smaller_pages_is_answered(caller: Client) -> None:
    assert caller.graphql(PAGE, n=100) == {"items": {"edges": []}}


def test_a_page_size_of_null_counts_as_the_default(caller: Client) -> None:
    deeper = PAGE.replace("{ key }", "{ dependents(first: $n) { edges { node { key } } } }")

    assert "the query asks for up to 382650 objects" in refused(caller, deeper, n=None)


def test_a_default_of_a_variable_counts(caller: Client) -> None:
    assert "asks for up to 120600 objects" in refused(caller, PAGE.replace("$n: Int", "$n: Int = 200"))


def test_a_page_that_is_too_large_is_refused_by_its_argument(caller: Client) -> None:
    refusal = caller.refusal("{ items(first: 1000000) { totalCount } }")

    assert refusal == Refusal("INVALID_INPUT", "first must be from 0 to 500, not 1000000; ask for several pages")


def test_fragments_that_spread_each_other_twice_cost_no_time(caller: Client) -> None:
    chain = " ".join(
        f"fragment F{number} on ConfigurationItem {{ ...F{number + 1} ...F{number + 1} }}" for number in range(60)
    )

    answer = caller.answer('{ item(key: "a") { ...F0 } } ' + chain + " fragment F60 on ConfigurationItem { key }")

    assert answer == {"data": {"item": None}}


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment A on ConfigurationItem { ...A }",
        "fragment A on ConfigurationItem { owner { ...B } } fragment B on Team { owner { ...A } }",
    ],
    ids=["itself", "each other"],
)
def test_fragments_that_spread_themselves_are_refused(caller: Client, fragments: str) -> None:
    assert "Cannot spread fragment 'A' within itself" in refused(caller, '{ item(key: "a") { ...A } } ' + fragments)


def test_the_schema_can_be_asked_for(caller: Client) -> None:
    schema = caller.graphql(get_introspection_query())["__schema"]

    assert schema["queryType"]["name"] == "Query"


def test_a_batch_is_refused(caller: Client) -> None:
    response = caller.http.post("/graphql", json=[{"query": "{ __typename }"}] * 2)

    assert response.status_code == 400
    assert response.json()["detail"] == "a batch is not taken; send one operation in each request"


@pytest.mark.parametrize(
    ("setting", "query", "message"),
    [
        ("graphql_max_depth", "{ items { edges { node { key } } } }", "is 3 selections deep, at most 2 are taken"),
        ("graphql_max_aliases", aliases(3), "has 3 aliases, at most 2 are answered"),
        ("graphql_max_tokens", "{ a }", "has more than 2 tokens"),
        (
            "graphql_max_cost",
            "{ items(first: 2) { edges { cursor } } }",
            "asks for up to 4 objects, at most 2 are given",
        ),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else None,
)
def test_a_limit_can_be_set(connection: Connection, setting: str, query: str, message: str) -> None:
    with limited(connection, **{setting: 2}) as client:
        assert message in refused(client, query)


def test_the_largest_page_can_be_set(connection: Connection) -> None:
    with limited(connection, max_page_size=3) as client:
        refusal = client.refusal("{ items(first: 4) { totalCount } }")

    assert refusal.message == "first must be from 0 to 3, not 4; ask for several pages"
