"""Acknowledgements: what is told when somebody takes events. Pure.

Who takes many at once is told of once, for each situation they belong to.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.events.lifecycle import SENDER
from app.events.model import Event
from app.inventory.model import Item, ItemType
from app.notify.model import Notice, NoticeType
from app.situations.model import Situation

MOST_LISTED = 100
"""Events in a notice; of more there are several, for each of them is to be taken elsewhere too."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that somebody took, and the id of the situation that gathers it."""

    event: Event
    situation_id: str | None

    @property
    def subject(self) -> str:
        """What was told of it, if anything was: its situation."""
        return self.situation_id or self.event.id

    @property
    def by_and_at(self) -> tuple[str, datetime]:
        """Who took it, and when."""
        assert self.event.acknowledged_by is not None
        assert self.event.acknowledged_at is not None
        return self.event.acknowledged_by, self.event.acknowledged_at


def notices(taken: Iterable[Taken], situations: Mapping[str, Situation], items: Mapping[str, Item]) -> Iterator[Notice]:
    """What is told of these events; told again of the same, a notice has the same id."""
    ordered = sorted(taken, key=lambda one: (one.subject, *one.by_and_at, one.event.id))
    for (subject, by, at), group in groupby(ordered, key=lambda one: (one.subject, *one.by_and_at)):
        together = [one.event for one in group]
        situation = situations.get(subject)
        for place in range(0, len(together), MOST_LISTED):
            listed = together[place : place + MOST_LISTED]
            id = f"{subject} acknowledged {by} {at.isoformat()} {place}"
            yield _notice(id, subject, listed, total=len(together), situation=situation, items=items)


def _notice(
    id: str,
    subject: str,
    listed: Sequence[Event],
    *,
    total: int,
    situation: Situation | None,
    items: Mapping[str, Item],
) -> Notice:
    first = listed[0]
    account = situation.account if situation else None
    about = [items[key] for event in listed if (key := event.match.key) is not None and key in items]
    by = None if first.acknowledged_by == SENDER else first.acknowledged_by
    what = f'"{first.summary}"' if total == 1 else f"{total} events"
    where = f" of: {account.title}" if account else ""
    return Notice(
        id=id,
        type=NoticeType.EVENT_ACKNOWLEDGED,
        subject=subject,
        title=f"{by or f'Somebody at {first.source}'} has taken {what}{where}",
        sentence=first.note or "",
        at=first.acknowledged_at or first.received_at,
        priority=account.priority if account else None,
        services=account.services if account else _keys(about, ItemType.BUSINESS_SERVICE),
        processes=account.processes if account else _keys(about, ItemType.BUSINESS_PROCESS),
        teams=tuple(sorted({*(account.teams if account else ()), *(item.owner for item in about if item.owner)})),
        data={
            "acknowledgedBy": by,
            "note": first.note,
            "situationId": situation.id if situation else None,
            "eventCount": total,
            "events": [_document(event) for event in listed],
        },
    )


def _keys(items: Sequence[Item], type: ItemType) -> tuple[str, ...]:
    return tuple(sorted({item.key for item in items if item.type is type}))


def _document(event: Event) -> dict[str, object]:
    """An event as other tools know it: checks by their host and service."""
    return {
        "id": event.id,
        "source": event.source,
        "fingerprint": event.fingerprint,
        "summary": event.summary,
        "key": event.match.key,
        "host": event.labels.get("host_name"),
        "service": event.labels.get("service_name"),
    }
