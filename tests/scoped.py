"""An estate of which somebody sees a part: every hidden item bears `MARK` in all that is known of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.auth.model import Role
from app.auth.scope import Scope, scope_of
from app.database.client import Connection
from tests.events.deliveries import alert, delivery
from tests.service import Client, Json, Service, emptied, running

MARK = "qzx"
_SCOPE = scope_of(["pay"], ["env=prod"], ["acme"])


def item(key: str, type: str = "COMPONENT", **fields: Json) -> Json:
    """An item; a hidden one says so wherever it can."""
    hidden = {"name": f"The {key}", "attributes": {"note": key, "env": f"prod-{key}"}} if MARK in key else {}
    identifiers = [{"kind": "hostname", "value": f"{key}.corp.example"}]
    return {"key": key, "type": type, "identifiers": identifiers, **hidden, **fields}


def _members(*keys: str) -> Json:
    return [{"key": key} for key in keys]


_LOSSES = {"lossCurrency": "EUR", "lossBands": [{"afterSeconds": 60, "cumulativeLoss": "100"}]}
_TEAMS = [item("pay", "TEAM", headcount=3), item(f"{MARK}-team", "TEAM")]
_VISIBLE = [
    item("checkout", "BUSINESS_PROCESS", owner="pay", tier=1, mtpdSeconds=60, **_LOSSES),
    item("shop", "BUSINESS_SERVICE", owner="pay"),
    item("pay-api", "IT_SERVICE", owner="pay"),
    item("db", "REDUNDANCY_GROUP", owner="pay", minAvailable=1, members=_members("db-1", f"{MARK}-db-2")),
    item("db-1", owner=f"{MARK}-team", attributes={"env": "prod"}),
    item("cache", attributes={"env": "prod"}),
    item("cloud", "THIRD_PARTY", attributes={"organisation": "acme"}),
]
_HIDDEN = [
    item(f"{MARK}-db-2", owner=f"{MARK}-team"),
    item(f"{MARK}-mid"),
    item(f"{MARK}-way"),
    item(f"{MARK}-san", recoveryTimeSeconds=90),
    item(f"{MARK}-wiki", "BUSINESS_PROCESS", tier=0, mtpdSeconds=30, **_LOSSES),
    item(f"{MARK}-group", "REDUNDANCY_GROUP", minAvailable=2, members=_members("cache", f"{MARK}-san")),
    item(f"{MARK}-lost", "REDUNDANCY_GROUP", minAvailable=1, members=_members(f"{MARK}-gone")),
    item(f"{MARK}-gone"),
]
_EDGES = [
    *("checkout -> pay-api", "shop -> pay-api", "pay-api -> db", f"pay-api -> {MARK}-mid", f"pay-api -> {MARK}-way"),
    *(f"{MARK}-mid -> cache", f"{MARK}-way -> cache", f"db-1 -> {MARK}-san", f"{MARK}-db-2 -> {MARK}-san"),
    *(f"{MARK}-wiki -> db-1", f"{MARK}-wiki -> {MARK}-lost", f"shop -> {MARK}-group", "db-1 -> cloud"),
]
SEEN = sorted(["pay", *(one["key"] for one in _VISIBLE)])
"""The keys of the others."""
UNSEEN = {one["key"]: one["type"] for one in (_TEAMS[1], *_HIDDEN)}
"""The types of the hidden items, by key."""


@dataclass(frozen=True, slots=True)
class Estate:
    """A running service, and who sees a part of the estate, all of it, or nothing."""

    service: Service
    part: Client
    whole: Client
    nothing: Client


@contextmanager
def scoped_estate(connection: Connection) -> Iterator[Estate]:
    """The estate with open events, and no limits on how much may be asked for at once."""
    generous: dict[str, Json] = {"graphql_max_depth": 50, "graphql_max_tokens": 50_000, "graphql_max_cost": 10**12}
    generous |= {"max_page_size": 50, "webhook_answer_seconds": 60}
    with running(emptied(connection), local_mode=False, **generous) as service:
        whole = service.client_as(Role.ADMIN)
        whole.add([*_TEAMS, *_VISIBLE, *_HIDDEN], *_EDGES)
        whole.graphql("mutation ($keys: [String!]!) { removeItems(keys: $keys) { removed } }", keys=[f"{MARK}-gone"])
        alerts = [
            alert("db-1.corp.example", fingerprint="a", severity="warning"),
            alert(f"{MARK}-san.corp.example", fingerprint="b", note=MARK),
            alert(f"{MARK}-nobody.corp.example", fingerprint="c"),
        ]
        assert whole.http.post("/webhooks/alertmanager", json=delivery(*alerts)).status_code == 200
        # Administrators: a scope, not the role, is what limits them.
        part, nothing = service.client_as(Role.ADMIN, _SCOPE), service.client_as(Role.ADMIN, Scope())
        yield Estate(service, part, whole, nothing)
