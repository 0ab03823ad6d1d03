"""Every source by name: those that are shipped, those of the settings, and those that were defined through the API."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson
import structlog

from app.database.client import Database, Reader, Transaction
from app.database.queries import load_queries
from app.errors import Conflict, InvalidInput, NotFound, Unavailable
from app.events.delivery import Source
from app.events.fields import shown
from app.events.mapping import SourceMapping, checked_mapping, source_of
from app.events.sources import sources
from app.impact.model import HealthState

MAX_SOURCES = 200
_FRESH_SECONDS = 5
_PATIENCE_SECONDS = 2
_log = structlog.get_logger(__name__)
_QUERIES = load_queries("sources")
_SPELLED = {"startsAt": "starts_at", "endsAt": "ends_at"}


async def source_mappings(reader: Reader) -> dict[str, str]:
    """The mappings that were defined, by name, as JSON."""
    return {row["name"]: row["mapping"] for row in await reader.rows(_QUERIES["source_mappings"])}


async def put_source_mapping(transaction: Transaction, mapping: SourceMapping, *, by: str, at: datetime) -> None:
    """Store a mapping by its name."""
    told = orjson.dumps(document_of(mapping)).decode()
    await transaction.rows(_QUERIES["put_source_mapping"], name=mapping.name, mapping=told, by=by, at=at)


async def remove_source_mapping(transaction: Transaction, name: str) -> bool:
    """Whether there was such a mapping; there is none any more."""
    rows = await transaction.rows(_QUERIES["remove_source_mapping"], name=name)
    return int(rows[0]["count"]) > 0


class Sources:
    """The sources of one service. What was defined last is known even while Neo4j is away."""

    def __init__(self, database: Database, configured: Sequence[Mapping[str, Any]]) -> None:
        """Take the mappings of the settings.

        Raises:
            InvalidInput: one cannot be used, or has the name of a shipped source.
        """
        self._database = database
        self._configured = {one.name: source_of(one) for one in map(mapping_of, configured)}
        if taken := self._configured.keys() & sources().keys():
            raise InvalidInput(f"UNDERPIN_SOURCES defines {min(taken)!r}, which is shipped; choose another name")
        self._defined: dict[str, Source] = {}
        self._looked_at = 0.0

    async def named(self, name: str) -> Source:
        """The source of this name.

        Raises:
            NotFound: there is none; the sentence lists those that there are.
        """
        fixed = {**sources(), **self._configured}
        if name in fixed:
            return fixed[name]
        if name not in self._defined or time.monotonic() > self._looked_at + _FRESH_SECONDS:
            await self._look()
        if name in self._defined:
            return self._defined[name]
        names = sorted({*fixed, *self._defined})
        raise NotFound(f"no event source is called {name!r}; use one of {', '.join(names)}")

    async def all(self) -> tuple[Source, ...]:
        """Every source, by name."""
        await self._look()
        found = {**self._defined, **self._configured, **sources()}
        return tuple(found[name] for name in sorted(found))

    def is_defined(self, name: str) -> bool:
        """Whether it was defined through the API."""
        return name in self._defined

    async def _look(self) -> None:
        # While Neo4j is away, what we knew last is what we have; nobody who sends events waits for it.
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                stored = await source_mappings(self._database)
            self._defined = {name: source for name, told in stored.items() if (source := _usable(name, told))}
            self._looked_at = time.monotonic()

    async def define(self, database: Database, mapping: SourceMapping, *, by: str, now: datetime) -> Source:
        """Define a source, or another mapping for one that was defined; `database` is ours, as its caller may use it.

        Raises:
            InvalidInput: the mapping cannot be used, or there are too many.
            Conflict: the name is that of a shipped source, or of one in the settings.
        """
        checked_mapping(mapping)
        if mapping.name in sources() or mapping.name in self._configured:
            raise Conflict(f"the source {mapping.name!r} is not defined here; choose another name")
        await self._look()
        if len(self._defined) >= MAX_SOURCES and mapping.name not in self._defined:
            raise InvalidInput(f"there are {MAX_SOURCES} sources already; remove one first")

        async def work(transaction: Transaction) -> None:
            before = (await source_mappings(transaction)).get(mapping.name)
            await put_source_mapping(transaction, mapping, by=by, at=now)
            was = orjson.loads(before) if before else None
            transaction.account.tell(mapping.name, before=was, after=document_of(mapping))

        await database.write(work)
        await self._look()
        return source_of(mapping)

    async def remove(self, database: Database, name: str) -> None:
        """Forget a source that was defined; its events stay. `database` as in `define`.

        Raises:
            NotFound: no such source was defined.
        """

        async def work(transaction: Transaction) -> bool:
            before = (await source_mappings(transaction)).get(name)
            if before:
                transaction.account.tell(name, before=orjson.loads(before))
            return await remove_source_mapping(transaction, name)

        if not await database.write(work):
            raise NotFound(f"no source {name!r} was defined here; list them with sources")
        await self._look()


def _usable(name: str, told: str) -> Source | None:
    """The source of a stored mapping; one that this version cannot read costs only itself."""
    try:
        return source_of(mapping_of(orjson.loads(told)))
    except (InvalidInput, ValueError, TypeError):
        _log.exception("a source that was defined cannot be used", source=name)
        return None


def mapping_of(document: Mapping[str, Any]) -> SourceMapping:
    """The mapping that a JSON object describes.

    Raises:
        InvalidInput: a field it does not have, or of another kind.
    """
    told = {_SPELLED.get(name, name): value for name, value in document.items()}
    known = set(SourceMapping.__dataclass_fields__)
    if unknown := set(told) - known:
        raise InvalidInput(f"a source mapping has no field {min(unknown)!r}; its fields are {', '.join(sorted(known))}")
    for name, value in told.items():
        wanted = dict if name in ("identifiers", "severities") else list if name == "resolved" else str
        if not isinstance(value, wanted):
            raise InvalidInput(f"{name} must be {_KINDS[wanted]}, not {shown(value)}")
    if missing := {"name", "fingerprint"} - told.keys():
        raise InvalidInput(f"a source mapping must have a {min(missing)}")
    told["resolved"] = tuple(map(str, told.get("resolved", SourceMapping("a", "b").resolved)))
    told["severities"] = {word: _state(word, state) for word, state in told.get("severities", {}).items()}
    told["identifiers"] = {kind: str(text) for kind, text in told.get("identifiers", {}).items()}
    return SourceMapping(**told)


_KINDS = {dict: "an object", list: "a list of words", str: "a text"}


def _state(word: str, state: object) -> HealthState:
    if isinstance(state, str) and state in HealthState.__members__ and state != HealthState.UNKNOWN.name:
        return HealthState[state]
    raise InvalidInput(f"severities.{word} must be OPERATIONAL, DEGRADED or DOWN, not {shown(state)}")


def document_of(mapping: SourceMapping) -> dict[str, object]:
    """The JSON object that describes a mapping."""
    spelled = {inner: outer for outer, inner in _SPELLED.items()}
    told = {spelled.get(name, name): getattr(mapping, name) for name in SourceMapping.__dataclass_fields__}
    severities = {word: state.name for word, state in mapping.severities.items()}
    return {**told, "severities": severities, "identifiers": dict(mapping.identifiers), "resolved": [*mapping.resolved]}
