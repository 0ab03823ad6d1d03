"""Forwarding: what Prometheus posts to us as to an Alertmanager goes on to the real ones, annotated with what it hurts.

Each Alertmanager has a journal of its own on this machine's disk: what was acknowledged reaches it, in order and at
least once, however long it is away, and Neo4j is not needed for that. An alert whose impact is not known in time goes
on without it, and once more when it is.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import orjson
import structlog

from app.errors import InvalidInput, Unavailable, UnderpinError
from app.events.delivery import Delivery
from app.events.fields import parsed_json
from app.events.model import Alert, EventStatus
from app.events.sources.alertmanager_api import read_alert
from app.intake.journal import Journal, Waiting
from app.notify.http import Http, Unanswered
from app.notify.model import Outcome
from app.settings import Settings

MAX_PLAIN = 10_000
"""Alerts remembered to be sent again with their impact; Prometheus repeats what is forgotten within a minute."""
PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
"""Between two attempts while an Alertmanager is away."""
_LOOKS_EVERY_SECONDS = 0.05
# What an Alertmanager calls wrong stays wrong; what was right beside it has been taken.
_REFUSED = frozenset({400, 413})
_HEADERS = {"content-type": "application/json"}
_FULL = (
    "the Alertmanager behind us is away and there is no room to hold back more for it; "
    "send this again later, or raise UNDERPIN_JOURNAL_MAX_BYTES"
)
_log = structlog.get_logger(__name__)
T = TypeVar("T")
Annotations = Mapping[str, str]
Annotate = Callable[[Sequence[Alert]], Awaitable[Mapping[str, Annotations]]]
"""The annotations of alerts by their fingerprints, without those of which nothing is known yet."""


class Forwarder:
    """The way to one Alertmanager."""

    def __init__(
        self,
        url: str,
        journal: Journal,
        clock: Callable[[], datetime],
        *,
        patience_seconds: float,
        batch_bytes: int,
    ) -> None:
        self._url = f"{url.rstrip('/')}/api/v2/alerts"
        self._journal = journal
        self._clock = clock
        self._patience_seconds = patience_seconds
        self._batch_bytes = batch_bytes
        self._disk = asyncio.Lock()
        self._news = asyncio.Event()
        self._plain: dict[str, tuple[Alert, object]] = {}

    async def take(self, delivery: Delivery) -> None:
        """Write a delivery down; when this returns, it will be forwarded.

        Raises:
            Unavailable: there is no room for it, or the disk is broken.
        """
        (number,) = await self._on_disk(self._journal.append, [delivery])
        if number is None:
            raise Unavailable(_FULL)
        self._news.set()

    async def run(self, http: Http, annotate: Annotate) -> None:
        """Forward what waits and what arrives, until cancelled."""
        pause = PAUSE_SECONDS
        while True:
            self._news.clear()
            try:
                await self.forward(http, annotate)
                pause = PAUSE_SECONDS
            except Unanswered as error:
                if pause == PAUSE_SECONDS:
                    _log.warning("alerts wait to be forwarded", url=self._url, reason=error.answer.detail)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                continue
            except Exception:
                _log.exception("alerts could not be forwarded", url=self._url)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), PAUSE_SECONDS)

    async def forward(self, http: Http, annotate: Annotate) -> None:
        """Send all that waits, and again what went without its impact if that is known by now.

        Raises:
            Unanswered: the Alertmanager is away, or in trouble; what is not sent waits on.
        """
        while waiting := await self._on_disk(_waiting, self._journal, self._batch_bytes):
            entries = [_entries(one.delivery) for one in waiting]
            known = await self._known([alert for each in entries for alert, _ in each if alert], annotate, wait=True)
            for one, each in zip(waiting, entries, strict=True):
                await self._post(http, [_annotated(raw, alert, known) for alert, raw in each])
                self._remember(each, known)
                await self._on_disk(self._journal.forget, one.number)
        if self._plain:
            await self._send_again(http, annotate)

    async def _send_again(self, http: Http, annotate: Annotate) -> None:
        now = self._clock()
        # What is over unless it is repeated is left to whoever repeats it.
        alive = {name: one for name, one in self._plain.items() if one[0].expires_at is None or one[0].expires_at > now}
        self._plain = alive
        known = await self._known([alert for alert, _ in alive.values()], annotate, wait=False)
        ready = [entry for fingerprint, entry in alive.items() if fingerprint in known]
        await self._post(http, [_annotated(raw, alert, known) for alert, raw in ready if known[alert.fingerprint]])
        for alert, _ in ready:
            del self._plain[alert.fingerprint]

    def _remember(self, entries: Sequence[tuple[Alert | None, object]], known: Mapping[str, Annotations]) -> None:
        """Keep in mind what went without its impact; what was heard of it last is what is sent again."""
        for alert, raw in entries:
            if alert is None:
                continue
            self._plain.pop(alert.fingerprint, None)
            if alert.fingerprint not in known and alert.status is EventStatus.FIRING:
                self._plain[alert.fingerprint] = alert, raw
        while len(self._plain) > MAX_PLAIN:
            del self._plain[next(iter(self._plain))]

    async def _known(self, alerts: Sequence[Alert], annotate: Annotate, *, wait: bool) -> Mapping[str, Annotations]:
        """The annotations that are known in time."""
        missing = [alert for alert in alerts if alert.status is EventStatus.FIRING]
        known: dict[str, Annotations] = {}
        with contextlib.suppress(TimeoutError, UnderpinError):
            async with asyncio.timeout(self._patience_seconds):
                while missing:
                    known |= await annotate(missing)
                    missing = [alert for alert in missing if wait and alert.fingerprint not in known]
                    await asyncio.sleep(_LOOKS_EVERY_SECONDS if missing else 0)
        return known

    async def _post(self, http: Http, entries: Sequence[object]) -> None:
        if not entries:
            return
        response = await http.send("POST", self._url, headers=_HEADERS, body=orjson.dumps(entries))
        answer = response.answer(self._clock(), refused=_REFUSED)
        if answer.outcome is Outcome.REFUSED:
            _log.warning("an Alertmanager refused alerts", url=self._url, reason=answer.detail)
        elif answer.outcome is not Outcome.DELIVERED:
            raise Unanswered(answer)

    async def _on_disk(self, work: Callable[..., T], *arguments: object) -> T:
        # SQLite wants one thread at a time, and the event loop must not wait for a disk.
        async with self._disk:
            return await asyncio.to_thread(work, *arguments)

    async def close(self) -> None:
        """Let go of the journal; what waits is forwarded by whoever opens it next."""
        await self._on_disk(self._journal.close)


class Forwarding:
    """The ways to all Alertmanagers."""

    def __init__(self, forwarders: Sequence[Forwarder] = ()) -> None:
        self._forwarders = forwarders

    async def take(self, delivery: Delivery) -> None:
        """Have a delivery forwarded to each; raises as `Forwarder.take`."""
        for one in self._forwarders:
            await one.take(delivery)

    async def run(self, http: Http, annotate: Annotate) -> None:
        """Forward until cancelled."""
        async with asyncio.TaskGroup() as group:
            for one in self._forwarders:
                group.create_task(one.run(http, annotate))

    async def close(self) -> None:
        """Let go of every journal."""
        for one in self._forwarders:
            await one.close()


def open_forwarding(settings: Settings, clock: Callable[[], datetime]) -> Forwarding:
    """The ways to the Alertmanagers of the settings, their journals in the data folder.

    Raises:
        Conflict: another service uses that folder.
    """
    return Forwarding(
        [
            Forwarder(
                url,
                Journal(
                    settings.data_dir / "forwarding" / sha256(url.encode()).hexdigest()[:16],
                    max_bytes=settings.journal_max_bytes,
                ),
                clock,
                patience_seconds=settings.webhook_answer_seconds,
                batch_bytes=settings.intake_batch_bytes,
            )
            for url in settings.alertmanager_forward_urls
        ]
    )


def _waiting(journal: Journal, max_bytes: int) -> tuple[Waiting, ...]:
    return journal.waiting(after=0, max_bytes=max_bytes)


def _entries(delivery: Delivery) -> list[tuple[Alert | None, Any]]:
    """The alerts of a body, each with what we read in it, if we can."""
    try:
        listed = parsed_json(delivery.body)
    except InvalidInput:
        return []
    return [(_read(entry, delivery), entry) for entry in listed] if isinstance(listed, list) else []


def _read(entry: object, delivery: Delivery) -> Alert | None:
    try:
        return read_alert(entry, "alert", delivery.received_at)
    except InvalidInput:
        return None


def _annotated(raw: Any, alert: Alert | None, known: Mapping[str, Annotations]) -> Any:
    """The alert with its annotations; its labels, by which it is known, stay as they are."""
    found = known.get(alert.fingerprint) if alert else None
    if not found:
        return raw
    own = raw.get("annotations")
    return {**raw, "annotations": {**(own if isinstance(own, dict) else {}), **found}}
