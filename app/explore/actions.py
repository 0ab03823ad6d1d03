"""Asking the graph in Cypher: who may, how many at once, and the whole answer or its rows as they come."""

from collections import Counter
from collections.abc import Mapping

from app.auth.model import Caller
from app.database.client import Database
from app.errors import InvalidInput, NotAllowed, Unavailable
from app.explore.guard import admit
from app.explore.model import Answer, Asked
from app.explore.running import Gone, Room, Running
from app.settings import Settings

_LARGEST = 2**63
_DEEPEST = 50


async def waits(*_: object) -> bool:
    """Nobody has gone: for callers who cannot go unnoticed."""
    return False


class Explorer:
    """Runs the queries of callers, each within its limits."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._running: Counter[str] = Counter()

    def asked(self, query: str, parameters: Mapping[str, object] | None, limit: int | None) -> Asked:
        """A query as it may be asked; without a limit as many rows as there may be.

        Raises:
            InvalidInput: the limit or a parameter cannot be taken.
        """
        most = self._settings.cypher_max_rows
        if limit is not None and not 1 <= limit <= most:
            raise InvalidInput(f"limit must be from 1 to {most}, not {limit}")
        for name, value in (parameters or {}).items():
            _check_parameter(name, value, 0)
        return Asked(query, parameters or {}, limit or most)

    async def start(self, caller: Caller, asked: Asked, gone: Gone = waits) -> Running:
        """The query under way; stop it when its answer is no longer wanted. It stops by itself when `gone`.

        Raises:
            NotAllowed: the caller may not ask, or not this.
            InvalidInput: the query cannot be right.
            Unavailable: too many queries of this caller run, or Neo4j did not answer.
        """
        settings = self._settings
        if caller.role.value not in settings.cypher_roles:
            raise NotAllowed(
                f"{caller.name!r} has the role {caller.role.value} and may not ask in Cypher; "
                f"that may {', '.join(settings.cypher_roles) or 'nobody'} (UNDERPIN_CYPHER_ROLES)"
            )
        most = settings.cypher_max_running
        if self._running[caller.name] >= most:
            raise Unavailable(f"{most} queries of {caller.name!r} run already; wait for one of them, or stop it")
        self._running[caller.name] += 1
        try:
            running = await self._admitted(asked, gone)
        except BaseException:
            self._over(caller.name)
            raise
        running.when_over(lambda: self._over(caller.name))
        return running

    async def _admitted(self, asked: Asked, gone: Gone) -> Running:
        settings = self._settings
        admitted = await admit(
            self._database,
            asked.query,
            asked.parameters,
            most_characters=settings.cypher_max_characters,
            timeout_seconds=settings.cypher_timeout_seconds,
        )
        room = Room(settings.cypher_timeout_seconds, asked.limit, settings.cypher_max_bytes)
        running = Running(self._database, admitted, asked, room, gone)
        try:
            await running.begun()
        except BaseException:
            await running.stop()
            raise
        return running

    async def answer(self, caller: Caller, asked: Asked, gone: Gone = waits) -> Answer:
        """The whole answer.

        Raises:
            UnderpinError: as `start`, or the query failed.
        """
        running = await self.start(caller, asked, gone)
        try:
            rows = [row async for row in running.rows()]
        finally:
            await running.stop()
        assert running.summary is not None
        return Answer(running.columns, rows, running.summary)

    def _over(self, name: str) -> None:
        self._running[name] -= 1
        if not self._running[name]:
            del self._running[name]


def _check_parameter(name: str, value: object, depth: int) -> None:
    """A parameter that Neo4j can take.

    Raises:
        InvalidInput: a number is too large for it, or lists and maps are nested too deeply.
    """
    if depth > _DEEPEST:
        raise InvalidInput(f"the parameter {name} is nested more than {_DEEPEST} deep; pass it in parts")
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise InvalidInput(f"the parameter {name} holds {value}, which is beyond 64 bits; pass it as text")
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for one in inside:
        _check_parameter(name, one, depth + 1)
