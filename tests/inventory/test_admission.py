"""Which rows the store can take: against what is stored, and against each other."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.admission import Stored, admit, resolved_threshold
from app.inventory.model import (
    Dependency,
    DependencyDraft,
    Item,
    ItemDraft,
    ItemType,
    Lifecycle,
    Member,
    Relation,
    Scalar,
)
from tests.stored import Raw, drafts, item, needs

LAW = settings(max_examples=300, deadline=None, derandomize=True)
T = ItemType
NOTHING = Stored({}, {}, {})


def stored_item(
    key: str,
    type: ItemType = T.COMPONENT,
    *,
    revision: int = 1,
    members: Sequence[Member] = (),
    properties: Mapping[str, Scalar] | None = None,
) -> Item:
    """An item that is already there."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Item(
        key=key,
        type=type,
        name=key,
        kind=None,
        lifecycle=Lifecycle.LIVE,
        owner=None,
        source=None,
        revision=revision,
        created_at=at,
        updated_at=at,
        members=tuple(members),
        properties=properties or {},
    )


def store_of(*items: Item, edges: Sequence[Dependency] = ()) -> Stored:
    """A store that holds these items."""
    return Stored(
        {one.key: one for one in items},
        {one.key: one.type for one in items},
        {(edge.dependent, edge.provider, edge.relation): edge for edge in edges},
    )


def problems_of(items: Sequence[Raw], edges: Sequence[Raw] = (), stored: Stored = NOTHING) -> list[str]:
    """Why which of these rows cannot be stored."""
    return [str(problem) for problem in admit(*drafts(items, edges), stored)[2]]


GROUP = stored_item(
    "g", T.REDUNDANCY_GROUP, members=[Member("a"), Member("b")], properties={"minAvailable": 2, "degradedBelow": 2}
)
PAIR = store_of(GROUP, stored_item("a"), stored_item("b"))


def test_rows_that_fit_are_taken_whatever_their_order() -> None:
    items = [
        item("a"),
        item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["b"]),
        item("b", owner="t"),
        item("t", "TEAM"),
    ]

    assert problems_of(items, [needs("a", "g"), needs("b", "a"), needs("a", "b")]) == []


@pytest.mark.parametrize(
    ("items", "edges", "problems"),
    [
        pytest.param(
            [item("a"), item("a", name="Again")],
            [],
            ["items[1]: key 'a' was already given in items[0]; keep one"],
            id="a key twice",
        ),
        pytest.param(
            [item("a"), item("b")],
            [needs("a", "b"), needs("a", "b", strength="SOFT")],
            ["dependencies[1]: DEPENDS_ON from 'a' to 'b' was already given in dependencies[0]; keep one"],
            id="an edge twice",
        ),
        pytest.param(
            [item("a")],
            [needs("a", "b")],
            ["dependencies[0]: to names 'b', which does not exist; add that item or correct the key"],
            id="an end that does not exist",
        ),
        pytest.param(
            [item("a", owner="b"), item("b")],
            [],
            ["items[0]: owner names 'b', which is a COMPONENT; it must be a TEAM"],
            id="an owner that is no team",
        ),
        pytest.param(
            [item("a"), item("b")],
            [needs("a", "b", "LOCATED_IN")],
            ["dependencies[0]: to names 'b', which is a COMPONENT; it must be a LOCATION"],
            id="a place that is none",
        ),
        pytest.param(
            [item("a"), item("b")],
            [needs("a", "b", "PROVIDED_BY")],
            ["dependencies[0]: to names 'b', which is a COMPONENT; it must be a CONTRACT or THIRD_PARTY"],
            id="a supplier that is none",
        ),
        pytest.param(
            [item("a"), item("b")],
            [needs("a", "b", "HAS_MEMBER")],
            ["dependencies[0]: from names 'a', which is a COMPONENT; it must be a REDUNDANCY_GROUP"],
            id="a member of no group",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["a", "g"]), item("a")],
            [],
            ["items[0]: members name the group 'g' itself"],
            id="a group in itself",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["nobody"])],
            [],
            ["items[0]: members name 'nobody', which does not exist; add that item or leave it out"],
            id="a member that does not exist",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=1)],
            [],
            ["items[0]: group 'g' has no members; name at least one"],
            id="a group without members",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", members=["a"]), item("a")],
            [],
            ["items[0]: minAvailable is missing; say how many of the members of 'g' must be available"],
            id="a group without a threshold",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=2, members=["a"]), item("a")],
            [],
            ["items[0]: minAvailable 2 of 'g' cannot be met: it has 1 members"],
            id="more than there are",
        ),
        pytest.param(
            [
                item("g", "REDUNDANCY_GROUP", minAvailable=5, members=["b", {"key": "a", "weight": 3}]),
                item("a"),
                item("b"),
            ],
            [],
            ["items[0]: minAvailable 5 of 'g' cannot be met: 2 members weigh 4"],
            id="more than they weigh",
        ),
        pytest.param(
            [
                item("g", "REDUNDANCY_GROUP", minAvailable="60%", degradedBelow=1, members=["a", "b"]),
                item("a"),
                item("b"),
            ],
            [],
            ["items[0]: degradedBelow 1 of 'g' must be from minAvailable (2) to 2: it has 2 members"],
            id="healthy before it is available",
        ),
    ],
)
def test_a_row_that_cannot_be_stored_says_why(items: list[Raw], edges: list[Raw], problems: list[str]) -> None:
    assert problems_of(items, edges) == problems


def test_a_refused_item_takes_with_it_what_needs_it() -> None:
    rows = [item("a", owner="nobody"), item("g", "REDUNDANCY_GROUP", minAvailable=1, members=["a"]), item("c")]
    edges = [needs("c", "g"), needs("c", "a")]

    accepted, kept, problems = admit(*drafts(rows, edges), NOTHING)

    assert ([draft.key for draft in accepted], kept) == (["c"], [])
    assert [problem.where for problem in problems] == ["items[0]", "items[1]", "dependencies[1]", "dependencies[0]"]


def test_of_two_rows_for_one_item_the_first_stands() -> None:
    accepted, _, problems = admit(*drafts([item("a", name="One"), item("a", name="Two")], ()), NOTHING)

    assert [draft.fields["name"] for draft in accepted] == ["One"]
    assert len(problems) == 1


def test_a_stored_type_does_not_change_and_the_edges_of_the_item_stay_right() -> None:
    stored = store_of(stored_item("t", T.TEAM), stored_item("a"))

    assert problems_of([item("t", "COMPONENT"), item("a", owner="t")], (), stored) == [
        "items[0]: type of 't' is TEAM and cannot become COMPONENT; remove the item first"
    ]


@pytest.mark.parametrize(
    ("revision", "problems"),
    [
        (3, []),
        (2, ["items[0]: revision 2 was given but 'a' is at revision 3; read it again and repeat the edit"]),
        (0, ["items[0]: revision 0 was given but 'a' is at revision 3; read it again and repeat the edit"]),
    ],
)
def test_an_edit_names_the_revision_it_was_made_of(revision: int, problems: list[str]) -> None:
    assert problems_of([item("a", revision=revision)], (), store_of(stored_item("a", revision=3))) == problems


def test_revision_zero_means_that_the_item_is_new() -> None:
    assert problems_of([item("a", revision=0)]) == []
    assert problems_of([item("a", revision=1)]) == [
        "items[0]: revision 1 was given but 'a' does not exist; read it again and repeat the edit"
    ]


@pytest.mark.parametrize(
    ("items", "edges", "problems"),
    [
        pytest.param([item("g", "REDUNDANCY_GROUP", name="G")], [], [], id="nothing about its members"),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=1)], [], [], id="a threshold that fits the stored members"
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=3)],
            [],
            ["items[0]: minAvailable 3 of 'g' cannot be met: it has 2 members"],
            id="a threshold beyond the stored members",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=3, degradedBelow=None)],
            [needs("g", "c", "HAS_MEMBER")],
            [],
            id="a threshold that a joining member makes right",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", members=["a"])],
            [],
            ["items[0]: minAvailable 2 of 'g' cannot be met: it has 1 members"],
            id="too few members for the stored threshold",
        ),
        pytest.param(
            [item("g", "REDUNDANCY_GROUP", minAvailable=None)],
            [],
            ["items[0]: minAvailable is missing; say how many of the members of 'g' must be available"],
            id="a cleared threshold",
        ),
        pytest.param([], [needs("g", "c", "HAS_MEMBER")], [], id="one more member"),
        pytest.param([], [needs("g", "a", "HAS_MEMBER", weight=3)], [], id="a heavier member"),
    ],
)
def test_a_group_is_judged_with_what_is_stored_of_it(items: list[Raw], edges: list[Raw], problems: list[str]) -> None:
    stored = store_of(*PAIR.items.values(), stored_item("c"))

    assert problems_of(items, edges, stored) == problems


def test_a_member_that_becomes_lighter_can_make_the_threshold_too_high() -> None:
    heavy = stored_item("g", T.REDUNDANCY_GROUP, members=[Member("a", 3)], properties={"minAvailable": 3})
    stored = store_of(heavy, stored_item("a"))

    assert problems_of([], [needs("g", "a", "HAS_MEMBER", weight=1)], stored) == [
        "dependencies[0]: minAvailable 3 of 'g' cannot be met: it has 1 members"
    ]
    assert problems_of([], [needs("g", "a", "HAS_MEMBER")], stored) == []


@pytest.mark.parametrize(
    ("threshold", "total", "number"),
    [
        ("60%", 4, 3),
        ("60%", 5, 3),
        ("50%", 4, 2),
        ("33.4%", 3, 2),
        ("33.3%", 3, 1),
        ("100%", 7, 7),
        ("1%", 3, 1),
        (2, 9, 2),
    ],
)
def test_a_percentage_is_rounded_up(threshold: Scalar, total: int, number: int) -> None:
    assert resolved_threshold(threshold, total) == number


KEYS = st.sampled_from(["a", "b", "c", "g", "h", "t"])
TYPES = {"g": "REDUNDANCY_GROUP", "h": "REDUNDANCY_GROUP", "t": "TEAM"}
ROWS = st.lists(
    st.tuples(KEYS, st.sampled_from(["a", "t", None]), st.sets(KEYS, min_size=1), st.integers(1, 3)), max_size=7
).map(
    lambda rows: [
        item(key, TYPES[key], minAvailable=least, members=sorted(members))
        if TYPES.get(key) == "REDUNDANCY_GROUP"
        else item(key, TYPES.get(key, "COMPONENT"), owner=owner)
        for key, owner, members, least in rows
    ]
)
EDGES = st.lists(
    st.tuples(KEYS, KEYS, st.sampled_from(["DEPENDS_ON", "HAS_MEMBER", "OPERATED_BY"])).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=6,
).map(lambda edges: [needs(*edge) for edge in edges])
KEPT = st.sampled_from([NOTHING, PAIR])


def places(rows: Sequence[ItemDraft | DependencyDraft]) -> list[str]:
    return [row.where for row in rows]


@LAW
@given(ROWS, EDGES, KEPT)
def test_every_row_is_either_taken_or_refused_once(items: list[Raw], edges: list[Raw], stored: Stored) -> None:
    rows, lines = drafts(items, edges)

    accepted, kept, problems = admit(rows, lines, stored)

    refused = [problem.where for problem in problems]
    assert sorted([*places(accepted), *places(kept), *refused]) == sorted([*places(rows), *places(lines)])


@LAW
@given(ROWS, EDGES, KEPT)
def test_the_rows_that_are_taken_need_none_of_the_others(items: list[Raw], edges: list[Raw], stored: Stored) -> None:
    accepted, kept, _ = admit(*drafts(items, edges), stored)

    assert admit(accepted, kept, stored) == (accepted, kept, [])
    known = {draft.key for draft in accepted} | stored.types.keys()
    assert {end for edge in kept for end in (edge.dependent, edge.provider)} <= known
    assert {member.key for draft in accepted for member in draft.members or ()} <= known


@LAW
@given(ROWS, KEPT)
def test_every_group_that_is_taken_can_hold(items: list[Raw], stored: Stored) -> None:
    accepted, _, _ = admit(*drafts(items, ()), stored)

    groups = [draft for draft in accepted if draft.type is T.REDUNDANCY_GROUP]
    assert [
        draft.key
        for draft in groups
        if not 1 <= int(draft.fields["minAvailable"] or 0) <= sum(member.weight for member in draft.members or ())
    ] == []


def test_the_relation_is_part_of_an_edges_name() -> None:
    stored = store_of(stored_item("a"), stored_item("z", T.LOCATION), edges=[Dependency("a", "z", Relation.LOCATED_IN)])

    assert problems_of([], [needs("a", "z"), needs("a", "z", "LOCATED_IN"), needs("a", "z", "PART_OF")], stored) == []
