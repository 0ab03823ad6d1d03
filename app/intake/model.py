"""The words of intake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.events.model import Event


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a delivery: the event of each alert in its order, as it stood after it.

    `duplicate`: the sender had delivered it before, under the same name, and nothing was done.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[str, ...] = ()
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class QuarantinedDelivery:
    """A delivery that could not be read, or not wholly: as it arrived, and why. What could be read was taken."""

    id: str
    source: str
    received_at: datetime
    headers: Mapping[str, str]
    parameters: Mapping[str, str]
    body: bytes
    problems: tuple[str, ...]
