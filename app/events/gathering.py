"""Gathering: which fields of an alert say where it comes from, as a table from the field to how it is read. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from app.events.fields import text_of
from app.events.identifiers import named_clues, typed_clues
from app.events.model import Clue, MatchTier

ClueReader = Callable[[str], Iterable[Clue]]


def clues_in(fields: Mapping[str, object], readers: Mapping[str, ClueReader]) -> tuple[Clue, ...]:
    """The clues in these fields, each with the field it stands in. One that is missing or no text gives none."""
    told = ((name, read(text)) for name, read in readers.items() if (text := text_of(fields.get(name))))
    return distinct(replace(clue, origin=name) for name, clues in told for clue in clues)


def distinct(clues: Iterable[Clue]) -> tuple[Clue, ...]:
    """Each clue once, with the first field that gives it."""
    return tuple(dict.fromkeys(clues))


def key_clues(value: str) -> list[Clue]:
    """The key of an item, as somebody wrote it into the monitoring tool."""
    return [Clue(MatchTier.KEY, value)]


def service_clues(value: str) -> list[Clue]:
    """The name of a service, which may also be another name of some item."""
    return [*named_clues(MatchTier.SERVICE, value), *named_clues(MatchTier.ALIAS, value)]


def alias_clues(value: str) -> list[Clue]:
    """A name for people, as a display name."""
    return named_clues(MatchTier.ALIAS, value)


def kind_clues(kind: str) -> ClueReader:
    """An identifier of one kind, as `serial`, or as a vendor's own name for an item."""

    def read(value: str) -> list[Clue]:
        return typed_clues(kind, value)

    return read


def tagged(tags: Iterable[str]) -> dict[str, str]:
    """Tags written as `service:checkout`, by name; one without a value is passed over."""
    pairs = (tag.partition(":") for tag in tags)
    return {name.strip(): value.strip() for name, colon, value in pairs if colon and name.strip() and value.strip()}
