"""Messages to people, by apprise: e-mail, Slack, Teams and a hundred services more, each named by a URL.

An apprise URL holds passwords: it is shown to nobody and never logged. Apprise connects by itself, so a host of the
user's own is judged before, but not held to the address that was judged; schemes that reach this machine are refused.
"""

import asyncio
import logging

import apprise
from apprise import NotifyBase, NotifyType

from app.errors import InvalidInput
from app.notify.guard import Guard, Refused
from app.notify.http import Http
from app.notify.letter import Letter
from app.notify.model import Answer, Outcome

# These talk to the desktop, the log or a device of the machine we run on.
LOCAL_SCHEMES = frozenset({"blink1", "dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})
_TIMEOUT_SECONDS = 60
_URGENT = {1: NotifyType.FAILURE, 2: NotifyType.WARNING}
# A plug-in logs the host, and some the URL, of what it could not reach.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


def plug_in(target: str) -> NotifyBase:
    """What sends to this URL.

    Raises:
        InvalidInput: apprise does not know it, or it leads to this machine.
    """
    scheme = target.partition("://")[0].lower()
    if scheme in LOCAL_SCHEMES:
        raise InvalidInput(f"target: {scheme}:// reaches the machine that Underpin runs on; use a service or e-mail")
    found = apprise.Apprise.instantiate(target, suppress_exceptions=True)
    if not isinstance(found, NotifyBase):
        raise InvalidInput("target is no URL that apprise understands; see its list of services for the form")
    return found


async def check_hosts(found: NotifyBase, guard: Guard) -> None:
    """Judge the hosts that a URL names itself.

    Raises:
        Refused: one of them is not allowed.
    """
    templates: tuple[str, ...] = found.templates
    names_its_host = any("{host}" in template for template in templates)
    hosts = {getattr(found, "host", None) if names_its_host else None, getattr(found, "smtp_host", None)}
    for host in sorted(one for one in hosts if isinstance(one, str) and one):
        await guard.addresses_of(host, found.port or 443)


async def send(letter: Letter, http: Http) -> Answer:
    """Send the message, in a thread; apprise says only whether it went well."""
    notice = letter.notification.notice
    try:
        found = plug_in(letter.subscription.target)
        await check_hosts(found, http.guard)
    except (InvalidInput, Refused) as error:
        return Answer(Outcome.FAILED, str(error))
    kind = NotifyType.SUCCESS if notice.type.ends else _URGENT.get(notice.priority or 0, NotifyType.INFO)
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            sent = await asyncio.to_thread(
                found.notify, body=notice.sentence or notice.title, title=notice.title, notify_type=kind
            )
    except TimeoutError:
        return Answer(Outcome.FAILED, f"not sent within {_TIMEOUT_SECONDS} s")
    except Exception as error:
        # A plug-in may raise anything; its words may hold the URL.
        return Answer(Outcome.FAILED, f"apprise failed with {type(error).__name__}")
    return Answer(Outcome.DELIVERED, "sent") if sent else Answer(Outcome.FAILED, "apprise could not send it")
