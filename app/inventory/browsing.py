"""Reading the inventory page by page: one wrapper for each query of `cypher/browsing.cypher`.

Where `visible` is given, only the items with these keys are listed and counted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from app.database.client import Reader, Row
from app.database.queries import load_queries
from app.inventory.model import Dependency, DependencyStrength, ItemType, Lifecycle, Relation
from app.inventory.store import dependency_of_row

_QUERIES = load_queries("browsing")
_WORD = re.compile(r"[^\s\"&|!(){}\[\]^~*?:\\/+-]+")

# What the lists of direct dependencies and dependents follow; ownership and containment are not dependencies.
LISTED = tuple(one for one in Relation if one not in (Relation.OWNED_BY, Relation.PART_OF))

Rank = str | int | datetime
"""What a list is sorted by, before the key."""
Visible = Sequence[str] | None
"""The keys of the items that may be seen; `None` is all of them."""


class ItemOrderField(Enum):
    """What a list of items may be sorted by; the key breaks ties."""

    KEY = "KEY"
    NAME = "NAME"
    TIER = "TIER"
    UPDATED_AT = "UPDATED_AT"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items a list shows; an empty part lets everything pass."""

    types: tuple[ItemType, ...] = ()
    kinds: tuple[str, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    owners: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()

    @property
    def parameters(self) -> Row:
        """The filter as the queries take it."""
        return {
            "labels": [kind.value for kind in self.types],
            "kinds": list(self.kinds),
            "lifecycles": [one.value for one in self.lifecycles],
            "owners": list(self.owners),
            "sources": list(self.sources),
            "tiers": list(self.tiers),
        }


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which direct edges a list shows, after a pair of key and relation."""

    relations: tuple[Relation, ...] = LISTED
    strengths: tuple[DependencyStrength, ...] = ()
    after_key: str = ""
    after_relation: str = ""
    first: int = 50

    @property
    def filter(self) -> Row:
        """What restricts the list, without the page."""
        return {
            "relations": [one.value for one in self.relations],
            "strengths": [one.value for one in self.strengths],
        }

    @property
    def page(self) -> Row:
        """Where the page begins and how long it is."""
        return {"after_key": self.after_key, "after_relation": self.after_relation, "first": self.first}


async def items_by_key_after(
    reader: Reader, chosen: Filter, after: str, first: int, visible: Visible = None
) -> list[str]:
    """Keys in order, after a key."""
    rows = await reader.rows(
        _QUERIES["items_by_key_after"], **chosen.parameters, visible=visible, after=after, first=first
    )
    return [row["key"] for row in rows]


async def items_by_key_before(
    reader: Reader, chosen: Filter, before: str | None, first: int, visible: Visible = None
) -> list[str]:
    """Keys in falling order, before a key."""
    rows = await reader.rows(
        _QUERIES["items_by_key_before"], **chosen.parameters, visible=visible, before=before, first=first
    )
    return [row["key"] for row in rows]


async def items_ranked_after(
    reader: Reader,
    field: ItemOrderField,
    chosen: Filter,
    after: tuple[Rank, str] | None,
    first: int,
    visible: Visible = None,
) -> list[tuple[str, Rank]]:
    """Keys with what they are sorted by, after such a pair."""
    rank, key = after or (None, "")
    rows = await reader.rows(
        _QUERIES["items_ranked_after"],
        **chosen.parameters,
        visible=visible,
        rank=field.value,
        after_rank=rank,
        after=key,
        first=first,
    )
    return [(row["key"], _native(row["rank"])) for row in rows]


async def items_ranked_before(
    reader: Reader,
    field: ItemOrderField,
    chosen: Filter,
    before: tuple[Rank, str] | None,
    first: int,
    visible: Visible = None,
) -> list[tuple[str, Rank]]:
    """Keys with what they are sorted by, in falling order, before such a pair."""
    rank, key = before or (None, "")
    rows = await reader.rows(
        _QUERIES["items_ranked_before"],
        **chosen.parameters,
        visible=visible,
        rank=field.value,
        before_rank=rank,
        before=key,
        first=first,
    )
    return [(row["key"], _native(row["rank"])) for row in rows]


def _native(rank: object) -> Rank:
    # Neo4j orders one instant of two time zones by the zone, and what it gives back as UTC is not the zone we sent.
    converted = rank.to_native().astimezone(UTC) if hasattr(rank, "to_native") else rank
    assert isinstance(converted, str | int | datetime)
    return converted


async def count_items(reader: Reader, chosen: Filter, visible: Visible = None) -> int:
    """How many items pass the filter."""
    rows = await reader.rows(_QUERIES["count_items"], **chosen.parameters, visible=visible)
    return int(rows[0]["count"])


async def search_items(reader: Reader, text: str, first: int) -> list[tuple[str, float]]:
    """Keys and scores of the items that fit what a person typed, best first."""
    query = full_text_query(text)
    rows = await reader.rows(_QUERIES["search_items"], text=query, first=first) if query else []
    return [(row["key"], row["score"]) for row in rows]


async def search_visible_items(
    reader: Reader, text: str, first: int, visible: Sequence[str]
) -> list[tuple[str, float]]:
    """The same among some items; the score is 2 for what is called exactly so, else 1."""
    query = full_text_query(text)
    if not query:
        return []
    typed = text.strip().lower()
    rows = await reader.rows(_QUERIES["search_visible_items"], text=query, typed=typed, visible=visible, first=first)
    return [(row["key"], row["score"]) for row in rows]


def full_text_query(text: str) -> str:
    """What a person typed as a Lucene query: every word must occur, each may be the beginning of one."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return " AND ".join(f"({word} OR {word}*)" for word in words[:20] if word.strip("."))


async def dependencies_of_each(
    reader: Reader, keys: Sequence[str], shown: Neighbours, visible: Visible = None
) -> dict[str, tuple[Dependency, ...]]:
    """The page of edges that leave each item."""
    query = _QUERIES["dependencies_of_each"]
    rows = await reader.rows(query, keys=list(keys), visible=visible, **shown.filter, **shown.page)
    return {row["key"]: tuple(dependency_of_row(edge) for edge in row["edges"]) for row in rows}


async def dependents_of_each(
    reader: Reader, keys: Sequence[str], shown: Neighbours, visible: Visible = None
) -> dict[str, tuple[Dependency, ...]]:
    """The page of edges that arrive at each item."""
    query = _QUERIES["dependents_of_each"]
    rows = await reader.rows(query, keys=list(keys), visible=visible, **shown.filter, **shown.page)
    return {row["key"]: tuple(dependency_of_row(edge) for edge in row["edges"]) for row in rows}


async def count_dependencies_of_each(
    reader: Reader, keys: Sequence[str], shown: Neighbours, visible: Visible = None
) -> dict[str, int]:
    """How many edges leave each item."""
    rows = await reader.rows(_QUERIES["count_dependencies_of_each"], keys=list(keys), visible=visible, **shown.filter)
    return {row["key"]: row["count"] for row in rows}


async def count_dependents_of_each(
    reader: Reader, keys: Sequence[str], shown: Neighbours, visible: Visible = None
) -> dict[str, int]:
    """How many edges arrive at each item."""
    rows = await reader.rows(_QUERIES["count_dependents_of_each"], keys=list(keys), visible=visible, **shown.filter)
    return {row["key"]: row["count"] for row in rows}
