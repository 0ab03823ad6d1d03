"""Maintenance over GraphQL: asked about, planned, seen, cancelled."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.api.questions import keys, nodes
from tests.events.deliveries import alert, delivery
from tests.events.test_calendars import calendar
from tests.service import Client, Json

WHAT_IF = """
query ($failures: [FailureInput!]!) {
  impact(failures: $failures) {
    priority
    causes { planned item { key } }
    impacted { edges { node { planned priority sentence item { key } } } }
  }
}
"""
PLAN = """
mutation ($input: MaintenanceInput!) {
  planMaintenance(input: $input) { ...window }
}
fragment window on MaintenanceWindow {
  id keys state startsAt endsAt summary createdBy cancelledAt active items { key }
}
"""
CANCEL = "mutation ($id: ID!) { cancelMaintenance(id: $id) { id cancelledAt active } }"
WINDOWS = """
query ($key: String, $activeAt: DateTime, $first: Int, $after: String) {
  maintenanceWindows(key: $key, activeAt: $activeAt, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id active } }
  }
}
"""
NOW = """
{
  currentImpact { asOf priority impacted { edges { node { planned item { key } } } } }
  item(key: "checkout") { health { state planned causes { key } } }
  events(filter: {status: FIRING}) { edges { node { maintenance { id } item { key } } } }
}
"""
PAST = "query ($asOf: DateTime) { currentImpact(asOf: $asOf) { impacted { edges { node { planned item { key } } } } } }"


def shop(client: Client) -> None:
    """A process that needs one of two databases."""
    client.add(
        [
            {"key": "checkout", "type": "BUSINESS_PROCESS", "name": "Checkout", "tier": 0},
            {"key": "db-1", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-1.corp.example"}]},
            {"key": "db-2", "type": "COMPONENT", "identifiers": [{"kind": "fqdn", "value": "db-2.corp.example"}]},
            {"key": "db", "type": "REDUNDANCY_GROUP", "minAvailable": 1, "members": [{"key": "db-1"}, {"key": "db-2"}]},
        ],
        "checkout -> db",
    )


def planned(report: Json) -> dict[str, bool]:
    return {node["item"]["key"]: node["planned"] for node in nodes(report["impacted"])}


def test_what_maintenance_would_hurt_can_be_asked(client: Client) -> None:
    shop(client)
    failures = [{"key": key, "planned": True} for key in ("db-1", "db-2")]

    both = client.graphql(WHAT_IF, failures=failures)["impact"]
    one_fails = client.graphql(WHAT_IF, failures=[failures[0], {"key": "db-2"}])["impact"]

    assert both["priority"] is None
    assert planned(both) == {"checkout": True, "db-1": True, "db-2": True, "db": True}
    assert nodes(both["impacted"])[0] == {
        "planned": True,
        "priority": None,
        "sentence": "Checkout is DOWN for planned maintenance: db needs 1 of 2; db-1 and db-2 are DOWN",
        "item": {"key": "checkout"},
    }
    assert one_fails["priority"] == 1
    assert planned(one_fails) == {"checkout": False, "db-1": True, "db-2": False, "db": False}
    assert [cause["planned"] for cause in one_fails["causes"]] == [True, False]


def hence(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


def plan(client: Client, *keys: str, **given: Json) -> Json:
    """A window over these items from now on, for an hour."""
    asked = {"keys": list(keys), "endsAt": hence(hours=1), "summary": "a new disk", **given}
    return client.graphql(PLAN, input=asked)["planMaintenance"]


@pytest.fixture
def unplanned(client: Client) -> Iterator[Client]:
    """The caller of a service in which nothing is planned, with a process that needs one of two databases."""
    shop(client)
    yield client
    left = client.graphql(WINDOWS, activeAt=hence())["maintenanceWindows"]
    for node in nodes(left):
        client.graphql(CANCEL, id=node["id"])


def test_planned_maintenance_is_answered_as_it_was_planned(unplanned: Client) -> None:
    window = plan(unplanned, "db-1", "db-2", state="DEGRADED")

    assert {name: window[name] for name in ("keys", "state", "summary", "createdBy", "cancelledAt", "active")} == {
        "keys": ["db-1", "db-2"],
        "state": "DEGRADED",
        "summary": "a new disk",
        "createdBy": "local",
        "cancelledAt": None,
        "active": True,
    }
    assert keys(window["items"]) == ["db-1", "db-2"]
    assert window["startsAt"] < window["endsAt"]


def test_what_is_in_maintenance_is_planned_until_it_is_cancelled(unplanned: Client) -> None:
    window = plan(unplanned, "db-1", "db-2")
    unplanned.http.post("/webhooks/alertmanager", json=delivery(alert()))

    during = unplanned.graphql(NOW)
    cancelled = unplanned.graphql(CANCEL, id=window["id"])["cancelMaintenance"]
    after = unplanned.graphql(NOW)
    told = unplanned.graphql(PAST, asOf=during["currentImpact"]["asOf"])["currentImpact"]

    assert planned(during["currentImpact"]) == {"checkout": True, "db-1": True, "db-2": True, "db": True}
    assert during["currentImpact"]["priority"] is None
    assert during["item"]["health"] == {"state": "DOWN", "planned": True, "causes": [{"key": "db-1"}, {"key": "db-2"}]}
    assert nodes(during["events"]) == [{"maintenance": {"id": window["id"]}, "item": {"key": "db-1"}}]
    assert (cancelled["active"], cancelled["cancelledAt"] is None) == (False, False)
    assert planned(after["currentImpact"]) == {"db-1": False}
    assert after["item"]["health"]["planned"] is False
    assert nodes(after["events"]) == [{"maintenance": None, "item": {"key": "db-1"}}]
    assert planned(told) == planned(during["currentImpact"])
    assert unplanned.graphql(CANCEL, id=window["id"])["cancelMaintenance"] == cancelled


def test_windows_are_listed_page_by_page_and_filtered(unplanned: Client) -> None:
    later = plan(unplanned, "db-1", startsAt=hence(minutes=30))
    now = plan(unplanned, "db-1", "db-2")

    page = unplanned.graphql(WINDOWS, key="db-1", first=1)["maintenanceWindows"]
    rest = unplanned.graphql(WINDOWS, key="db-1", first=1, after=page["pageInfo"]["endCursor"])["maintenanceWindows"]
    active = unplanned.graphql(WINDOWS, activeAt=hence())["maintenanceWindows"]
    soon = unplanned.graphql(WINDOWS, activeAt=hence(minutes=45))["maintenanceWindows"]

    assert nodes(page) == [{"id": later["id"], "active": False}]
    assert nodes(rest)[0] == {"id": now["id"], "active": True}
    assert nodes(active) == [{"id": now["id"], "active": True}]
    assert (soon["totalCount"], len(nodes(soon))) == (2, 2)
    unplanned.graphql(CANCEL, id=later["id"])


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"keys": ["nobody"]}, "NOT_FOUND", "no configuration item has the key 'nobody'; look it up with search"),
        ({"keys": ["db"]}, "INVALID_INPUT", "'db' is a redundancy group and never fails by itself"),
        ({"keys": []}, "INVALID_INPUT", "keys must name 1 to 1000 items, not 0"),
        ({"endsAt": "2026-01-01T00:00:00Z"}, "INVALID_INPUT", "endsAt 2026-01-01T00:00:00+00:00 must be later than"),
        ({"endsAt": "2126-01-01T00:00:00"}, "INVALID_INPUT", "endsAt has no time zone"),
        ({"endsAt": "2126-01-01T00:00:00Z"}, "INVALID_INPUT", "the window lasts "),
        ({"recurrence": "FREQ=HOURLY"}, "INVALID_INPUT", "recurrence must say FREQ=DAILY, WEEKLY, MONTHLY, YEARLY"),
        ({"recurrence": "FREQ=DAILY", "timeZone": "CEST"}, "INVALID_INPUT", "timeZone 'CEST' is not known; give an"),
        ({"state": "OPERATIONAL"}, "INVALID_INPUT", "state must be DOWN or DEGRADED, not OPERATIONAL"),
    ],
)
def test_what_cannot_be_planned_is_refused_and_nothing_is_stored(
    unplanned: Client, given: Json, code: str, told: str
) -> None:
    before = unplanned.graphql(WINDOWS)["maintenanceWindows"]["totalCount"]
    asked = {"keys": ["db-1"], "endsAt": hence(hours=1), "summary": "a new disk", **given}

    refusal = unplanned.refusal(PLAN, input=asked)

    assert (refusal.code, refusal.message[: len(told)]) == (code, told)
    assert unplanned.graphql(WINDOWS)["maintenanceWindows"]["totalCount"] == before


SERIES = """
mutation ($input: MaintenanceInput!) {
  planMaintenance(input: $input) {
    id state includeHosted recurrence timeZone startsAt endsAt source occurrences(first: 3) { startsAt endsAt }
  }
}
"""
CALL_OFF = """
mutation ($id: ID!, $start: DateTime!) {
  cancelMaintenance(id: $id, occurrence: $start) { cancelledAt occurrences(first: 2) { startsAt } }
}
"""
IMPORT = """
mutation ($ics: String!, $keys: [String!]) {
  importMaintenanceCalendar(ics: $ics, keys: $keys, state: null) { planned changed cancelled unchanged problems }
}
"""


def times(occurrences: Json) -> list[str]:
    return [one["startsAt"] for one in occurrences]


def test_a_series_shows_its_next_times_and_one_of_them_is_called_off(unplanned: Client) -> None:
    asked = {
        "keys": ["db-1"],
        "state": None,
        "includeHosted": True,
        "startsAt": "2030-10-20T02:00:00+02:00",
        "endsAt": "2030-10-20T04:00:00+02:00",
        "summary": "patches",
        "recurrence": "FREQ=WEEKLY;BYDAY=SU",
        "timeZone": "Europe/Berlin",
    }
    series = unplanned.graphql(SERIES, input=asked)["planMaintenance"]
    rest = unplanned.graphql(CALL_OFF, id=series["id"], start="2030-10-27T00:00:00Z")["cancelMaintenance"]
    unplanned.graphql(CANCEL, id=series["id"])

    assert {name: series[name] for name in ("state", "includeHosted", "recurrence", "timeZone", "source")} == {
        "state": None,
        "includeHosted": True,
        "recurrence": "FREQ=WEEKLY;BYDAY=SU",
        "timeZone": "Europe/Berlin",
        "source": None,
    }
    assert times(series["occurrences"]) == [f"2030-{day}:00:00+00:00" for day in ("10-20T00", "10-27T00", "11-03T01")]
    assert rest["cancelledAt"] is None
    assert times(rest["occurrences"]) == [f"2030-{day}:00:00+00:00" for day in ("10-20T00", "11-03T01")]


def test_a_calendar_is_imported_and_says_what_it_left_out(unplanned: Client) -> None:
    ics = calendar(
        "UID:a\nDTSTART:20300101T000000Z\nDURATION:PT1H\nSUMMARY:disks",
        "UID:b\nDTSTART:20300101T000000Z\nDURATION:PT1H\nSUMMARY:[nobody]",
    )

    first, again = (unplanned.graphql(IMPORT, ics=ics, keys=["db-2"])["importMaintenanceCalendar"] for _ in range(2))

    told = "the event b: 'nobody' is the key of no item, or of a redundancy group; name items by their keys"
    assert first == {"planned": 1, "changed": 0, "cancelled": 0, "unchanged": 0, "problems": [told]}
    assert again == {"planned": 0, "changed": 0, "cancelled": 0, "unchanged": 1, "problems": [told]}
    assert unplanned.refusal(IMPORT, ics="hello").code == "INVALID_INPUT"


def test_what_is_not_there_cannot_be_cancelled_or_paged_on(unplanned: Client) -> None:
    assert unplanned.refusal(CANCEL, id="x").code == "NOT_FOUND"
    assert unplanned.refusal(WINDOWS, activeAt="2026-01-01T00:00:00").message == (
        "activeAt has no time zone; write it as 2026-01-01T00:00:00Z"
    )
