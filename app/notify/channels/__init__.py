"""The channels: one module each, which says how a notification travels and what to make of the answer."""

from collections.abc import Awaitable, Callable, Mapping

from app.notify.channels import alertmanager, cloudevents, icinga, messages, pagerduty, webhook
from app.notify.http import Http, Unanswered
from app.notify.letter import Letter
from app.notify.model import Answer, Channel

Send = Callable[[Letter, Http], Awaitable[Answer]]
"""Makes one attempt; raises `Unanswered` when nobody answers."""

_SENDS: Mapping[Channel, Send] = {
    Channel.WEBHOOK: webhook.send,
    Channel.CLOUDEVENTS: cloudevents.send,
    Channel.APPRISE: messages.send,
    Channel.PAGERDUTY: pagerduty.send,
    Channel.ALERTMANAGER: alertmanager.send,
    Channel.ICINGA: icinga.send,
}


async def send(letter: Letter, http: Http) -> Answer:
    """One attempt to deliver, and what came of it."""
    try:
        return await _SENDS[letter.subscription.channel](letter, http)
    except Unanswered as error:
        return error.answer
