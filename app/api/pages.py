"""Pages: cursors and the limits of `first` and `last`.

A cursor is opaque: the place in one list, tagged with that list's arguments, so that a cursor of another query is
refused instead of landing anywhere.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.errors import InvalidInput

Place = tuple[str | int | datetime, ...]
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its name and its arguments, which every cursor of it carries as a tag."""

    name: str
    arguments: Sequence[object]

    @property
    def tag(self) -> str:
        """A short digest of the list's identity."""
        text = repr((self.name, list(self.arguments))).encode()
        return hashlib.sha256(text).hexdigest()[:10]

    def cursor(self, *place: str | int | datetime) -> str:
        """The cursor of a place in this list."""
        parts = [{"at": part.isoformat()} if isinstance(part, datetime) else part for part in place]
        return base64.urlsafe_b64encode(orjson.dumps([self.tag, *parts])).decode().rstrip("=")

    def place(self, cursor: str | None, kinds: Sequence[type], argument: str = "after") -> Place | None:
        """The place a cursor of this list stands for; `kinds` are the types of its parts.

        Raises:
            InvalidInput: it is not a cursor of this list.
        """
        if cursor is None:
            return None
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            tag, *parts = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
            place = tuple(_part(part) for part in parts)
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInput(f"{argument} is not a cursor; use an endCursor or edge cursor as it came") from error
        if tag != self.tag or [type(part) for part in place] != list(kinds):
            raise InvalidInput(f"{argument} is a cursor of another query; page on with the same arguments")
        return place


def _part(part: object) -> str | int | datetime:
    if isinstance(part, dict):
        return datetime.fromisoformat(part["at"])
    if isinstance(part, str | int):
        return part
    raise TypeError("not a cursor part")


def page_size(size: int | None, most: int, argument: str = "first") -> int:
    """The checked size of a page.

    Raises:
        InvalidInput: it is negative or more than `most`.
    """
    if size is None:
        return min(DEFAULT_PAGE, most)
    if not 0 <= size <= most:
        raise InvalidInput(f"{argument} must be from 0 to {most}, not {size}; ask for several pages")
    return size
