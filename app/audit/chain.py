"""The chain of entries: how each is sealed, and how a broken place is found. Pure.

hash = SHA-256 of the hash before, a line break, and the entry without its hash as JSON with sorted names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import orjson

from app.audit.model import Chain, Entry, Link
from app.errors import InvalidInput


def document_of(entry: Entry) -> dict[str, object]:
    """The entry as it is exported; without `hash` it is what the hash is made of."""
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "caller": entry.caller,
        "role": entry.role,
        "origin": entry.origin,
        "action": entry.action,
        "keys": list(entry.keys),
        "keyCount": entry.key_count,
        "keysDigest": entry.keys_digest,
        "details": entry.details,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def chain_document(chain: Chain) -> dict[str, object]:
    """Where the chain begins and ends, as the first line of an export has it."""
    return {
        name: {"number": one.number, "hash": one.hash} for name, one in (("start", chain.start), ("head", chain.head))
    }


def hash_of(document: Mapping[str, object]) -> str:
    """The hash that an exported entry must have."""
    content = {name: value for name, value in document.items() if name != "hash"}
    sealed = f"{document.get('previous')}\n".encode() + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return sha256(sealed).hexdigest()


def sealed(entry: Entry) -> Entry:
    """The entry with its hash."""
    return replace(entry, hash=hash_of(document_of(entry)))


def digest_of(keys: Sequence[str]) -> str:
    """One hash of all keys, in their order."""
    return sha256("\n".join(keys).encode()).hexdigest()


@dataclass(slots=True)
class Verification:
    """Walks along a chain, entry by entry from its start, until one does not fit.

    `broken` says where and why. `expected` is a link that was kept elsewhere, and must be met.
    """

    chain: Chain
    expected: Link | None = None
    broken: str | None = None
    _at: Link = field(init=False)

    def __post_init__(self) -> None:
        self._at = self.chain.start
        self._meet(self._at)
        if self.expected and self.expected.number < self._at.number:
            self._break(f"entry {self.expected.number} is no longer kept; expect one from {self._at.number} on")

    def take(self, document: Mapping[str, object]) -> None:
        """Look at the next entry."""
        number, due = document.get("number"), self._at.number + 1
        if number != due:
            self._break(f"entry {due} is missing: entry {number} comes after entry {self._at.number}")
        elif document.get("previous") != self._at.hash:
            self._break(f"entry {number} does not follow entry {self._at.number} as that is now")
        elif document.get("hash") != hash_of(document):
            self._break(f"entry {number} is not as it was written")
        self._at = Link(due, str(document.get("hash")))
        self._meet(self._at)

    def end(self) -> None:
        """There are no more entries."""
        head = self.chain.head
        if self._at != head:
            self._break(f"the entries end with {self._at.number}, the chain with {head.number}")
        if self.expected and self.expected.number > self._at.number:
            self._break(f"the entries end with {self._at.number}, before the expected {self.expected.number}")

    def _meet(self, link: Link) -> None:
        if self.expected and link.number == self.expected.number and link != self.expected:
            self._break(f"entry {link.number} has another hash than was expected: the chain was written anew")

    def _break(self, why: str) -> None:
        self.broken = self.broken or why


def verified(lines: Iterable[str], expected: Link | None) -> Verification:
    """An export, line by line, as far as it holds.

    Raises:
        InvalidInput: it is no export of the audit.
    """
    documents = _documents(lines)
    first = next(documents, {})
    walk = Verification(Chain(_link(first.get("start")), _link(first.get("head"))), expected)
    for document in documents:
        walk.take(document)
        if walk.broken:
            return walk
    walk.end()
    return walk


def _documents(lines: Iterable[str]) -> Iterator[Mapping[str, object]]:
    for line in lines:
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            raise InvalidInput("this is no export of the audit: a line of it is no JSON object; export it again")
        yield document


def _link(found: object) -> Link:
    if not isinstance(found, dict) or found.keys() != {"number", "hash"}:
        raise InvalidInput("this is no export of the audit: its first line tells no start and head; export it again")
    return Link(int(found["number"]), str(found["hash"]))
