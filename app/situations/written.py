"""How a situation is written down: its account as JSON, for it outlives the items it names. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.impact.model import HealthState
from app.inventory.model import ItemType
from app.situations.model import (
    Account,
    Announced,
    BusinessItem,
    Cause,
    NamedCause,
    Situation,
    SituationStatus,
)

# What the driver hands over is untyped.
Stored = Mapping[str, Any]


def properties(situation: Situation) -> dict[str, object]:
    """The properties of its node that are no instants."""
    told = situation.announced
    return {
        "id": situation.id,
        "status": situation.status.value,
        "title": situation.account.title,
        "priority": situation.account.priority,
        "mergedInto": situation.merged_into,
        "eventCount": situation.event_count,
        "itemCount": situation.item_count,
        "announcedPriority": told.priority if told else None,
        "announcedCause": told.cause if told else None,
        # Enums as their values, instants as text.
        "account": orjson.dumps(situation.account).decode(),
    }


def situation(stored: Stored, instants: Mapping[str, datetime]) -> Situation:
    """The situation with these properties, of which `instants` are those that hold one."""
    told = instants.get("announcedAt")
    return Situation(
        id=stored["id"],
        status=SituationStatus(stored["status"]),
        opened_at=instants["openedAt"],
        changed_at=instants["changedAt"],
        started_at=instants["startedAt"],
        event_count=stored["eventCount"],
        item_count=stored["itemCount"],
        account=_account(orjson.loads(stored["account"])),
        resolved_at=instants.get("resolvedAt"),
        quiet_since=instants.get("quietSince"),
        merged_into=stored.get("mergedInto"),
        announced=Announced(told, stored.get("announcedPriority"), stored.get("announcedCause")) if told else None,
    )


def _account(stored: Stored) -> Account:
    return Account(
        title=stored["title"],
        causes=tuple(NamedCause(_cause(one["cause"]), one["name"], one["sentence"]) for one in stored["causes"]),
        priority=stored["priority"],
        business=tuple(_business(one) for one in stored["business"]),
        business_count=stored["business_count"],
        processes=tuple(stored["processes"]),
        services=tuple(stored["services"]),
        teams=tuple(stored["teams"]),
    )


def _cause(stored: Stored) -> Cause:
    return Cause(**{**stored, "started_at": datetime.fromisoformat(stored["started_at"])})


def _business(stored: Stored) -> BusinessItem:
    return BusinessItem(
        key=stored["key"],
        name=stored["name"],
        type=ItemType(stored["type"]),
        state=HealthState(stored["state"]),
        priority=stored["priority"],
        breach_at=datetime.fromisoformat(stored["breach_at"]) if stored["breach_at"] else None,
    )
