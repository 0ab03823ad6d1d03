"""Checks: what Icinga, Nagios and Checkmk say of a host or of a service on it, in one set of names. Pure.

Each of these tools has its own names for the same things; its source renames them into ours (`host_name`,
`service_state`, `notification_type`…), and everything that follows from them is decided here.
"""

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl

from app.errors import InvalidInput
from app.events.delivery import Delivery
from app.events.fields import epoch, first_text, json_object, link_of, shown, texts_of
from app.events.gathering import ClueReader, alias_clues, clues_in, distinct, key_clues, kind_clues, service_clues
from app.events.identifiers import host_clues
from app.events.model import Alert, Clue, EventStatus
from app.impact.model import HealthState

MAX_FINGERPRINT = 200
_MAX_MACROS = 2_000
# Unreachable and unknown are not down: the tool could not look.
_STATES: Mapping[str, HealthState] = {
    "UP": HealthState.OPERATIONAL,
    "OK": HealthState.OPERATIONAL,
    "WARNING": HealthState.DEGRADED,
    "UNKNOWN": HealthState.DEGRADED,
    "UNREACHABLE": HealthState.DEGRADED,
    "CRITICAL": HealthState.DOWN,
    "DOWN": HealthState.DOWN,
}
_SUPPRESSED = {
    "DOWNTIMESTART": True,
    "DOWNTIMEEND": False,
    "DOWNTIMEREMOVED": False,
    "DOWNTIMECANCELLED": False,
}
_SOFT = ("SOFT", "0")
_ENDS_NOTHING = ("ACKNOWLEDGEMENT", "CUSTOM", "DOWNTIMESTART")
_SERVICE_KEYS: Mapping[str, ClueReader] = {"service_underpin_key": key_clues, "service_ci_id": key_clues}
_HOST_KEYS: Mapping[str, ClueReader] = {"host_underpin_key": key_clues, "host_ci_id": key_clues}
_CLUES: Mapping[str, ClueReader] = {
    "host_name": host_clues,
    "host_alias": host_clues,
    "host_address": host_clues,
    "host_address6": host_clues,
    "host_display_name": alias_clues,
    "host_serial": kind_clues("serial"),
    "host_mac": kind_clues("mac"),
    "service_name": service_clues,
    "service_business_service": service_clues,
    "host_business_service": service_clues,
}


def macros_of(delivery: Delivery, prefix: str, sender: str) -> dict[str, str]:
    """The variables of a notification, without their prefix: a JSON object, or a form as our script sends it.

    Raises:
        InvalidInput: it is neither.
    """
    if delivery.body.lstrip()[:1] in (b"{", b"[", b"") or b"=" not in delivery.body:
        found = texts_of(json_object(delivery.body, sender))
    else:
        try:
            pairs = parse_qsl(delivery.body.decode(errors="replace"), max_num_fields=_MAX_MACROS)
        except ValueError as error:
            raise InvalidInput(f"the form must have at most {_MAX_MACROS} fields") from error
        found = texts_of(dict(pairs))
    return {name.removeprefix(prefix): text for name, text in found.items()}


def check_alert(fields: Mapping[str, str], source: str) -> Alert | None:
    """The alert in what was said of a check; `None` while it is soft, for the tool itself is not sure yet.

    The state it is in counts, not what the message is called: a tool that finds a check flapping, or in a downtime,
    may keep its recovery to itself. Only what never ends a trouble is no alert about a check that is well.

    Raises:
        InvalidInput: no `host_name`, or a state that none of these tools has.
    """
    what = "service" if fields.get("service_name") else "host"
    name, word = _check_name(fields), _state(fields, what)
    news, over = fields.get("notification_type", "").upper(), _STATES[word] is HealthState.OPERATIONAL
    if fields.get(f"{what}_state_type", "").upper() in _SOFT or (over and news in _ENDS_NOTHING):
        return None
    severity = _worst_told(fields, what, word)
    observed_at = epoch(fields["timet"], "timet") if "timet" in fields else None
    return Alert(
        source=source,
        fingerprint=name if len(name) <= MAX_FINGERPRINT else sha256(name.encode()).hexdigest(),
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        severity=severity.lower(),
        state=_STATES[severity],
        summary=first_text(*fields.get(f"{what}_output", "").splitlines()[:1], f"{name} is {word}"),
        starts_at=None,  # Of a problem that is told again and again only the first time would be its beginning.
        ends_at=observed_at if over else None,
        clues=_clues(fields, source),
        labels={field: text for field, text in fields.items() if not field.endswith("url")},
        observed_at=observed_at,
        acknowledged=True if news == "ACKNOWLEDGEMENT" else _flag(fields.get(f"{what}_acknowledgement")),
        suppressed=_SUPPRESSED.get(news, _flag(fields.get(f"{what}_downtime_depth"))),
        url=link_of(fields.get(f"{what}_url")),
    )


def downtime_clues(fields: Mapping[str, str], source: str) -> tuple[Clue, ...]:
    """What a downtime covers: of a service on a host never the host, on which everything else must keep working."""
    if "service_name" in fields:
        return distinct((*_vendor_clues(fields, source), *clues_in(fields, {"service_name": service_clues})))
    return _clues(fields, source)


def _clues(fields: Mapping[str, str], source: str) -> tuple[Clue, ...]:
    """Where a check looks: the key of its service before that of its host, then what is known of both."""
    keys = clues_in(fields, _SERVICE_KEYS) or clues_in(fields, _HOST_KEYS)
    return distinct((*keys, *_vendor_clues(fields, source), *clues_in(fields, _CLUES)))


def _vendor_clues(fields: Mapping[str, str], source: str) -> tuple[Clue, ...]:
    """The tool's own name for what it checks: an item may be tied to `host!service` of kind `icinga2_service`."""
    what = "service" if "service_name" in fields else "host"
    return clues_in({f"{what}_name": _check_name(fields)}, {f"{what}_name": kind_clues(f"{source}_{what}")})


def _check_name(fields: Mapping[str, str]) -> str:
    """The check as these tools write it: `host`, or `host!service`."""
    if not fields.get("host_name"):
        raise InvalidInput("host_name must be there: the host that the notification is about")
    return "!".join(fields[name] for name in ("host_name", "service_name") if fields.get(name))


def _state(fields: Mapping[str, str], what: str) -> str:
    word = fields.get(f"{what}_state", "").upper()
    if word not in _STATES:
        raise InvalidInput(
            f"{what}_state must be one of {', '.join(_STATES)}, not {shown(fields.get(f'{what}_state'))}"
        )
    return word


def _worst_told(fields: Mapping[str, str], what: str, word: str) -> str:
    """How bad it is, or was: a recovery has the severity of what is over."""
    last = fields.get(f"{what}_last_state", "").upper()
    return last if _STATES[word] is HealthState.OPERATIONAL and last in _STATES else word


def _flag(text: str | None) -> bool | None:
    if not text:
        return None
    return text.lower() not in ("0", "false", "no")
