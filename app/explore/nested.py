"""Subqueries that a plan holds as text: of one inside an expression the server shows no operators of its own.

Found by measuring: `[x IN [1] | COUNT { (token:AccessToken) }]` is planned as a single projection. Its details hold the
subquery as the server rewrote it: a MATCH of bare names, with all labels in its WHERE, as `token:AccessToken`.
"""

from collections.abc import Iterator, Sequence

from app.errors import InvalidInput, NotAllowed
from app.explore.allowed import LABELS
from app.explore.words import Kind, Word, words_of

_CLAUSES = ("MATCH", "OPTIONAL", "WHERE", "WITH", "RETURN", "UNWIND", "CALL", "UNION", "LOAD", "ORDER", "SKIP", "LIMIT")
_BEYOND = ("CALL", "LOAD", "USE")
_SUBQUERIES = ("EXISTS", "COUNT", "COLLECT")


def unproven_parts(details: str) -> Iterator[str]:
    """Each pattern of a subquery in the details of an operator that names no node of a label of the model.

    One such node in a pattern is enough: its neighbours are of the model too.
    """
    if not any(f"{word} {{" in details for word in _SUBQUERIES):
        return
    try:
        words = words_of(details)
    except (InvalidInput, NotAllowed):
        yield details
        return
    if any(word.is_word(*_BEYOND) for word in words):
        yield details
        return
    for place, word in enumerate(words):
        if word.is_word("MATCH"):
            yield from _unproven(words[place + 1 :], word.depth)


def _unproven(words: Sequence[Word], depth: int) -> Iterator[str]:
    pattern, rest = _clause(words, depth)
    predicate = _clause(rest[1:], depth)[0] if rest and rest[0].is_word("WHERE") else ()
    labelled = {name for part in _parts(predicate, depth, "AND") if (name := _labelled(part))}
    for part in _parts(pattern, depth, ","):
        names = [
            part[place + 1].name
            for place, word in enumerate(part[:-2])
            if word.is_mark("(") and part[place + 2].is_mark(")")
        ]
        if labelled.isdisjoint(names):
            yield " ".join(f"({name})" for name in names) or "()"


def _clause(words: Sequence[Word], depth: int) -> tuple[Sequence[Word], Sequence[Word]]:
    """The words of a clause, and those after it."""
    for place, word in enumerate(words):
        if word.depth < depth or (word.depth == depth and word.is_word(*_CLAUSES)):
            return words[:place], words[place:]
    return words, ()


def _parts(words: Sequence[Word], depth: int, between: str) -> Iterator[Sequence[Word]]:
    first = 0
    for place, word in enumerate(words):
        if word.depth == depth and (word.is_mark(between) or word.is_word(between)):
            yield words[first:place]
            first = place + 1
    yield words[first:]


def _labelled(part: Sequence[Word]) -> str | None:
    """The name that `name:Label`, or `(name:Label OR name:Other)`, says to be of labels of the model."""
    if len(part) > 2 and part[0].is_mark("(") and part[-1].is_mark(")"):
        part = part[1:-1]
    names = set()
    for one in _parts(part, part[0].depth if part else 0, "OR"):
        if len(one) != 3 or not one[1].is_mark(":") or one[2].name not in LABELS or one[0].kind is Kind.MARK:
            return None
        names.add(one[0].name)
    return names.pop() if len(names) == 1 else None
