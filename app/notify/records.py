"""Subscriptions and notifications as Neo4j holds them: what only we read is one property, as JSON."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.database.instants import utc, utc_or_none
from app.notify.model import (
    Attempt,
    Channel,
    Notice,
    NoticeType,
    Notification,
    NotificationStatus,
    QuietHours,
    Subscription,
    Wanted,
)


def subscription_properties(subscription: Subscription) -> Mapping[str, object]:
    """What somebody decided of a subscription; how it fares is stored as it is delivered to."""
    return {
        "name": subscription.name,
        "channel": subscription.channel.value,
        "target": subscription.target,
        "secrets": list(subscription.secrets),
        "wanted": _text(_wanted_properties(subscription.wanted)),
        "quiet": _text(_quiet_properties(subscription.quiet)) if subscription.quiet else None,
        "enabled": subscription.enabled,
        "disabledBecause": subscription.disabled_because,
        "createdAt": subscription.created_at,
        "createdBy": subscription.created_by,
    }


def subscription(stored: Mapping[str, Any]) -> Subscription:
    """A stored subscription."""
    quiet = stored.get("quiet")
    return Subscription(
        id=stored["id"],
        name=stored["name"],
        channel=Channel(stored["channel"]),
        target=stored["target"],
        created_at=utc(stored["createdAt"]),
        created_by=stored["createdBy"],
        secrets=tuple(stored.get("secrets") or ()),
        wanted=_wanted(orjson.loads(stored["wanted"])),
        quiet=_quiet(orjson.loads(quiet)) if quiet else None,
        enabled=stored["enabled"],
        disabled_because=stored.get("disabledBecause"),
        failures=stored["failures"],
        paused_until=utc_or_none(stored.get("pausedUntil")),
    )


def notification_properties(notice: Notice, *, created_at: datetime, due_at: datetime) -> Mapping[str, object]:
    """What is stored of a new notification besides its id and its place."""
    return {
        "subject": notice.subject,
        "notice": _text(_notice_properties(notice)),
        "createdAt": created_at,
        "dueAt": due_at,
        "log": "[]",
    }


def notification(stored: Mapping[str, Any]) -> Notification:
    """A stored notification."""
    log = orjson.loads(stored["log"])
    return Notification(
        id=stored["id"],
        sequence=stored["sequence"],
        subscription_id=stored["subscriptionId"],
        notice=_notice(orjson.loads(stored["notice"])),
        created_at=utc(stored["createdAt"]),
        due_at=utc(stored["dueAt"]),
        status=NotificationStatus(stored["status"]),
        attempts=stored["attempts"],
        log=tuple(Attempt(datetime.fromisoformat(one["at"]), one["delivered"], one["detail"]) for one in log),
    )


def log_text(log: tuple[Attempt, ...]) -> str:
    """Attempts as they are stored."""
    return _text([{"at": one.at, "delivered": one.delivered, "detail": one.detail} for one in log])


def _notice_properties(notice: Notice) -> Mapping[str, object]:
    return {
        "id": notice.id,
        "type": notice.type.value,
        "subject": notice.subject,
        "title": notice.title,
        "sentence": notice.sentence,
        "at": notice.at,
        "priority": notice.priority,
        "services": notice.services,
        "processes": notice.processes,
        "teams": notice.teams,
        "data": dict(notice.data),
        "toldWith": notice.told_with,
    }


def _notice(stored: Mapping[str, Any]) -> Notice:
    return Notice(
        id=stored["id"],
        type=NoticeType(stored["type"]),
        subject=stored["subject"],
        title=stored["title"],
        sentence=stored["sentence"],
        at=datetime.fromisoformat(stored["at"]),
        priority=stored["priority"],
        services=tuple(stored["services"]),
        processes=tuple(stored["processes"]),
        teams=tuple(stored["teams"]),
        data=stored["data"],
        told_with=tuple(stored.get("toldWith", ())),
    )


def _wanted_properties(wanted: Wanted) -> Mapping[str, object]:
    return {
        "types": sorted(one.value for one in wanted.types),
        "services": sorted(wanted.services),
        "teams": sorted(wanted.teams),
        "leastPriority": wanted.least_priority,
    }


def _wanted(stored: Mapping[str, Any]) -> Wanted:
    return Wanted(
        types=frozenset(NoticeType(one) for one in stored["types"]),
        services=frozenset(stored["services"]),
        teams=frozenset(stored["teams"]),
        least_priority=stored["leastPriority"],
    )


def _quiet_properties(quiet: QuietHours) -> Mapping[str, object]:
    return {
        "zone": quiet.zone.key,
        "start": quiet.start,
        "end": quiet.end,
        "weekdays": sorted(quiet.weekdays),
        "urgent": quiet.urgent,
    }


def _quiet(stored: Mapping[str, Any]) -> QuietHours:
    return QuietHours(
        zone=ZoneInfo(stored["zone"]),
        start=time.fromisoformat(stored["start"]),
        end=time.fromisoformat(stored["end"]),
        weekdays=frozenset(stored["weekdays"]),
        urgent=stored["urgent"],
    )


def _text(value: object) -> str:
    return orjson.dumps(value).decode()
