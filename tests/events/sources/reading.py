"""Read a body as one source does; what real senders sent is beside this file, one list of bodies a sender."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading
from app.events.model import Alert
from app.events.sources import source_named

Json = Any
RECEIVED = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HERE = Path(__file__).parent


def captured(name: str) -> list[Json]:
    """The bodies in a file, without its `.json`."""
    bodies: list[Json] = orjson.loads((HERE / f"{name}.json").read_bytes())
    return bodies


def read(source: str, body: object) -> Reading:
    """What a source makes of a body: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return source_named(source).read(Delivery(source, raw, RECEIVED))


def alert_in(source: str, body: object) -> Alert:
    """The only alert of a body that has nothing else."""
    reading = read(source, body)
    (alert,) = reading.alerts
    assert (reading.windows, reading.problems) == ((), ())
    return alert


def refusal(source: str, body: object) -> str:
    """Why a body is refused as a whole."""
    with pytest.raises(InvalidInput) as refused:
        read(source, body)
    return refused.value.message


def told(alert: Alert) -> list[tuple[str, str, str]]:
    """The clues as tier, value and the field they stand in."""
    return [(clue.tier.value, clue.value, clue.origin) for clue in alert.clues]
