"""Scopes: to which part of the estate a caller is limited. Pure.

An item belongs to a scope by what is said of it itself: its owner, or an attribute. Nothing is handed on along
dependencies: what a visible item stands on is hidden unless it is in the scope too.
Threats: a scope that could not be read, or that names what is not there, must show nothing and never everything, so
there is no empty scope that means all; who may see everything has none (tests/auth/test_scope.py).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import orjson

from app.errors import InvalidInput

Label = tuple[str, str]
"""The name of an attribute and its value, as text."""
ORGANISATION = "organisation"
"""The attribute that says to which organisation an item belongs."""
MAX_PARTS = 100
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the estate that consists of what these teams own, the teams, and what has any of these labels."""

    teams: frozenset[str] = frozenset()
    labels: frozenset[Label] = frozenset()

    def shows(self, key: str, owner: str | None, attributes: Mapping[str, object]) -> bool:
        """Whether an item is in it: `owner` is the key of its team."""
        return key in self.teams or owner in self.teams or any(_has(attributes, label) for label in self.labels)

    @property
    def label_words(self) -> list[str]:
        """The labels as `name=value`, in order."""
        return sorted(f"{name}={value}" for name, value in self.labels)

    @property
    def labels_in_json(self) -> list[list[str]]:
        """Of each label the two pieces of text that stand in the JSON of all attributes that have it."""
        names_and_values = ([orjson.dumps(part).decode() for part in label] for label in sorted(self.labels))
        return [[name, value[1:-1]] for name, value in names_and_values]


def scope_of(teams: Iterable[str], labels: Iterable[str], organisations: Iterable[str] = ()) -> Scope:
    """The scope of these teams, labels as `name=value`, and organisations; what is no label is left out."""
    pairs = (word.partition("=") for word in labels)
    known = {(name, value) for name, equals, value in pairs if name and equals}
    return Scope(frozenset(teams), frozenset(known | {(ORGANISATION, one) for one in organisations}))


def checked_scope(teams: Collection[str], labels: Collection[str], organisations: Collection[str]) -> Scope | None:
    """What a new token is limited to; `None`, which is everything, if nothing is given.

    Raises:
        InvalidInput: a word is empty, too long or not printable, a label is not `name=value`, or there are too many.
    """
    words = [*teams, *labels, *organisations]
    if len(words) > MAX_PARTS:
        raise InvalidInput(f"a scope may have at most {MAX_PARTS} teams, labels and organisations, not {len(words)}")
    for word in words:
        if not 0 < len(word) <= MAX_TEXT or not word.isprintable():
            raise InvalidInput(f"{word!r:.100} is no part of a scope; give 1-{MAX_TEXT} printable characters")
    for label in labels:
        if not all(label.partition("=")[:2]):
            raise InvalidInput(f"the label {label!r} is not of the form name=value; write it as env=prod")
    return scope_of(teams, labels, organisations) if words else None


def _has(attributes: Mapping[str, object], label: Label) -> bool:
    name, value = label
    return name in attributes and _text(attributes[name]) == value


def _text(value: object) -> str | None:
    """A value as a label writes it; lists and objects have no such form."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, int | float) else None
