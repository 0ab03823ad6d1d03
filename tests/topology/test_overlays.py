"""An overlay answers what really editing would, and writes nothing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from app.database.client import Connection, Database
from app.errors import Conflict, InvalidInput, NotFound, UnderpinError
from app.inventory import store as inventory
from app.inventory.actions import edges_leaving, remove_dependencies, remove_items
from app.inventory.admission import EdgeName
from app.inventory.model import Item, Relation
from app.inventory.overlay import Overlay
from app.topology.estates import Estate
from app.topology.overlays import under_overlay
from tests.service import emptied
from tests.stored import NOW, Raw, contents, drafts, item, needs, upserted
from tests.topology.reading import snapshot
from tests.topology.rows import GROUPS, ROWS, TYPES
from tests.topology.test_current import topology_of

LAW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Rows = tuple[list[Raw], list[Raw]]
ALL = (*TYPES, *GROUPS)


@LAW
@given(before=st.lists(ROWS, min_size=2, max_size=3), rows=ROWS, data=st.data())
async def test_an_overlay_is_the_estate_after_the_edit(
    connection: Connection, database: Database, before: list[Rows], rows: Rows, data: st.DataObject
) -> None:
    emptied(connection)
    await upserted(database, [item("a", "BUSINESS_SERVICE"), item("b"), item("c")], [needs("a", "b"), needs("b", "c")])
    for items, edges in before:
        await upserted(database, items, edges, skip_bad_rows=True)
    stored = await edges_leaving(database, ALL)
    names = sorted(stored, key=str)
    overlay = Overlay(
        *drafts(*rows),
        removed_items=data.draw(st.lists(st.sampled_from(sorted(await _stored(database))), unique=True, max_size=2)),
        removed_dependencies=data.draw(st.lists(st.sampled_from(names), unique=True, max_size=2)) if names else (),
    )
    topology, written = topology_of(database), await contents(database)
    try:
        found: Estate | None = await under_overlay(database, topology, overlay, NOW)
    except InvalidInput:
        found = None
    assert await contents(database) == written

    refused = not await _edit(database, overlay, rows)

    event("refused" if refused else "taken")
    assert (found is None) == refused
    if found is not None:
        graph = await topology.current()
        assert replace(snapshot(found.graph), version=graph.version) == snapshot(graph)
        there = await _stored(database)
        assert _plain(there) == _plain({**there, **found.items})


async def _edit(database: Database, overlay: Overlay, rows: Rows) -> bool:
    """Really edit; `False` if the rows were refused, or would be for naming what they remove."""
    if {draft.key for draft in overlay.items} & {*overlay.removed_items}:
        return False
    await remove_items(database, overlay.removed_items, caller="tester", now=NOW)
    await remove_dependencies(database, overlay.removed_dependencies, caller="tester", now=NOW)
    try:
        await upserted(database, *rows)
    except InvalidInput:
        return False
    return True


async def _stored(database: Database) -> dict[str, Item]:
    return await inventory.items_by_key(database, ALL)


def _plain(items: Mapping[str, Item]) -> Mapping[str, Item]:
    """The items without what says how often and when they were written."""
    return {key: replace(one, revision=0, created_at=NOW, updated_at=NOW) for key, one in items.items()}


@pytest.mark.parametrize(
    ("overlay", "error", "sentence"),
    [
        (Overlay(removed_items=["x"]), NotFound, "no configuration item has the key 'x'; leave it out of removeItems"),
        (
            Overlay(removed_dependencies=[("b", "a", Relation.DEPENDS_ON)]),
            NotFound,
            "there is no dependency b -DEPENDS_ON-> a; leave it out of removeDependencies",
        ),
        (
            Overlay(drafts([item("a")], [])[0], removed_items=["a"]),
            InvalidInput,
            "the overlay both removes and gives 'a'; keep one",
        ),
        (
            Overlay(drafts([item("a", revision=7)], [])[0]),
            Conflict,
            "items[0]: revision 7 was given but 'a' is at revision 1; read it again and repeat the edit; "
            "the question was not answered",
        ),
        (
            Overlay((), drafts([], [needs("a", "b")])[1], removed_items=["b"]),
            InvalidInput,
            "dependencies[0]: to names 'b', which does not exist; add that item or correct the key; "
            "the question was not answered",
        ),
    ],
)
async def test_an_overlay_that_cannot_be_made_says_why(
    database: Database, overlay: Overlay, error: type[UnderpinError], sentence: str
) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b")])

    with pytest.raises(error) as caught:
        await under_overlay(database, topology_of(database), overlay, NOW)

    assert str(caught.value) == sentence


async def test_a_dependency_can_go_and_come_back_otherwise(database: Database) -> None:
    await upserted(database, [item("a"), item("b")], [needs("a", "b", toleranceSeconds=60)])
    name: EdgeName = ("a", "b", Relation.DEPENDS_ON)
    overlay = Overlay((), drafts([], [needs("a", "b", strength="SOFT")])[1], removed_dependencies=[name])

    found = await under_overlay(database, topology_of(database), overlay, NOW)

    assert [(str(edge[2].name), edge[4]) for edge in snapshot(found.graph).edges] == [("SOFT", 0)]
