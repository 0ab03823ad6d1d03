"""What an upsert writes: the difference between the rows and the store, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

from app.inventory.admission import Stored
from app.inventory.changes import Changes, Tally, changes
from app.inventory.model import Dependency, Identifier, ItemType, Lifecycle, Member, Relation
from tests.inventory.test_admission import NOTHING, store_of, stored_item
from tests.stored import Raw, drafts, item, needs

T = ItemType
NEEDS, MEMBER, OWNED = Relation.DEPENDS_ON, Relation.HAS_MEMBER, Relation.OWNED_BY
DB = replace(
    stored_item("db", revision=4, properties={"recoveryTimeSeconds": 900}),
    name="Database",
    kind="DATABASE",
    owner="ops",
    source="cmdb",
    identifiers=(Identifier("ip", "10.0.0.5"), Identifier("serial", "sn-1")),
    attributes={"rack": 7},
)
STORED = store_of(DB, stored_item("ops", T.TEAM), edges=[Dependency("db", "ops", OWNED)])
GROUP = stored_item("g", T.REDUNDANCY_GROUP, members=[Member("a", 2), Member("b")], properties={"minAvailable": 1})
MEMBERS = [
    Dependency("g", "a", MEMBER, properties={"weight": 2}),
    Dependency("g", "b", MEMBER, properties={"weight": 1}),
]
GROUPED = store_of(GROUP, stored_item("a"), stored_item("b"), stored_item("c"), edges=MEMBERS)


def of(items: Sequence[Raw], edges: Sequence[Raw] = (), stored: Stored = NOTHING, source: str | None = None) -> Changes:
    return changes(*drafts(items, edges), stored, source=source)


def test_a_new_item_is_live_and_named_by_its_key() -> None:
    written = of([item("a", kind="COMPUTE", attributes={"b": 1, "a": [True]})], source="cmdb")

    assert written.created_items == {
        "a": (
            T.COMPONENT,
            {
                "key": "a",
                "name": "a",
                "kind": "COMPUTE",
                "lifecycle": "LIVE",
                "source": "cmdb",
                "attributes": '{"a":[true],"b":1}',
                "revision": 1,
            },
        )
    }
    assert (written.items, written.touched) == (Tally(created=1), ["a"])


def test_a_row_that_says_what_is_stored_writes_nothing() -> None:
    row = item(
        "db",
        name="Database",
        kind="DATABASE",
        owner="ops",
        lifecycle="LIVE",
        recoveryTimeSeconds=900,
        identifiers=[{"kind": "serial", "value": "SN-1"}, {"kind": "ip", "value": "10.0.0.5"}],
        attributes={"rack": 7},
    )

    written = of([row], (), STORED, source="cmdb")

    assert (written.touched, written.items) == ([], Tally(unchanged=1))


def test_a_row_without_fields_writes_nothing() -> None:
    assert of([item("db")], (), STORED).touched == []


def test_what_a_row_leaves_out_stays() -> None:
    written = of([item("db", name="DB")], (), STORED)

    assert written.changed_items == {
        "db": {
            "key": "db",
            "name": "DB",
            "kind": "DATABASE",
            "lifecycle": "LIVE",
            "source": "cmdb",
            "recoveryTimeSeconds": 900,
            "attributes": '{"rack":7}',
            "revision": 5,
        }
    }
    assert written.items == Tally(changed=1)


def test_what_a_row_gives_as_null_goes() -> None:
    row = item("db", name=None, kind=None, lifecycle=None, recoveryTimeSeconds=None, attributes=None, owner=None)

    written = of([{**row, "identifiers": None}], (), STORED)

    assert written.changed_items["db"] == {
        "key": "db",
        "name": "db",
        "lifecycle": "LIVE",
        "source": "cmdb",
        "revision": 5,
    }
    assert written.removed_edges == {("db", "ops", OWNED)}
    assert written.removed_identifiers == [("db", one) for one in DB.identifiers]


def test_another_source_takes_the_item_over() -> None:
    written = of([item("db")], (), STORED, source="discovery")

    assert written.changed_items["db"]["source"] == "discovery"


def test_a_lifecycle_that_was_set_stays() -> None:
    retired = replace(DB, lifecycle=Lifecycle.RETIRED)

    written = of([item("db", name="Old")], (), store_of(retired))

    assert written.changed_items["db"]["lifecycle"] == "RETIRED"


def test_a_new_owner_replaces_the_old_one_and_counts_as_a_change_of_the_item() -> None:
    written = of([item("db", owner="dba"), item("dba", "TEAM")], (), STORED)

    assert written.removed_edges == {("db", "ops", OWNED)}
    assert written.created_edges == {("db", "dba", OWNED): {}}
    assert written.changed_items["db"]["revision"] == 5
    assert written.dependencies == Tally()


def test_identifiers_are_replaced_as_a_set() -> None:
    names = [{"kind": "ip", "value": "10.0.0.5"}, {"kind": "ip", "value": "10.0.0.6"}]

    written = of([{**item("db"), "identifiers": names}], (), STORED)

    assert written.added_identifiers == [("db", Identifier("ip", "10.0.0.6"))]
    assert written.removed_identifiers == [("db", Identifier("serial", "sn-1"))]
    assert written.items == Tally(changed=1)


def test_members_are_replaced_as_a_set() -> None:
    written = of([item("g", "REDUNDANCY_GROUP", members=["a", "c"])], (), GROUPED)

    assert written.created_edges == {("g", "c", MEMBER): {"weight": 1}}
    assert written.changed_edges == {("g", "a", MEMBER): {"weight": 1}}
    assert written.removed_edges == {("g", "b", MEMBER)}
    assert (written.changed_items["g"]["revision"], written.touched) == (2, ["g"])


def test_a_member_may_have_a_row_of_its_own_as_well() -> None:
    group = item("g", "REDUNDANCY_GROUP", minAvailable=1, members=[{"key": "a", "weight": 2}])

    written = of([group, item("a")], [needs("g", "a", "HAS_MEMBER", confidence=0.5)])

    assert written.created_edges == {("g", "a", MEMBER): {"weight": 2, "confidence": 0.5}}


def test_a_member_that_a_list_drops_and_a_row_of_its_own_names_stays() -> None:
    written = of(
        [item("g", "REDUNDANCY_GROUP", members=[{"key": "a", "weight": 2}])], [needs("g", "b", "HAS_MEMBER")], GROUPED
    )

    assert (written.removed_edges, written.created_edges, written.changed_edges) == (set(), {}, {})


def test_a_new_dependency_is_hard_and_of_the_source() -> None:
    written = of([item("a"), item("b")], [needs("a", "b")], source="cmdb")

    assert written.created_edges == {("a", "b", NEEDS): {"strength": "HARD", "source": "cmdb"}}
    assert (written.dependencies, written.touched) == (Tally(created=1), ["a", "b"])


def test_a_changed_dependency_touches_its_dependent_only() -> None:
    edge = Dependency("a", "b", NEEDS, "cmdb", {"strength": "HARD", "toleranceSeconds": 60})
    stored = store_of(stored_item("a"), stored_item("b"), edges=[edge])

    softer = of([], [needs("a", "b", strength="SOFT")], stored)
    cleared = of([], [needs("a", "b", toleranceSeconds=None, strength=None)], stored)
    same = of([], [needs("a", "b", toleranceSeconds=60)], stored)

    assert softer.changed_edges == {("a", "b", NEEDS): {"strength": "SOFT", "toleranceSeconds": 60, "source": "cmdb"}}
    assert (softer.touched, softer.dependencies) == (["a"], Tally(changed=1))
    assert cleared.changed_edges == {("a", "b", NEEDS): {"strength": "HARD", "source": "cmdb"}}
    assert (same.touched, same.dependencies) == ([], Tally(unchanged=1))
