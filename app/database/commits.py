"""What the server has committed, whoever wrote it: the number that its bookmarks carry. Pure."""

import base64
import binascii
from dataclasses import dataclass

_PREFIX = "FB:"
# As PackStream writes it: a structure of two fields, the 16 bytes of the database's id, and a whole number.
_HEAD = bytes([0x91, 0xCC, 16])
_WIDTHS = {0xC8: 1, 0xC9: 2, 0xCA: 4, 0xCB: 8}


@dataclass(frozen=True, slots=True)
class Commit:
    """The last transaction committed in a database; numbers rise by one with each that wrote something."""

    database: str
    number: int


def commit_of(bookmark: str) -> Commit | None:
    """The commit a bookmark stands for, or `None` where it is not in the one form that we can read.

    Bookmarks are opaque by contract: seen on 5.26.30 and 2026.08.1, and whatever looks otherwise is left alone.
    """
    if not bookmark.startswith(_PREFIX):
        return None
    try:
        packed = base64.b64decode(bookmark.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return None
    id, rest = packed[len(_HEAD) : len(_HEAD) + 16], packed[len(_HEAD) + 16 :]
    number = _whole_number(rest)
    if not packed.startswith(_HEAD) or number is None:
        return None
    return Commit(id.hex(), number)


def _whole_number(packed: bytes) -> int | None:
    """The number these bytes begin with, if nothing but the structure's empty end follows it."""
    if not packed:
        return None
    width = _WIDTHS.get(packed[0], 0)
    end = 1 + width
    if packed[end:] != b"\x90" or (not width and 0x80 <= packed[0] < 0xF0):
        return None
    return int.from_bytes(packed[1:end] if width else packed[:1], "big", signed=True)
