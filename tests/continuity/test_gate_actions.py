"""The gate compares with what the estate would be: what it foretells is what is found once the change was made."""

from app.database.client import Connection
from app.inventory.model import DependencyDraft, ItemDraft
from app.inventory.overlay import Overlay
from app.inventory.rules import dependency_draft, item_draft
from app.inventory.values import Problems
from tests.service import CONNECT, IMPORT, Json, emptied, running

HOUR = 3600
ITEMS: list[Json] = [
    {"key": "pay", "type": "BUSINESS_PROCESS", "tier": 0, "rtoSeconds": HOUR, "criticalityWeight": 3},
    {"key": "db", "type": "COMPONENT", "recoveryTimeSeconds": 60},
    {"key": "cloud", "type": "THIRD_PARTY"},
    {"key": "holding", "type": "THIRD_PARTY"},
    {"key": "crew", "type": "TEAM"},
]
CHANGED: list[Json] = [
    {"key": "pay", "type": "BUSINESS_PROCESS", "rtoSeconds": HOUR // 2, "criticalityWeight": 9},
    {"key": "book", "type": "BUSINESS_SERVICE", "rtoSeconds": 60, "tier": 1},
    {"key": "db", "type": "COMPONENT", "recoveryTimeSeconds": 2 * HOUR, "recoveryEvidence": "TESTED"},
    {"key": "crew", "type": "TEAM"},
]
EDGES: list[Json] = [
    {"from": "book", "to": "db", "neededForRecovery": False},
    {"from": "pay", "to": "cloud", "relation": "PROVIDED_BY"},
    {"from": "cloud", "to": "holding", "relation": "CHILD_OF"},
    {"from": "db", "to": "crew", "relation": "OPERATED_BY"},
]


def drafts(items: list[Json], edges: list[Json]) -> tuple[list[ItemDraft], list[DependencyDraft]]:
    problems = Problems()
    found = (
        [item_draft(one, "items", problems) for one in items],
        [dependency_draft(one, "e", problems) for one in edges],
    )
    assert problems.found == []
    return [one for one in found[0] if one], [one for one in found[1] if one]


def test_the_gate_foretells_what_is_found_once_the_change_was_made(connection: Connection) -> None:
    with running(emptied(connection)) as service:
        client = service.client()
        client.add(ITEMS, "pay -> db")
        foretold = service.run(service.runtime.change_gate(Overlay(*drafts(CHANGED, EDGES))))
        client.graphql(IMPORT, items=CHANGED)
        client.graphql(CONNECT, edges=EDGES)
        (pay,) = service.run(service.runtime.change_gate(Overlay(removed_items=["cloud"]))).changes
        (concentrated, *_) = service.run(service.runtime.concentrations.catch_up()).value.values()

    (change,) = foretold.changes
    assert (change.key, foretold.added) == ("pay", ("book",))
    assert change.after == pay.before
    assert change.after.overrun_seconds == 2 * HOUR - HOUR // 2
    assert {one.key: one.knockout_share_after for one in foretold.concentration} == {
        one.name: one.knockout_share for one in concentrated.holdings
    }
