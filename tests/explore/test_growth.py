"""Expressions that stay small, and those that may not."""

import pytest

from app.errors import NotAllowed
from app.explore.growth import check_growth
from app.explore.words import words_of

SMALL = [
    "MATCH (n) RETURN n.key + ' (' + n.name + ')' AS label, n.key AS key",
    "RETURN reduce(sum = 0, x IN xs | sum + x.seconds) AS sum",
    "RETURN reduce(s = '', n IN nodes(p) | s + n.key + ', ') AS chain",
    "RETURN reduce(s = '', x IN collected[..100] | s + x) AS text",
    "RETURN [i IN range(0, size(xs) - 1) | xs[i]] AS again",
    "UNWIND range(1, 1000000000) AS x RETURN count(x)",
    "RETURN replace(n.key, '-', '_') AS key",
    "MATCH (n) WHERE n.key =~ '(?i).*(ledger|payments).*' RETURN n",
    "WITH a AS a, b AS b WITH a + b AS c WITH c + 'x' AS c RETURN c + c AS d",
]
LARGE = [
    ("RETURN reduce(s = 'x', i IN range(1, 40) | s + s) AS s", "the step of reduce()"),
    (
        "RETURN reduce(s = [], i IN range(1, 40) | replace(s, 'x', 'xx')) AS s",
        "the third argument|the step of reduce()",
    ),
    ("RETURN reduce(s = '', x IN xs | s + x) AS s", "reduce() to a text or list is taken over nodes()"),
    ("RETURN reduce(s = 0, x IN xs | toString(s) + 'x') AS s", "reduce() to a text or list is taken over nodes()"),
    ("RETURN range(1, 1000000000) AS r", "range() is taken after UNWIND and IN only"),
    ("RETURN [x IN range(1, 1000000000) | x] AS r", "the loops of the query take more than 1,000,000 turns"),
    ("RETURN [x IN range(1, $n) | x] AS r", "a range() after IN must end at a number"),
    ("RETURN [x IN range(1, size(xs) * 1000000) | x] AS r", "a range() after IN must end at a number"),
    ("RETURN replace(a, 'x', a) AS r", "the third argument of replace()"),
    ("WITH 'x' AS a " + "WITH a + a AS a " * 9 + "RETURN a", "a value is put together from itself"),
    ("WITH [1] AS a " + "WITH [a, a] AS a " * 9 + "RETURN a", "a value is put together from itself"),
    ("WITH {v: 'x'} AS a " + "WITH {v: a.v + a.v} AS a " * 9 + "RETURN a", "a value is put together from itself"),
    ("MATCH (n) WHERE n.key =~ '(a+)+b' RETURN n", "repeats a group that repeats"),
    ("MATCH (n) WHERE n.key =~ $pattern RETURN n", "repeats a group that repeats"),
    ("MATCH (n) WHERE n.key =~ '(a' + '+)+b' RETURN n", "the pattern after =~ must be written"),
]
PARAMETERS = {"n": 1, "pattern": "(x|y)*z"}


@pytest.mark.parametrize("query", SMALL)
def test_what_stays_small_passes(query: str) -> None:
    check_growth(words_of(query), PARAMETERS)


@pytest.mark.parametrize(("query", "sentence"), LARGE)
def test_what_may_grow_or_loop_without_bound_is_refused(query: str, sentence: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        check_growth(words_of(query), PARAMETERS)

    assert any(refusal.value.message.find(part) >= 0 for part in sentence.split("|"))
