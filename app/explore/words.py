"""The words of a Cypher text: names, quoted names, texts, numbers and marks, without blanks and comments.

What the server might read in another way than we do is refused rather than guessed at: escapes that are resolved
before the text is read, letters that look like others, blanks and marks that are not of ASCII.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from app.errors import InvalidInput, NotAllowed

_WORD = re.compile(
    r"""
    (?P<blank>[ \t\n]+ | //[^\n]* | /\*.*?\*/)
  | (?P<text>'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*")
  | (?P<quoted>`[^`]*`)
  | (?P<number>[0-9]\w*)
  | (?P<name>[^\W\d]\w*)
  | (?P<mark>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


class Kind(Enum):
    """What a word is."""

    NAME = "name"
    QUOTED = "quoted"
    TEXT = "text"
    NUMBER = "number"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands in the text; `depth` is how many brackets are open around it."""

    kind: Kind
    text: str
    start: int
    depth: int

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind is Kind.MARK and self.text in marks

    def is_word(self, *names: str) -> bool:
        """Whether it is one of these words of the language, given in capitals."""
        return self.kind is Kind.NAME and self.text.upper() in names

    @property
    def name(self) -> str:
        """A name without the quotes around it."""
        return self.text.strip("`")

    @property
    def end(self) -> int:
        """Where the text goes on."""
        return self.start + len(self.text)


def plain_text(query: str) -> str:
    """The query as it is sent: every line ends with a line feed, for a comment ends where a line does.

    Raises:
        NotAllowed: it holds an escape that may be resolved before it is read, or a letter that nobody sees.
    """
    text = query.replace("\r\n", "\n").replace("\r", "\n")
    if "\\u" in text.lower():
        raise NotAllowed("the query holds an escape \\u; write the letter itself, or pass the text as a parameter")
    for letter in set(text) - set("\t\n"):
        if unicodedata.category(letter) in _UNSEEN:
            raise NotAllowed(
                f"the query holds the invisible letter U+{ord(letter):04X}; leave it out, or pass it in a parameter"
            )
    return text


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text that `plain_text` has passed.

    Raises:
        InvalidInput: a quote, a comment or a bracket is not closed.
        NotAllowed: there is a mark or a quoted name that we might read in another way than the server.
    """
    words: list[Word] = []
    depth = 0
    for match in _WORD.finditer(text):
        kind = match.lastgroup or ""
        if kind == "blank":
            continue
        found = match.group()
        depth -= found in _CLOSING
        words.append(Word(Kind(kind), found, match.start(), depth))
        depth += found in _OPENING
        _check(words)
    if depth != 0:
        raise InvalidInput("a bracket of the query is not closed, or closes nothing; see to it that they are in pairs")
    return tuple(words)


def _check(words: Sequence[Word]) -> None:
    word = words[-1]
    if word.kind is Kind.QUOTED and not re.fullmatch(r"`[\w .*$-]+`", word.text):
        raise NotAllowed(f"the quoted name {word.text} may hold letters, digits and blanks only; choose another")
    if word.kind is not Kind.MARK:
        return
    if word.text in "'\"`":
        raise InvalidInput("a quote of the query is not closed; close it, or pass the text as a parameter")
    if not word.text.isascii():
        raise NotAllowed(f"the query holds {word.text!r} outside a text; write it with plain marks and blanks")
    before = words[-2] if len(words) > 1 else None
    if word.text == "*" and before and before.is_mark("/") and before.end == word.start:
        raise InvalidInput("a comment of the query is not closed; close it with */")


def calls(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """Every name that a round bracket follows, as `date.truncate`, with the place of its first word."""
    for place, word in enumerate(words):
        if not word.is_mark("(") or place == 0 or words[place - 1].kind not in (Kind.NAME, Kind.QUOTED):
            continue
        first = place - 1
        while first > 1 and words[first - 1].is_mark(".") and words[first - 2].kind in (Kind.NAME, Kind.QUOTED):
            first -= 2
        yield first, ".".join(one.name for one in words[first:place:2])
