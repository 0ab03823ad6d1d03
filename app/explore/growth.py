"""What an expression may make of a little: long texts, long lists, long work.

The server limits the time and the memory of rows, but not those of one expression. A text that doubles itself forty
times ends the whole server, and a loop inside an expression goes on after its query was stopped (both measured). So
the words that build such things are held to bounds here; rows, which the server can stop, are not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from app.errors import NotAllowed
from app.explore.allowed import LABELS
from app.explore.words import Kind, Word

MAX_GROWTH = 256
"""How many times longer than its parts a value may become, step by step."""
MAX_LOOP = 1_000_000
"""Turns of all loops over ranges together, if they stand in each other."""
_LONGEST_REPLACEMENT = 16
_GUESSED_LENGTH = 100
_STEPS = ("WITH", "RETURN", "UNWIND", "LET", "NEXT")
_SHORT_LISTS = ("NODES", "RELATIONSHIPS", "LABELS", "KEYS")
_LENGTHS = ("SIZE", "LENGTH", "PATH_LENGTH", "CARDINALITY")
_NESTED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*[*+{|](?:[^()\\]|\\.)*\)\s*[*+{]|\)\s*\)\s*[*+{]")


def check_growth(words: Sequence[Word], parameters: Mapping[str, object]) -> None:
    """Let a query pass whose expressions stay small.

    Raises:
        NotAllowed: one may grow without bound, or loop for longer than anybody waits.
    """
    if prod(_doublings(words)) > MAX_GROWTH:
        raise NotAllowed("a value is put together from itself again and again; use each value once in each step")
    turns = 1
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        if following is not None and following.is_mark("("):
            if word.is_word("RANGE"):
                turns *= _turns(words, place)
            elif word.is_word("REPLACE"):
                _check_replacement(_arguments(words, place + 1))
            elif word.is_word("REDUCE", "ALLREDUCE"):
                _check_reduction(_arguments(words, place + 1))
        if word.is_mark("~"):
            _check_pattern(words[place + 1 : place + 4], parameters)
    if turns > MAX_LOOP:
        raise NotAllowed(f"the loops of the query take more than {MAX_LOOP:,} turns; UNWIND the range instead")


def _doublings(words: Sequence[Word]) -> Iterator[int]:
    """For each step of the query that puts values together: how often it uses the same one."""
    first = 0
    for place in (*(at for at, word in enumerate(words) if word.is_word(*_STEPS)), len(words)):
        step = words[first:place]
        if any(word.is_mark("+", "[", "{", ",") for word in step):
            yield max(Counter(_values(step)).values(), default=1)
        first = place


def _values(step: Sequence[Word]) -> Iterator[str]:
    """The values in a step of which more can be made: names, with the property that is asked of them."""
    for place, word in enumerate(step):
        before = step[place - 1] if place else None
        if word.kind not in (Kind.NAME, Kind.QUOTED) or (before is not None and before.is_mark(".")):
            continue
        following = step[place + 1 : place + 3]
        if following and following[0].is_mark("("):
            continue
        if len(following) == 2 and following[0].is_mark("."):
            yield f"{word.name}.{following[1].name}"
        elif not word.text.isupper() and word.name not in LABELS:
            yield word.name


def _arguments(words: Sequence[Word], opening: int) -> list[Sequence[Word]]:
    """What stands between the commas of the brackets that open at a place."""
    depth = words[opening].depth
    parts: list[Sequence[Word]] = []
    first = opening + 1
    for place in range(opening + 1, len(words)):
        word = words[place]
        if word.depth == depth or (word.depth == depth + 1 and word.is_mark(",")):
            parts.append(words[first:place])
            first = place + 1
            if word.depth == depth:
                break
    return parts


def _turns(words: Sequence[Word], place: int) -> int:
    """How often a range makes its expression be worked out; once where it makes rows, which the server can stop.

    Raises:
        NotAllowed: that cannot be seen, or it is a list by itself, which takes no room until it is sent.
    """
    before = words[place - 1] if place else None
    if before is not None and before.is_word("UNWIND"):
        return 1
    if before is None or not before.is_word("IN"):
        raise NotAllowed("range() is taken after UNWIND and IN only; collect what you need of it")
    start, end = ([*_arguments(words, place + 1), (), ()])[:2]
    if any(word.is_word(*_LENGTHS) for word in end) and not any(word.is_mark("*", "^") for word in end):
        return _GUESSED_LENGTH
    numbers = [int(side[0].text) for side in (start, end) if len(side) == 1 and side[0].text.isdecimal()]
    if len(numbers) != 2:
        raise NotAllowed("a range() after IN must end at a number, or at size() or length(); UNWIND others")
    return max(1, numbers[1] - numbers[0] + 1)


def _check_replacement(arguments: Sequence[Sequence[Word]]) -> None:
    new = arguments[2] if len(arguments) == 3 else ()
    if len(new) != 1 or new[0].kind is not Kind.TEXT or len(new[0].text) > _LONGEST_REPLACEMENT + 2:
        raise NotAllowed(
            f"the third argument of replace() must be a text of at most {_LONGEST_REPLACEMENT} letters, as '-'"
        )


def _check_reduction(arguments: Sequence[Sequence[Word]]) -> None:
    """Numbers may be added up over any list; texts and lists over the short ones only, and no faster than by parts."""
    step = [word for argument in arguments[1:] for word in argument]
    bar = next((place for place, word in enumerate(step) if word.is_mark("|")), len(step))
    source, step = step[:bar], step[bar + 1 :]
    name = arguments[0][0].name if arguments and arguments[0] else ""
    if sum(word.name == name for word in step) > 1 or any(word.is_word("REPLACE", "REDUCE", "IN") for word in step):
        raise NotAllowed("the step of reduce() may use what it has reached once, and hold no other loop")
    begins = arguments[0][2:] if arguments else ()
    numbers = len(begins) == 1 and begins[0].kind is Kind.NUMBER
    if numbers and not any(word.kind is Kind.TEXT or word.is_mark("[") for word in step):
        return
    if not any(word.is_word(*_SHORT_LISTS) for word in source) and not _is_slice(source):
        raise NotAllowed("reduce() to a text or list is taken over nodes(), relationships() or a slice as list[..100]")


def _is_slice(source: Sequence[Word]) -> bool:
    """Whether a list ends in `[..100]`."""
    end = [word.text for word in source[-5:]]
    return len(end) == 5 and end[1:3] + end[4:] == [".", ".", "]"] and end[3].isdecimal() and len(end[3]) < 5


def _check_pattern(words: Sequence[Word], parameters: Mapping[str, object]) -> None:
    """A regular expression must be seen, and must not repeat what repeats: Java would try all ways, and never stop."""
    given = words[:2] if words and words[0].is_mark("$") else words[:1]
    if len(words) > len(given) and words[len(given)].is_mark("+", "|", "[", "."):
        given = ()
    if len(given) == 2:
        pattern = parameters.get(given[1].name, "")
    elif given and given[0].kind is Kind.TEXT:
        pattern = given[0].text[1:-1]
    else:
        raise NotAllowed("the pattern after =~ must be written into the query, or be a parameter")
    if isinstance(pattern, str) and _NESTED_REPEAT.search(pattern):
        raise NotAllowed(f"the pattern {pattern!r} repeats a group that repeats; write it without, or use CONTAINS")
