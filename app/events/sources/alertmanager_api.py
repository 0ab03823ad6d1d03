"""The alerts that Prometheus and vmalert post to an Alertmanager (`/api/v2/alerts`): a list, sent again and again.

There is no status: an alert is over when its `endsAt` has passed, and also when it is not sent again by then.

Source: Alertmanager's api/v2/openapi.yaml.
"""

from dataclasses import replace
from datetime import datetime

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import an_object, instant_at, parsed_json, shown
from app.events.model import Alert, EventStatus
from app.events.prometheus import labelled_alert

NAME = "alertmanager_api"
_NEVER = 1


def _read(delivery: Delivery) -> Reading:
    listed = parsed_json(delivery.body)
    if not isinstance(listed, list):
        raise InvalidInput(f"the body must be the list of alerts that Prometheus posts, not {shown(listed)}")
    return read_each(listed, "alerts", lambda entry, where: read_alert(entry, where, delivery.received_at))


SOURCE = Source(NAME, "Prometheus and vmalert, as if we were their Alertmanager", _read)


def read_alert(entry: object, where: str, now: datetime) -> Alert:
    """One alert of the list, as of when it arrived.

    Raises:
        InvalidInput: as `labelled_alert`.
    """
    raw = an_object(entry, f"{where} must be an object, not {shown(entry)}")
    ends_at = instant_at(raw, "endsAt", where) if raw.get("endsAt") else None
    if ends_at is not None and ends_at.year == _NEVER:
        ends_at = None
    over = ends_at is not None and ends_at <= now
    alert = labelled_alert({**raw, "status": "resolved" if over else "firing"}, where, NAME)
    return replace(
        alert,
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        ends_at=ends_at if over else None,
        expires_at=None if over else ends_at,
    )
