"""When a situation is worth a word: a storm is announced once it has settled, and not again with every alert. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.situations.model import Announced, News, Patience, Situation, SituationStatus


def storm(situations: Iterable[Situation], patience: Patience) -> datetime | None:
    """When a storm last grew; `None` if there is none. It begins as many situations that nobody was told of yet."""
    unheard = [one.changed_at for one in situations if _is_new(one)]
    return max(unheard) if len(unheard) >= patience.storm else None


def news(situation: Situation, now: datetime, patience: Patience, *, storm: datetime | None = None) -> News | None:
    """What has to be announced now, given when the storm last grew that blows, if any; nothing of what came and went
    before anybody was told."""
    told = situation.announced
    if situation.status is SituationStatus.RESOLVED:
        return News.RESOLVED if told else None
    if told is None:
        return News.OPENED if _is_new(situation) and _settled(situation, now, patience, storm) else None
    if situation.quiet_since is None and _is_other(situation, told, now - told.at, patience):
        return News.CHANGED
    return None


def waits(situation: Situation) -> bool:
    """Whether time alone may make something of it."""
    if situation.status is SituationStatus.RESOLVED:
        return False
    told = situation.announced
    return told is None or situation.quiet_since is not None or _has_news(situation, told)


def announced(situation: Situation, now: datetime) -> Announced | None:
    """What is remembered of an announcement; nothing of the last, for a situation that opens again is told anew."""
    if situation.status is SituationStatus.RESOLVED:
        return None
    return Announced(now, situation.account.priority, situation.account.first_cause)


def _is_new(situation: Situation) -> bool:
    return situation.status is SituationStatus.OPEN and situation.quiet_since is None and situation.announced is None


def _settled(situation: Situation, now: datetime, patience: Patience, storm: datetime | None) -> bool:
    still = now - (storm or situation.changed_at) >= timedelta(seconds=patience.settle)
    most = patience.settle_most if storm is None else patience.storm_most
    return still or now - situation.opened_at >= timedelta(seconds=most)


def _has_news(situation: Situation, told: Announced) -> bool:
    return _is_more_urgent(situation, told) or situation.account.first_cause != told.cause


def _is_other(situation: Situation, told: Announced, passed: timedelta, patience: Patience) -> bool:
    if _is_more_urgent(situation, told):
        return passed >= timedelta(seconds=patience.settle_most)
    return situation.account.first_cause != told.cause and passed >= timedelta(seconds=patience.cause)


def _is_more_urgent(situation: Situation, told: Announced) -> bool:
    priority = situation.account.priority
    return priority is not None and (told.priority is None or priority < told.priority)
