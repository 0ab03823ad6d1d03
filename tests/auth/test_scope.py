"""Which items a scope shows, and that a scope which says nothing shows nothing."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.auth.scope import Scope, checked_scope, scope_of
from app.errors import InvalidInput

LAW = settings(max_examples=300, deadline=None, derandomize=True)
TEXT = st.text(min_size=1, max_size=4)
VALUES = TEXT | st.booleans() | st.integers(-9, 99) | st.floats(-2, 2) | st.none() | st.lists(TEXT, max_size=2)


@pytest.mark.parametrize(
    ("key", "owner", "attributes"),
    [
        ("payments", None, {}),
        ("db-1", "payments", {}),
        ("db-1", None, {"env": "prod"}),
        ("db-1", "other", {"env": "test", "racks": 2}),
        ("db-1", None, {"gold": True}),
        ("db-1", None, {"organisation": "acme"}),
    ],
)
def test_a_team_what_it_owns_and_what_has_a_label_are_shown(
    key: str, owner: str | None, attributes: dict[str, object]
) -> None:
    scope = scope_of(["payments"], ["env=prod", "racks=2", "gold=true"], ["acme"])

    assert scope.shows(key, owner, attributes)


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"env": "production"},
        {"ENV": "prod"},
        {"x": {"env": "prod"}},
        {"env": ["prod"]},
        {"env": None},
        {"prod": "env"},
    ],
)
def test_nothing_else_is_shown(attributes: dict[str, object]) -> None:
    scope = scope_of(["payments"], ["env=prod"])

    assert not scope.shows("payments-db", "payments-2", attributes)
    assert not scope.shows("payments-db", None, attributes)


@LAW
@given(TEXT, st.none() | TEXT, st.dictionaries(TEXT, VALUES))
def test_an_empty_scope_shows_nothing(key: str, owner: str | None, attributes: dict[str, object]) -> None:
    assert not Scope().shows(key, owner, attributes)


@LAW
@given(st.dictionaries(TEXT, VALUES, min_size=1), st.data())
def test_what_is_looked_for_in_json_stands_in_the_attributes_of_all_that_is_shown(
    attributes: dict[str, object], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(attributes)))
    value = attributes[name]
    words = value if isinstance(value, str) else orjson.dumps(value).decode()
    scope = Scope(labels=frozenset({(name, words)}))

    written = orjson.dumps(attributes).decode()

    shown = scope.shows("any", None, attributes)
    assert shown is (value is not None and not isinstance(value, list))
    assert not shown or all(piece in written for pieces in scope.labels_in_json for piece in pieces)


@LAW
@given(st.frozensets(TEXT), st.frozensets(st.tuples(TEXT.filter(lambda name: "=" not in name), TEXT)))
def test_a_scope_is_what_its_words_say(teams: frozenset[str], labels: frozenset[tuple[str, str]]) -> None:
    scope = Scope(teams, labels)

    assert scope_of(sorted(scope.teams), scope.label_words) == scope


def test_a_new_token_without_any_part_of_a_scope_has_none() -> None:
    assert checked_scope([], [], []) is None
    assert checked_scope([], ["env=a=b"], ["acme"]) == Scope(
        labels=frozenset({("env", "a=b"), ("organisation", "acme")})
    )


@pytest.mark.parametrize(
    ("teams", "labels", "sentence"),
    [
        ([""], [], "'' is no part of a scope"),
        (["a\n"], [], "is no part of a scope"),
        (["a" * 501], [], "is no part of a scope"),
        ([], ["prod"], "the label 'prod' is not of the form name=value"),
        ([], ["=prod"], "the label '=prod' is not of the form name=value"),
        (["a"] * 101, [], "at most 100 teams, labels and organisations, not 101"),
    ],
)
def test_a_part_that_can_mean_nothing_is_refused(teams: list[str], labels: list[str], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        checked_scope(teams, labels, [])
