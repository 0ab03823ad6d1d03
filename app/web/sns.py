"""Amazon SNS as a sender: its signature is checked with the certificate it names, and the subscription of a topic we
were told to trust is confirmed."""

import time
from collections.abc import Callable, Iterable

import httpx2
import structlog

from app.errors import NotAllowed, NotAuthenticated, Unavailable
from app.events.delivery import Delivery
from app.events.fields import text_of
from app.events.sns import CONFIRMATION, OF_AN_EMULATOR, certificate_url, envelope_of, is_trusted, verify

_TIMEOUT_SECONDS = 3
_KEPT_SECONDS = 3_600
_MAX_BYTES = 64_000
_MOST_KEPT = 10
_log = structlog.get_logger(__name__)


class SnsGate:
    """Lets in what Amazon signed for one of these topics."""

    ADVICE = "; SNS needs neither once UNDERPIN_SNS_TOPICS names its topic, but for raw delivery, which is not signed"

    def __init__(
        self, topics: Iterable[str], hosts: Iterable[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._topics = frozenset(topics)
        self._hosts = frozenset(hosts)
        self._certificates: dict[str, tuple[bytes, float]] = {}

    async def admits(self, delivery: Delivery) -> bool:
        """Whether this is signed by Amazon for a topic of ours; `False` for what is no SNS message, or without topics.

        The subscription of such a topic is confirmed.

        Raises:
            NotAllowed: a topic that is not ours.
            NotAuthenticated: the signature does not hold.
            Unavailable: the certificate, or the confirmation, could not be fetched.
        """
        envelope = envelope_of(delivery.body) if self._topics else None
        if envelope is None:
            return False
        topic = text_of(envelope.get("TopicArn"))
        if topic not in self._topics:
            raise NotAllowed(
                f"the topic {topic!r:.200} is not one of UNDERPIN_SNS_TOPICS; add it there, then subscribe it again"
            )
        verify(envelope, await self._certificate(certificate_url(envelope, self._hosts)))
        if envelope["Type"] == CONFIRMATION:
            await self._confirm(topic, text_of(envelope.get("SubscribeURL")))
        return True

    async def _certificate(self, url: str) -> bytes:
        kept = self._certificates.get(url)
        if kept is None or kept[1] < self._clock():
            kept = await _fetched(url), self._clock() + _KEPT_SECONDS
            others = [(other, one) for other, one in self._certificates.items() if other != url]
            self._certificates = {url: kept, **dict(others[:_MOST_KEPT])}
        return kept[0]

    async def _confirm(self, topic: str, url: str) -> None:
        if not is_trusted(url, self._hosts):
            raise NotAuthenticated(f"SubscribeURL {url!r:.200} is not an address of Amazon SNS; {OF_AN_EMULATOR}")
        await _fetched(url)
        _log.info("a subscription of SNS was confirmed", topic=topic)


async def _fetched(url: str) -> bytes:
    try:
        async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as http:
            answer = await http.get(url)
    except httpx2.HTTPError as error:
        raise Unavailable(f"{url:.200} did not answer; SNS will send this again") from error
    if not answer.is_success or len(answer.content) > _MAX_BYTES:
        raise Unavailable(f"{url:.200} answered {answer.status_code}; SNS will send this again")
    return answer.content
