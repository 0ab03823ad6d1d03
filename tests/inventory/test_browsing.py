"""Reading page by page: the order, the filters and the counts are those of a plain sort over everything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.database.queries import Query
from app.inventory.browsing import (
    LISTED,
    Filter,
    ItemOrderField,
    Neighbours,
    Rank,
    count_dependencies_of_each,
    count_dependents_of_each,
    count_items,
    dependencies_of_each,
    dependents_of_each,
    full_text_query,
    items_by_key_after,
    items_by_key_before,
    items_ranked_after,
    items_ranked_before,
    search_items,
    search_visible_items,
)
from app.inventory.model import Dependency, DependencyStrength, Item, ItemType, Lifecycle, Relation
from app.inventory.store import items_by_key
from tests.service import emptied
from tests.stored import NOW, Raw, item, needs, upserted

LAW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
T = ItemType
AWAIT_INDEX = Query(
    "await_index",
    "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()",
    "Waits until the full-text index has everything.",
    frozenset(),
    (),
)
ESTATE: Sequence[Raw] = (
    item("p2", "BUSINESS_PROCESS", name="Beta", kind="PROCESS", tier=2, owner="ops"),
    item("p1", "BUSINESS_PROCESS", name="Beta", kind="FUNCTION", tier=0, lifecycle="PLANNED"),
    item("s1", "BUSINESS_SERVICE", name="alpha", tier=2, owner="dev"),
    item("c1", name="Zeta", kind="DATABASE", owner="ops"),
    item("C2", name="alpha", kind="COMPUTE", lifecycle="RETIRED"),
    item("c10", kind="DATABASE"),
    item("ops", "TEAM", name="Operations"),
    item("dev", "TEAM", name="Developers"),
)
KEYS = [str(one["key"]) for one in ESTATE]


async def estate(database: Database) -> list[Item]:
    """The estate, written in four writes of two sources an hour apart."""
    for hour in range(4):
        rows = ESTATE[-2:] if hour == 0 else ESTATE[2 * (hour - 1) : 2 * hour]
        await upserted(database, rows, now=NOW + timedelta(hours=hour), source="cmdb" if hour % 2 else "discovery")
    return list((await items_by_key(database, KEYS)).values())


def fits(one: Item, chosen: Filter) -> bool:
    """Whether an item passes a filter."""
    return (
        one.type in (chosen.types or ItemType)
        and (not chosen.kinds or one.kind in chosen.kinds)
        and one.lifecycle in (chosen.lifecycles or Lifecycle)
        and (not chosen.owners or one.owner in chosen.owners)
        and (not chosen.sources or one.source in chosen.sources)
        and (not chosen.tiers or one.properties.get("tier") in chosen.tiers)
    )


def rank(one: Item, field: ItemOrderField) -> Rank:
    """What an item is sorted by; no tier comes after every tier."""
    match field:
        case ItemOrderField.NAME:
            return one.name
        case ItemOrderField.TIER:
            return int(one.properties.get("tier", 9))
        case ItemOrderField.UPDATED_AT:
            return one.updated_at
    return one.key


def _some(values: Sequence[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.just(()) | st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


FILTERS = st.builds(
    Filter,
    types=_some([T.BUSINESS_PROCESS, T.COMPONENT, T.TEAM]),
    kinds=_some(["DATABASE", "PROCESS"]),
    lifecycles=_some(list(Lifecycle)),
    owners=_some(["ops", "dev", "nobody"]),
    sources=_some(["cmdb", "discovery"]),
    tiers=_some([0, 2]),
)


@LAW
@given(st.lists(FILTERS, min_size=8, max_size=8))
async def test_a_list_is_the_items_that_pass_the_filter_in_the_order_of_their_keys(
    connection: Connection, database: Database, filters: list[Filter]
) -> None:
    emptied(connection)
    everything = await estate(database)

    found = [await items_by_key_after(database, chosen, "", 100) for chosen in filters]
    backwards = [await items_by_key_before(database, chosen, None, 100) for chosen in filters]
    counts = [await count_items(database, chosen) for chosen in filters]

    expected = [sorted(one.key for one in everything if fits(one, chosen)) for chosen in filters]
    assert found == expected
    assert [keys[::-1] for keys in backwards] == expected
    assert counts == [len(keys) for keys in expected]


@LAW
@given(st.lists(st.tuples(FILTERS, st.sets(st.integers(0, 99))), min_size=3, max_size=3))
async def test_what_may_not_be_seen_is_in_no_list_and_owns_nothing(
    connection: Connection, database: Database, drawn: list[tuple[Filter, set[int]]]
) -> None:
    emptied(connection)
    everything = await estate(database)

    for chosen, numbers in drawn:
        seen = {everything[number % len(everything)].key for number in numbers}
        visible = sorted(seen)
        hidden_owners = replace(chosen, owners=tuple(key for key in chosen.owners if key in seen) or ("nobody",))
        fitting = [one for one in everything if fits(one, hidden_owners if chosen.owners else chosen)]
        expected = sorted(one.key for one in fitting if one.key in seen)
        rank = ItemOrderField.NAME

        assert await items_by_key_after(database, chosen, "", 100, visible) == expected
        assert await items_by_key_before(database, chosen, None, 100, visible) == expected[::-1]
        assert (
            sorted(key for key, _ in await items_ranked_after(database, rank, chosen, None, 100, visible)) == expected
        )
        assert (
            sorted(key for key, _ in await items_ranked_before(database, rank, chosen, None, 100, visible)) == expected
        )
        assert await count_items(database, chosen, visible) == len(expected)


@pytest.mark.parametrize("field", [ItemOrderField.NAME, ItemOrderField.TIER, ItemOrderField.UPDATED_AT])
@pytest.mark.parametrize("chosen", [Filter(), Filter(types=(T.COMPONENT, T.TEAM)), Filter(owners=("ops",))])
async def test_a_sorted_list_has_the_same_pages_from_either_end(
    database: Database, field: ItemOrderField, chosen: Filter
) -> None:
    expected = sorted(
        ((one.key, rank(one, field)) for one in await estate(database) if fits(one, chosen)),
        key=lambda pair: (str(pair[1]) if isinstance(pair[1], datetime) else pair[1], pair[0]),
    )

    forwards: list[tuple[str, Rank]] = []
    while page := await items_ranked_after(
        database, field, chosen, (forwards[-1][1], forwards[-1][0]) if forwards else None, 2
    ):
        forwards += page
    backwards: list[tuple[str, Rank]] = []
    while page := await items_ranked_before(
        database, field, chosen, (backwards[-1][1], backwards[-1][0]) if backwards else None, 2
    ):
        backwards += page

    assert forwards == expected
    assert backwards[::-1] == expected


async def test_a_list_goes_on_after_a_key_that_is_gone(database: Database) -> None:
    await upserted(database, [item("a"), item("c")])

    assert await items_by_key_after(database, Filter(), "b", 10) == ["c"]
    assert await items_by_key_before(database, Filter(), "b", 10) == ["a"]


LINES = [
    needs("a", "b"),
    needs("a", "b", "PROVIDED_BY"),
    needs("a", "c", strength="SOFT"),
    needs("a", "z", "LOCATED_IN"),
    needs("a", "z", "PART_OF"),
    needs("d", "b", strength="INFO"),
    needs("d", "g"),
    needs("g", "a", "HAS_MEMBER", weight=2),
]


async def neighbourhood(database: Database) -> None:
    """A few items; `a` has five edges, one of them of containment, and an owner."""
    items = [
        item("a", owner="t"),
        item("b", "THIRD_PARTY"),
        item("c"),
        item("d"),
        item("z", "LOCATION"),
        item("t", "TEAM"),
        item("g", "REDUNDANCY_GROUP", minAvailable=1),
    ]
    await upserted(database, items, LINES)


def ends(found: dict[str, tuple[Dependency, ...]]) -> dict[str, list[str]]:
    return {
        key: [f"{edge.dependent} {edge.relation.name} {edge.provider}" for edge in edges]
        for key, edges in found.items()
    }


async def test_direct_edges_are_listed_by_key_and_relation_without_containment(database: Database) -> None:
    await neighbourhood(database)
    every = Neighbours(first=10)

    needed = await dependencies_of_each(database, ["a", "d", "z", "nobody"], every)
    needing = await dependents_of_each(database, ["b", "a"], every)

    assert ends(needed) == {
        "a": ["a DEPENDS_ON b", "a PROVIDED_BY b", "a DEPENDS_ON c", "a LOCATED_IN z"],
        "d": ["d DEPENDS_ON b", "d DEPENDS_ON g"],
        "z": [],
    }
    assert ends(needing) == {
        "b": ["a DEPENDS_ON b", "a PROVIDED_BY b", "d DEPENDS_ON b"],
        "a": ["g HAS_MEMBER a"],
    }
    assert needing["a"][0].properties == {"weight": 2}
    assert await count_dependencies_of_each(database, ["a", "d", "z"], every) == {"a": 4, "d": 2, "z": 0}
    assert await count_dependents_of_each(database, ["b", "a"], every) == {"b": 3, "a": 1}


async def test_edges_to_what_may_not_be_seen_are_neither_listed_nor_counted(database: Database) -> None:
    await neighbourhood(database)
    every, visible = Neighbours(first=10), ["a", "c", "z"]

    assert ends(await dependencies_of_each(database, ["a", "d"], every, visible)) == {
        "a": ["a DEPENDS_ON c", "a LOCATED_IN z"],
        "d": [],
    }
    assert ends(await dependents_of_each(database, ["b", "a"], every, visible)) == {
        "b": ["a DEPENDS_ON b", "a PROVIDED_BY b"],
        "a": [],
    }
    assert await count_dependencies_of_each(database, ["a", "d"], every, visible) == {"a": 2, "d": 0}
    assert await count_dependents_of_each(database, ["b", "a"], every, visible) == {"b": 2, "a": 0}


async def test_every_page_of_direct_edges_begins_where_the_last_one_ended(database: Database) -> None:
    await neighbourhood(database)
    pages, after = [], ("", "")
    for _ in range(3):
        shown = Neighbours(after_key=after[0], after_relation=after[1], first=2)
        page = (await dependencies_of_each(database, ["a"], shown))["a"]
        pages.append([(edge.provider, edge.relation.name) for edge in page])
        after = pages[-1][-1] if page else after

    assert pages == [
        [("b", "DEPENDS_ON"), ("b", "PROVIDED_BY")],
        [("c", "DEPENDS_ON"), ("z", "LOCATED_IN")],
        [],
    ]


@pytest.mark.parametrize(
    ("strengths", "listed"),
    [
        ((DependencyStrength.HARD,), ["a DEPENDS_ON b", "a LOCATED_IN z"]),
        ((DependencyStrength.SOFT,), ["a DEPENDS_ON c"]),
        ((DependencyStrength.SOFT, DependencyStrength.HARD), ["a DEPENDS_ON b", "a DEPENDS_ON c", "a LOCATED_IN z"]),
        ((DependencyStrength.INFO,), []),
    ],
)
async def test_edges_may_be_chosen_by_strength_and_a_location_counts_as_hard(
    database: Database, strengths: tuple[DependencyStrength, ...], listed: list[str]
) -> None:
    await neighbourhood(database)
    shown = Neighbours(strengths=strengths)

    assert ends(await dependencies_of_each(database, ["a"], shown)) == {"a": listed}
    assert await count_dependencies_of_each(database, ["a"], shown) == {"a": len(listed)}


async def test_edges_may_be_chosen_by_relation(database: Database) -> None:
    await neighbourhood(database)
    shown = Neighbours(relations=(Relation.LOCATED_IN, Relation.PROVIDED_BY))

    assert ends(await dependencies_of_each(database, ["a"], shown)) == {"a": ["a PROVIDED_BY b", "a LOCATED_IN z"]}


def test_ownership_and_containment_are_no_dependencies() -> None:
    assert set(Relation) - set(LISTED) == {Relation.OWNED_BY, Relation.PART_OF}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Payments", ["pay-1", "pay-2"]),
        ("pay", ["pay-1", "pay-2"]),
        ("payments ledger", ["pay-2"]),
        ("db-7.corp.example", ["c1"]),
        ("10.0.0.5", ["c1"]),
        ("c1", ["c1"]),
        ("nothing", []),
        ("", []),
        ("***", []),
        ("payments)", ["pay-1", "pay-2"]),
        ('pay" OR "x', []),
        ("-", []),
        ("NOT AND OR", []),
    ],
)
async def test_items_are_found_by_words_of_their_key_name_and_identifiers(
    database: Database, text: str, keys: list[str]
) -> None:
    await upserted(
        database,
        [
            item("pay-1", "BUSINESS_PROCESS", name="Payments"),
            item("pay-2", "BUSINESS_PROCESS", name="Payments ledger"),
            item(
                "c1",
                name="Core",
                identifiers=[{"kind": "fqdn", "value": "db-7.corp.example"}, {"kind": "ip", "value": "10.0.0.5"}],
            ),
        ],
    )
    await database.rows(AWAIT_INDEX)

    assert sorted(key for key, _ in await search_items(database, text, 10)) == keys


async def test_the_best_hit_comes_first_and_every_item_once(database: Database) -> None:
    await upserted(
        database,
        [
            item("db", name="db"),
            item("db-copy", name="a copy of the db of the shop", identifiers=[{"kind": "alias", "value": "db"}]),
        ],
    )
    await database.rows(AWAIT_INDEX)

    found = await search_items(database, "db", 10)

    assert sorted(key for key, _ in found) == ["db", "db-copy"]
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


async def test_hits_among_what_may_be_seen_come_by_key_but_for_what_is_called_just_so(database: Database) -> None:
    named = [{"kind": "alias", "value": "db"}]
    await upserted(database, [item("a", name="db 2"), item("b", name="DB"), item("c", identifiers=named), item("db")])
    await database.rows(AWAIT_INDEX)

    assert await search_visible_items(database, " Db ", 10, ["a", "b", "c"]) == [("b", 2.0), ("c", 2.0), ("a", 1.0)]
    assert await search_visible_items(database, "db", 1, ["a", "c"]) == [("c", 2.0)]
    assert await search_visible_items(database, "db", 10, []) == []
    assert await search_visible_items(database, "?", 10, ["a"]) == []


async def test_how_often_a_word_is_used_elsewhere_changes_no_hit(database: Database) -> None:
    await upserted(database, [item("a", name="falcon core"), item("b", name="falcon heron")])
    await database.rows(AWAIT_INDEX)
    before = await search_visible_items(database, "falcon", 10, ["a", "b"])

    await upserted(database, [item(f"hidden-{number}", name="falcon falcon") for number in range(50)])
    await database.rows(AWAIT_INDEX)

    assert await search_visible_items(database, "falcon", 10, ["a", "b"]) == before


@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_query_of_whole_words(text: str) -> None:
    query = full_text_query(text)

    words = [part for part in query.split(" AND ") if part]
    assert all(part.startswith("(") and part.endswith("*)") for part in words)
    assert len(words) <= 20


@LAW
@given(st.lists(st.text(max_size=30), min_size=20, max_size=20))
async def test_nothing_that_is_typed_breaks_the_search(database: Database, typed: list[str]) -> None:
    for text in typed:
        await search_items(database, text, 5)
