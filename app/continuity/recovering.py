"""Use cases of a real recovery: begin it, and note what is up again."""

from datetime import datetime
from uuid import uuid4

from app.continuity import recoveries
from app.continuity.picture import ContinuityPicture
from app.continuity.planning import PlanLimits, planned
from app.continuity.progress import Recovery, replanned
from app.continuity.recovery import Assumed
from app.continuity.times import CycleRule
from app.database.client import Database, Transaction
from app.errors import Conflict, InvalidInput, NotFound

COUNTER = "recoveries"


async def start_recovery(
    database: Database,
    picture: ContinuityPicture,
    asked: Assumed,
    *,
    limits: PlanLimits,
    teams: int | None,
    caller: str,
    started_at: datetime | None,
    now: datetime,
) -> Recovery:
    """Store a recovery by so many teams (`None`: as many as it takes); it counts from `started_at`, now if that is not
    given.

    Raises:
        InvalidInput: as `planned`, or it would begin in the future or without a time zone.
        NotFound: a key names nothing.
    """
    planned(picture, asked, limits=limits, teams=teams)
    began = _checked("startedAt", started_at, now) if started_at else now
    failed = None if asked.failed is None else tuple(sorted(asked.failed))
    recovery = Recovery(str(uuid4()), tuple(asked.targets), began, caller, failed, asked.seconds, teams)

    async def work(transaction: Transaction) -> None:
        await recoveries.store_recovery(transaction, recovery)
        transaction.account.tell(recovery.id, after=recovery)

    await database.write(work, counter=COUNTER)
    return recovery


async def complete_step(
    database: Database,
    picture: ContinuityPicture,
    id: str,
    key: str,
    *,
    cycles: CycleRule,
    caller: str,
    done_at: datetime | None,
    now: datetime,
) -> Recovery:
    """The recovery with a step done at `done_at`, now if that is not given.

    Saying it again changes nothing; with another instant it corrects what was said before.

    Raises:
        InvalidInput: the instant lies in the future, before the recovery, or has no time zone.
        NotFound: no recovery has the id.
        Conflict: the key is none of its steps.
    """
    found = await found_recovery(database, id)
    at = _checked("doneAt", done_at, now) if done_at else now
    if at < found.started_at:
        raise InvalidInput(f"doneAt is before the recovery began at {found.started_at.isoformat()}; give a later one")
    if done_at is None and any(step.key == key for step in found.done):
        return found
    keys = _items_of_step(picture, found, key, now, cycles)

    async def work(transaction: Transaction) -> None:
        await recoveries.complete_steps(transaction, id, keys, at=at, by=caller)
        before = {one.key: one for one in found.done if one.key in keys}
        transaction.account.tell(id, before=before, after={one: {"at": at, "by": caller} for one in keys})

    await database.write(work, counter=COUNTER)
    return await found_recovery(database, id)


async def found_recovery(database: Database, id: str) -> Recovery:
    """The recovery with this id.

    Raises:
        NotFound: there is none.
    """
    found = await recoveries.recovery_by_id(database, id)
    if found is None:
        raise NotFound(f"no recovery has the id {id!r}; list them with recoveries")
    return found


def _items_of_step(
    picture: ContinuityPicture, recovery: Recovery, key: str, now: datetime, cycles: CycleRule
) -> tuple[str, ...]:
    """The items of the step that an item belongs to."""
    answer = replanned(picture, recovery, now, cycles=cycles)
    for one in answer.plan.steps if answer else ():
        if key == one.key or key in one.step.cycle:
            return one.step.cycle or (one.key,)
    raise Conflict(f"{key} is no step of the recovery {recovery.id}; its steps are in recovery(id:)")


def _checked(name: str, at: datetime, now: datetime) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput(f"{name} has no time zone; write it as {at.isoformat()}Z")
    if at > now:
        raise InvalidInput(f"{name} {at.isoformat()} is still to come; leave it out for now")
    return at
