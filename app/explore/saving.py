"""Queries kept by name: those that came with the service, and those that callers saved and own."""

import re
from collections.abc import Mapping
from datetime import datetime

import orjson

from app.auth.model import Caller, Role
from app.database.client import Database, Transaction
from app.database.queries import load_queries
from app.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.explore import store
from app.explore.model import SavedQuery
from app.explore.text import checked_text

MAX_SAVED = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SHIPPED: Mapping[str, SavedQuery] = {
    name: SavedQuery(name, query.description, query.text, orjson.loads(query.example or "{}"), None)
    for name, query in load_queries("examples").items()
}


async def known_queries(database: Database) -> list[SavedQuery]:
    """Those that came with the service, then those that were saved, each by name."""
    return [*(_SHIPPED[name] for name in sorted(_SHIPPED)), *await store.saved_queries(database)]


async def known_query(database: Database, name: str) -> SavedQuery:
    """One of them.

    Raises:
        NotFound: there is none of this name.
    """
    found = _SHIPPED.get(name) or await store.saved_query(database, name)
    if found is None:
        raise NotFound(f"no query is called {name!r}; savedQueries lists them")
    return found


async def save(database: Database, saved: SavedQuery, caller: Caller, *, now: datetime, most_characters: int) -> None:
    """Save a query under its name; its owner and administrators may save another in its place.

    Raises:
        InvalidInput: the name or the text cannot be taken.
        NotAllowed: it is somebody else's, or holds what no query may.
        Conflict: a query of this name came with the service, or there are too many.
    """
    if not _NAME.fullmatch(saved.name):
        raise InvalidInput(
            f"the name {saved.name!r} must be of small letters, digits and _, at most 64; choose another"
        )
    if saved.name in _SHIPPED:
        raise Conflict(f"a query called {saved.name!r} came with Underpin; choose another name")
    checked_text(saved.query, saved.parameters, most_characters=most_characters)

    async def work(transaction: Transaction) -> None:
        before = await store.saved_queries(transaction)
        standing = next((one for one in before if one.name == saved.name), None)
        _check_owner(standing, caller)
        if len(before) >= MAX_SAVED and saved.name not in {one.name for one in before}:
            raise Conflict(f"there are {MAX_SAVED} saved queries already; remove one first")
        await store.save_query(transaction, saved, at=now)
        transaction.account.tell(saved.name, before=standing, after=saved)

    await database.write(work)


async def remove(database: Database, name: str, caller: Caller) -> None:
    """Forget a saved query.

    Raises:
        NotFound: none was saved under this name.
        NotAllowed: it is somebody else's.
    """

    async def work(transaction: Transaction) -> None:
        before = await store.saved_query(transaction, name)
        if before is None:
            raise NotFound(f"no query was saved as {name!r}; savedQueries lists them")
        _check_owner(before, caller)
        await store.remove_saved_query(transaction, name)
        transaction.account.tell(name, before=before)

    await database.write(work)


def _check_owner(saved: SavedQuery | None, caller: Caller) -> None:
    if saved is not None and saved.owner != caller.name and caller.role is not Role.ADMIN:
        raise NotAllowed(f"the query {saved.name!r} is {saved.owner!r}'s; ask them or an administrator to change it")
