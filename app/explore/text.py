"""What may not stand in the text of a query, whatever the server's plan says of it."""

from collections.abc import Mapping, Sequence

from app.errors import InvalidInput, NotAllowed
from app.explore.allowed import BEFORE_A_BRACKET, FUNCTIONS, HELD_BACK, LABELS, PROCEDURES
from app.explore.growth import check_growth
from app.explore.words import Kind, Word, calls, plain_text, words_of

MAX_NESTING = 50
"""Brackets in brackets: the server's parser and planner are recursive."""
_MODES = ("EXPLAIN", "PROFILE")
_LINES = frozenset({"5", "25"})


def checked_text(query: str, parameters: Mapping[str, object], *, most_characters: int) -> str:
    """The query as it is sent to the server.

    Raises:
        InvalidInput: it is empty, too long, too deep, or not closed.
        NotAllowed: it holds what is not allowed in a query of a caller.
    """
    if len(query) > most_characters:
        raise InvalidInput(
            f"the query has {len(query)} characters, at most {most_characters} are taken; "
            "pass long lists as parameters, or raise UNDERPIN_CYPHER_MAX_CHARACTERS"
        )
    text = plain_text(query)
    words = words_of(text)
    if not words:
        raise InvalidInput("the query is empty; `underpin examples` lists questions to begin with")
    if max(word.depth for word in words) > MAX_NESTING:
        raise InvalidInput(f"the query is nested more than {MAX_NESTING} brackets deep; split it with WITH")
    _check_beginning(words)
    _check_names(words)
    _check_labels(words)
    _check_calls(words)
    check_growth(words, parameters)
    return text


def _check_beginning(words: Sequence[Word]) -> None:
    """The language may be chosen, as `CYPHER 25`; nothing else that steers the server may stand there."""
    place = 0
    if words[0].is_word("CYPHER"):
        if len(words) < 3 or words[1].text not in _LINES or _is_option(words[2:4]):
            raise NotAllowed("after CYPHER only 5 or 25 is allowed; leave out the other options")
        place = 2
    if words[place].is_word(*_MODES):
        raise NotAllowed(f"{words[place].text.upper()} is not needed; every answer says what it cost, leave it out")


def _is_option(words: Sequence[Word]) -> bool:
    """Whether these are the beginning of `runtime=parallel`."""
    return len(words) == 2 and words[1].is_mark("=")


def _check_names(words: Sequence[Word]) -> None:
    for word in words:
        if word.kind in (Kind.NAME, Kind.QUOTED) and word.name in HELD_BACK:
            raise NotAllowed(f"{word.name} is not of the model that can be explored; see `underpin model` for what is")


def _check_labels(words: Sequence[Word]) -> None:
    """A label that is computed, as `$(…)` or `$any(…)`, cannot be judged before the query runs."""
    for word, *after in zip(words, words[1:], words[2:], strict=False):
        if word.is_mark("$") and (after[0].is_mark("(") or (after[0].is_word("ALL", "ANY") and after[1].is_mark("("))):
            raise NotAllowed("labels and types must not be computed with $(); write them into the query")


def _check_calls(words: Sequence[Word]) -> None:
    for first, name in calls(words):
        before = words[first - 1] if first else None
        if words[first].is_word(*BEFORE_A_BRACKET) and name == words[first].name:
            continue
        if name in LABELS:
            continue  # as in USING INDEX item:ConfigurationItem(key)
        if before is not None and before.is_word("CALL"):
            if name not in PROCEDURES:
                raise NotAllowed(f"the procedure {name} is not allowed; these are: {', '.join(sorted(PROCEDURES))}")
        elif name.lower() not in FUNCTIONS:
            raise NotAllowed(f"the function {name} is not allowed; a query may only compute, and read the model")
