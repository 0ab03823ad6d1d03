"""Writes the labels of the model into those patterns of a query that name none, such as `(n)`.

Such a pattern means every node, and a caller means every node of the model. What comes out is planned and judged like
any other query: if a pattern is missed here, the query is refused, and nothing else.
"""

from collections.abc import Iterator, Sequence

from app.explore.allowed import TOP_LABELS
from app.explore.words import Kind, Word, words_of

_EXPRESSION = "|".join(TOP_LABELS)
_BEGINS = ("MATCH",)
_ENDS = ("WHERE", "WITH", "RETURN", "UNWIND", "CALL", "UNION", "ORDER", "OPTIONAL", "FILTER", "LET", "USING")
_SUBQUERIES = ("EXISTS", "COUNT")


def with_labels(text: str) -> str:
    """The query with a label for every node; the same text if no pattern wants one."""
    words = words_of(text)
    pieces: list[str] = []
    written = 0
    for place in _places(words):
        end = words[place].end
        pieces += text[written:end], f":{_EXPRESSION}"
        written = end
    return "".join((*pieces, text[written:]))


def _places(words: Sequence[Word]) -> Iterator[int]:
    """The word after which a label goes: the name of a node, or the bracket of one without a name."""
    matching = {0: False}
    for place, word in enumerate(words):
        if word.is_mark("{", "[", "("):
            before = words[place - 1] if place else None
            matching[word.depth + 1] = word.text == "{" and before is not None and before.is_word(*_SUBQUERIES)
        elif word.is_word(*_BEGINS):
            matching[word.depth] = True
        elif word.is_word(*_ENDS):
            matching[word.depth] = False
        if not word.is_mark("("):
            continue
        named = place + 1 < len(words) and words[place + 1].kind in (Kind.NAME, Kind.QUOTED)
        last = place + 1 if named and not words[place + 1].is_word("WHERE") else place
        if (
            _has_no_label(words, last)
            and not _is_called(words, place)
            and (matching[word.depth] or _is_joined(words, place))
        ):
            yield last


def _has_no_label(words: Sequence[Word], last: int) -> bool:
    after = words[last + 1] if last + 1 < len(words) else None
    return after is not None and (after.is_mark(")", "{", "$") or after.is_word("WHERE"))


def _is_called(words: Sequence[Word], place: int) -> bool:
    """Whether the bracket is that of a function: a name stands before it that is no word of a pattern."""
    before = words[place - 1] if place else None
    in_pattern = ("MATCH", "SHORTEST", "PATH", "PATHS", "GROUP", "GROUPS", "ALL", "ANY", "WHERE", "NOT", "AND", "OR")
    return before is not None and before.kind is Kind.NAME and not before.is_word(*in_pattern, "XOR", "RETURN")


def _is_joined(words: Sequence[Word], place: int) -> bool:
    """Whether an edge leads to the node or from it: `]-(`, `--(`, `->(`, or `)-[`, `)--`, `)<-` at its end."""
    if place > 1 and words[place - 1].is_mark("-", ">") and words[place - 2].is_mark("-", "]"):
        return True
    depth = words[place].depth
    close = next((at for at in range(place + 1, len(words)) if words[at].depth == depth), len(words))
    after = words[close + 1 : close + 3]
    return len(after) == 2 and (
        (after[0].is_mark("-") and after[1].is_mark("-", "[")) or (after[0].is_mark("<") and after[1].is_mark("-"))
    )
