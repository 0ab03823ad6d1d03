"""Use cases of the quarantine: process a kept delivery again, or throw it away."""

from collections.abc import Sequence

from app.account import SHOWN, Told
from app.database.client import Database, Transaction
from app.errors import NotFound
from app.events.delivery import Delivery
from app.intake import store
from app.intake.processor import Intake


async def replay(database: Database, intake: Intake, ids: Sequence[str]) -> int:
    """Take kept deliveries in again, in the order of their arrival; how many. They arrived when they did.

    Raises:
        NotFound: an id names none; nothing was done.
        Unavailable: there is no room in the journal; what was taken so far is in it.
    """
    kept = await store.quarantined_by_id(database, ids)
    if missing := set(ids) - {one.id for one in kept}:
        raise NotFound(f"no kept delivery has the id {min(missing)!r}; list them with quarantine, nothing was done")
    for one in kept:
        delivery = Delivery(one.source, one.body, one.received_at, one.headers, one.parameters)
        reading, _ = await intake.read_again(delivery)
        # Without the sender's name for it: that is known, and would make it a repeat.
        await intake.take(delivery, reading)
        # Safe in the journal before it is taken out of here; after a crash between the two it is in both.
        await discard(database, [one.id])
    return len(kept)


async def discard(database: Database, ids: Sequence[str]) -> int:
    """Throw kept deliveries away; how many there were."""

    async def work(transaction: Transaction) -> int:
        # Without headers and parameters, in which a sender's secret may be.
        kept = await store.quarantined_by_id(transaction, ids)
        told = [Told(one.id, {"source": one.source, "receivedAt": one.received_at}, None) for one in kept[:SHOWN]]
        transaction.account.tell_many([one.id for one in kept], told)
        return await store.discard_quarantined(transaction, ids)

    return await database.write(work, counter="events")
