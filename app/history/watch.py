"""Notices what was committed without us: by another program, or by a backup put in the database's place.

The server numbers every transaction, and each of ours counts itself; the difference moves only when others write. It
rides on the read of the graph version, so it costs no round trip. A name that is new to Neo4j is a transaction too:
the names we use are created with the schema (migrations/V006_1).
"""

import asyncio
from dataclasses import replace

from app.database.client import Database
from app.history.model import Position
from app.history.store import graph_position

_ATTEMPTS = 5
_PAUSE_SECONDS = 0.01


async def settled_position(database: Database) -> Position:
    """A position to compare later ones with.

    While ours are written no two readings agree. Then it has too few commits of others rather than too many: with
    too many the next one would go unnoticed.
    """
    position = await graph_position(database)
    for _ in range(_ATTEMPTS):
        again = await graph_position(database)
        if again == position:
            return position
        earlier, position = position, again
    return replace(earlier, writes=position.writes)


async def position_since(database: Database, before: Position) -> Position:
    """The newest position, which is foreign to `before` only if it is certain that others wrote.

    A transaction of ours shows in parts while it is committed: its number first, what it counted after, which takes
    seconds where it is large. So what looks foreign is looked at again while we commit nothing, and for longer and
    longer, a third of a second in all, since other workers do.
    """
    position = await graph_position(database)
    for attempt in range(_ATTEMPTS):
        if not position.is_foreign_since(before):
            break
        await asyncio.sleep(_PAUSE_SECONDS * 2**attempt)
        async with database.without_commits():
            again = await graph_position(database)
        if not replace(position, writes=again.writes).is_foreign_since(before):
            position = again
    return position
