"""What one look at the groups makes of the situations: what has to be written, and what is worth a word. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.situations.announcing import announced, news, storm
from app.situations.continuation import Continuation
from app.situations.model import Account, Group, Held, Patience, Situation, SituationChange, SituationStatus


@dataclass(frozen=True, slots=True)
class Turn:
    """The situations as they are `now_held`, those `written` anew, the events each gathers and lets go, by id, and what
    has to be announced; `group_ids` are the situations of the groups, in their order.

    Those `dropped` became part of another one before anybody was told of them: a storm begins as many.
    """

    group_ids: tuple[str, ...]
    now_held: tuple[Held, ...]
    written: tuple[Situation, ...]
    dropped: tuple[str, ...]
    gathered: Mapping[str, frozenset[str]]
    released: Mapping[str, frozenset[str]]
    changes: tuple[SituationChange, ...]

    def __bool__(self) -> bool:
        return bool(self.written or self.dropped)


def turn(
    held: Sequence[Held],
    groups: Sequence[Group],
    continuation: Continuation,
    accounts: Sequence[Account],
    *,
    now: datetime,
    patience: Patience,
    new_id: Callable[[], str],
) -> Turn:
    """The next turn; `accounts` are those of the groups, in their order."""
    before = {one.situation.id: one for one in held}
    after: dict[str, Held] = {}
    ids: list[str] = []
    for place, (group, account) in enumerate(zip(groups, accounts, strict=True)):
        one = _goes_on(continuation.lives.get(place), group, account, now, new_id)
        ids.append(one.situation.id)
        after[one.situation.id] = one
    for id, one in before.items():
        if id in continuation.merged:
            after[id] = _merged(one, ids[continuation.merged[id]], now)
        elif id not in after:
            after[id] = _without_events(one, now, patience)
    return _turn(before, after, tuple(ids), now, patience)


def _turn(
    before: Mapping[str, Held], after: Mapping[str, Held], ids: tuple[str, ...], now: datetime, patience: Patience
) -> Turn:
    held: list[Held] = []
    written: list[Situation] = []
    dropped: list[str] = []
    changes: list[SituationChange] = []
    blows = storm((one.situation for one in after.values()), patience)
    for id, one in after.items():
        situation = one.situation
        if situation.merged_into and not situation.announced:
            dropped.append(id)
            continue
        if why := news(situation, now, patience, storm=blows):
            changes.append(SituationChange(why, situation))
            situation = replace(situation, announced=announced(situation, now))
        if id not in before or situation != before[id].situation:
            written.append(situation)
        if _may_live(situation, now, patience):
            held.append(replace(one, situation=situation))
    nothing: frozenset[str] = frozenset()
    known = {id: before[id].events if id in before else nothing for id in after}
    return Turn(
        ids,
        tuple(held),
        tuple(written),
        tuple(dropped),
        {id: more for id, one in after.items() if (more := one.events - known[id])},
        {id: less for id, one in after.items() if id not in dropped and (less := known[id] - one.events)},
        tuple(changes),
    )


def _goes_on(held: Held | None, group: Group, account: Account, now: datetime, new_id: Callable[[], str]) -> Held:
    if held is None:
        situation = Situation(
            id=new_id(),
            status=SituationStatus.OPEN,
            opened_at=now,
            changed_at=now,
            started_at=group.started_at,
            event_count=len(group.events),
            item_count=len(group.items),
            account=account,
        )
        return Held(situation, group.events, group.items)
    last = held.situation
    same = held.events == group.events and last.account.first_cause == account.first_cause
    situation = replace(
        last,
        status=SituationStatus.OPEN,
        changed_at=last.changed_at if same and last.status is SituationStatus.OPEN else now,
        started_at=min(last.started_at, group.started_at),
        event_count=len(group.events),
        item_count=len(group.items),
        account=account,
        resolved_at=None,
        quiet_since=None,
    )
    return Held(situation, group.events, group.items)


def _merged(held: Held, into: str, now: datetime) -> Held:
    ended = replace(held.situation, status=SituationStatus.RESOLVED, resolved_at=now, changed_at=now, merged_into=into)
    return Held(ended, frozenset(), frozenset())


def _without_events(held: Held, now: datetime, patience: Patience) -> Held:
    """It falls quiet, and is resolved after a while."""
    situation = held.situation
    if situation.status is SituationStatus.RESOLVED:
        return held
    since = situation.quiet_since or now
    if now - since < timedelta(seconds=patience.quiet):
        return replace(held, situation=replace(situation, quiet_since=since))
    return replace(
        held,
        situation=replace(
            situation, status=SituationStatus.RESOLVED, resolved_at=now, changed_at=now, quiet_since=since
        ),
    )


def _may_live(situation: Situation, now: datetime, patience: Patience) -> bool:
    """Whether it is open, or may open again."""
    if situation.resolved_at is None:
        return True
    return situation.merged_into is None and now - situation.resolved_at <= timedelta(seconds=patience.reopen)
