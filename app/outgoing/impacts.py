"""Impacts: when it is worth a word that the business is hurt, otherwise hurt, or well again, and in which words. Pure.

What is planned wakes nobody, and counts as not hurt.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.impact.model import HealthState
from app.impact.report import ImpactReport
from app.inventory.model import Item, ItemType
from app.notify.model import Notice, NoticeType


@dataclass(frozen=True, slots=True)
class Condition:
    """How a business item is hurt: how bad it is, how urgent, and when it breaches its tolerance, if it does."""

    state: HealthState
    priority: int | None
    breach_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldImpact:
    """What was told last of a business item that is hurt; that was noticed at `opened_at`.

    `told_with` are the situations that told of it as well.
    """

    key: str
    opened_at: datetime
    condition: Condition
    told_with: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What opens, changes and is resolved."""
        return f"{self.key} {self.opened_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a difference must last until it is told, and by how much a breach must move to be one."""

    settle: timedelta
    breach_moves: timedelta


@dataclass(frozen=True, slots=True)
class ImpactChange:
    """What has to be told of a business item: how it was when that was told, and how it is now."""

    type: NoticeType
    told: ToldImpact
    before: Condition | None
    at: datetime


def conditions(report: ImpactReport) -> dict[str, Condition]:
    """How each business item is hurt, the planned ones aside, by its key."""
    numbers = report.business[~report.planned_among(report.business)]
    keys, states = [report.graph.keys[number] for number in numbers.tolist()], report.propagation.states(numbers)
    return {
        key: Condition(HealthState(state), forecast.priority, forecast.breach_at)
        for key, state, forecast in zip(keys, states.tolist(), report.forecasts(keys), strict=True)
    }


class Ledger:
    """What was told of the business, by key, and since when something else is the case."""

    def __init__(self, told: Mapping[str, ToldImpact] | None = None) -> None:
        self.told = dict(told or {})
        self._waiting: dict[str, datetime] = {}

    def replace(self, told: Mapping[str, ToldImpact]) -> None:
        """Take in what somebody else has told; what waits goes on waiting."""
        self.told = dict(told)

    def due(self, now: Mapping[str, Condition], at: datetime, patience: Patience) -> tuple[ImpactChange, ...]:
        """What has to be told, by key, of the items that have been otherwise than told for long enough."""
        keys = (key for key in self.told.keys() | now.keys() if self._differs(key, now.get(key), patience))
        self._waiting = {key: self._waiting.get(key, at) for key in keys}
        settled = sorted(key for key, since in self._waiting.items() if at - since >= patience.settle)
        return tuple(self._change(key, now.get(key), at) for key in settled)

    def _differs(self, key: str, now: Condition | None, patience: Patience) -> bool:
        told = self.told.get(key)
        if told is None or now is None:
            return (told is None) is not (now is None)
        before = told.condition
        if (before.state, before.priority) != (now.state, now.priority):
            return True
        if before.breach_at is None or now.breach_at is None:
            return before.breach_at is not now.breach_at
        return abs(before.breach_at - now.breach_at) > patience.breach_moves

    def _change(self, key: str, now: Condition | None, at: datetime) -> ImpactChange:
        told = self.told.get(key)
        if now is None:
            assert told is not None
            return ImpactChange(NoticeType.IMPACT_RESOLVED, told, told.condition, at)
        if told is None:
            return ImpactChange(NoticeType.IMPACT_OPENED, ToldImpact(key, self._waiting[key], now), None, at)
        return ImpactChange(NoticeType.IMPACT_CHANGED, replace(told, condition=now), told.condition, at)

    def take(self, changes: Iterable[ImpactChange]) -> None:
        """Note that these changes were told."""
        for change in changes:
            self._waiting.pop(change.told.key, None)
            if change.type is NoticeType.IMPACT_RESOLVED:
                self.told.pop(change.told.key, None)
            else:
                self.told[change.told.key] = change.told


def notice(change: ImpactChange, item: Item | None, type: ItemType | None, sentence: str) -> Notice:
    """The notice of a change of an item, which may have been removed meanwhile; `sentence` says why it is hurt."""
    told, condition = change.told, change.told.condition
    name = item.name if item else told.key
    over = change.type is NoticeType.IMPACT_RESOLVED
    business = (told.key,)
    return Notice(
        id=f"{told.subject} {change.type.value} {change.at.isoformat()}",
        type=change.type,
        subject=told.subject,
        title=f"{name} is {HealthState.OPERATIONAL.name if over else condition.state.name}{_breach(change)}",
        sentence=f"It was hurt since {told.opened_at:%Y-%m-%d %H:%M:%S} UTC" if over else sentence,
        at=change.at,
        priority=condition.priority,
        services=business if type is ItemType.BUSINESS_SERVICE else (),
        processes=business if type is ItemType.BUSINESS_PROCESS else (),
        teams=(item.owner,) if item and item.owner else (),
        data={
            "key": told.key,
            "openedAt": told.opened_at.isoformat(),
            "state": HealthState.OPERATIONAL.name if over else condition.state.name,
            "stateBefore": change.before.state.name if change.before else HealthState.OPERATIONAL.name,
            "breachAt": condition.breach_at.isoformat() if condition.breach_at and not over else None,
        },
        told_with=told.told_with,
    )


def _breach(change: ImpactChange) -> str:
    breach_at = change.told.condition.breach_at
    if breach_at is None or change.type is NoticeType.IMPACT_RESOLVED:
        return ""
    return f" and breaches its tolerance at {breach_at:%Y-%m-%d %H:%M} UTC"
