"""What a monitoring tool delivers, and what one source knows about reading it. Pure.

A source is one module in `sources/` with a `SOURCE`: it says how a body becomes alerts, how its sender signs, and how
the sender likes to be answered. Everything else, from storing to impact, is the same for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.errors import UnderpinError
from app.events.model import Alert, ReportedWindow


@dataclass(frozen=True, slots=True)
class Delivery:
    """One body as it arrived. Header names are in lower case; `parameters` are those of the URL."""

    source: str
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says. What could not be read is in `problems`, one sentence each that names the field; the rest
    is taken, and the delivery is kept for a replay."""

    alerts: tuple[Alert, ...] = ()
    windows: tuple[ReportedWindow, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """How a sender signs.

    `verify` gets the delivery with the body untouched, and the secrets that are accepted, of which one must fit; it
    raises `NotAuthenticated` with one sentence. A delivery without the header is held to a bearer token instead.
    """

    header: str
    verify: Callable[[Delivery, Sequence[bytes]], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of sender.

    `read` raises `InvalidInput` when nothing of the body can be read. `headers` are those, in lower case, that `read`
    and `delivery_id` look at; no other one is kept. `delivery_id` gives the sender's name for this delivery where one
    is the same on every attempt. `reply` may put more into the answer, as this sender reads it, from the documents of
    the events.
    """

    name: str
    title: str
    read: Callable[[Delivery], Reading]
    headers: tuple[str, ...] = ()
    signature: Signature | None = None
    delivery_id: Callable[[Delivery], str | None] | None = None
    reply: Callable[[Sequence[Mapping[str, object]]], Mapping[str, object]] | None = None


def read_each(entries: Sequence[object], where: str, read: Callable[[object, str], Alert | None]) -> Reading:
    """Read the entries of a list one by one; one that cannot be read costs only itself, `None` is no alert."""
    alerts: list[Alert] = []
    problems: list[str] = []
    for index, entry in enumerate(entries):
        try:
            alert = read(entry, f"{where}[{index}]")
        except UnderpinError as error:
            problems.append(error.message)
        else:
            if alert is not None:
                alerts.append(alert)
    return Reading(tuple(alerts), problems=tuple(problems))
