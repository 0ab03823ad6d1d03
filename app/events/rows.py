"""An event as Neo4j keeps it: one node, its turns as lists side by side. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from app.database.instants import Instants, utc, utc_or_none
from app.events.identifiers import queued_under
from app.events.model import Clue, Event, EventStatus, Match, MatchTier, TraceStep, Turn
from app.impact.model import HealthState

_SILENT = ""  # a list in Neo4j holds no null


def row_of(event: Event, instants: Instants) -> dict[str, object]:
    """The event as a row of `store_events`; its instants are places in the parameter of that name."""
    match = event.match
    queued = queued_under(event.clues) if match.key is None else None
    properties = {
        "source": event.source,
        "fingerprint": event.fingerprint,
        "status": event.status.value,
        "lifecycle": event.lifecycle.name,
        "severity": event.severity,
        "state": event.state.name,
        "summary": event.summary,
        "url": event.url,
        "expired": event.expired,
        "acknowledgedBy": event.acknowledged_by,
        "suppressedBy": event.suppressed_by,
        "note": event.note,
        "reopened": event.reopened,
        "labels": orjson.dumps(dict(event.labels)).decode(),
        "clues": orjson.dumps([_clue_row(clue) for clue in event.clues]).decode(),
        "matchKey": match.key,
        "matchTier": match.tier.value if match.tier else None,
        "matchIdentifier": match.identifier,
        "candidates": list(match.candidates),
        "context": list(match.context),
        "trace": orjson.dumps([_step_row(step) for step in match.trace]).decode(),
        "queuedTier": queued.tier.value if queued else None,
        "queuedValue": queued.value if queued else None,
        "turnKey": [turn.key or _SILENT for turn in event.turns],
        "turnState": [turn.state.name for turn in event.turns],
    }
    return {"id": event.id, "properties": properties, "at": _places(event, instants), "key": match.key}


def _places(event: Event, instants: Instants) -> dict[str, object]:
    return {
        "starts": instants.place(event.starts_at),
        "ends": instants.place(event.ends_at),
        "received": instants.place(event.received_at),
        "closed": instants.place(event.closed_at),
        "observed": instants.place(event.observed_at),
        "expires": instants.place(event.expires_at),
        "due": instants.place(event.due_at),
        "acknowledged": instants.place(event.acknowledged_at),
        "suppressed_until": instants.place(event.suppressed_until),
        "flapping_until": instants.place(event.flapping_until),
        "begun": instants.places(event.begun_at),
        "turns": instants.places(turn.at for turn in event.turns),
        "turns_since": instants.places(turn.since for turn in event.turns),
    }


def event_of(stored: Mapping[str, Any], *, about: bool = True) -> Event:
    """The event of a node; `about`: whether the item it was matched to is still there."""
    return Event(
        id=stored["id"],
        source=stored["source"],
        fingerprint=stored["fingerprint"],
        status=EventStatus(stored["status"]),
        severity=stored.get("severity"),
        state=HealthState[stored["state"]],
        summary=stored["summary"],
        starts_at=utc(stored["startsAt"]),
        ends_at=utc_or_none(stored.get("endsAt")),
        received_at=utc(stored["receivedAt"]),
        match=_match(stored),
        labels=orjson.loads(stored.get("labels") or "{}"),
        clues=tuple(_clue(row) for row in orjson.loads(stored.get("clues") or "[]")),
        url=stored.get("url"),
        observed_at=utc_or_none(stored.get("observedAt")),
        expires_at=utc_or_none(stored.get("expiresAt")),
        expired=stored.get("expired", False),
        reopened=stored.get("reopened", 0),
        acknowledged_by=stored.get("acknowledgedBy"),
        acknowledged_at=utc_or_none(stored.get("acknowledgedAt")),
        suppressed_by=stored.get("suppressedBy"),
        suppressed_until=utc_or_none(stored.get("suppressedUntil")),
        note=stored.get("note"),
        closed_at=utc_or_none(stored.get("closedAt")),
        begun_at=tuple(utc(at) for at in stored.get("begunAt", ())),
        flapping_until=utc_or_none(stored.get("flappingUntil")),
        turns=_turns(stored),
        orphaned=not about and stored.get("matchKey") is not None,
    )


def _match(stored: Mapping[str, Any]) -> Match:
    tier = stored.get("matchTier")
    return Match(
        key=stored.get("matchKey"),
        tier=MatchTier(tier) if tier else None,
        identifier=stored.get("matchIdentifier"),
        candidates=tuple(stored.get("candidates", ())),
        context=tuple(stored.get("context", ())),
        trace=tuple(_step(row) for row in orjson.loads(stored.get("trace") or "[]")),
    )


def _turns(stored: Mapping[str, Any]) -> tuple[Turn, ...]:
    columns: Sequence[Sequence[Any]] = [
        stored.get(name, ()) for name in ("turnAt", "turnKey", "turnState", "turnSince")
    ]
    return tuple(
        Turn(utc(at), key or None, HealthState[state], utc(since))
        for at, key, state, since in zip(*columns, strict=True)
    )


def _clue_row(clue: Clue) -> list[str | None]:
    return [clue.tier.value, clue.value, clue.kind, clue.origin]


def _clue(row: Sequence[Any]) -> Clue:
    tier, value, kind, origin = row
    return Clue(MatchTier(tier), value, kind, origin)


def _step_row(step: TraceStep) -> list[object]:
    return [_clue_row(step.clue), list(step.found), step.outcome]


def _step(row: Sequence[Any]) -> TraceStep:
    clue, found, outcome = row
    return TraceStep(_clue(clue), tuple(found), outcome)
