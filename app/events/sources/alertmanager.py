"""Prometheus Alertmanager, webhook version 4: one body holds a group of alerts, each with its own status.

Source: Alertmanager's notify/webhook; real deliveries of 0.25 are in the tests.
"""

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source, read_each
from app.events.fields import json_object, shown
from app.events.model import Alert
from app.events.prometheus import labelled_alert, with_what_was_left_out
from app.events.sources import grafana

NAME = "alertmanager"
_VERSION = "4"


def _read(delivery: Delivery) -> Reading:
    body = json_object(delivery.body, "Alertmanager's webhook_configs")
    # Hand-written scripts leave the version out; another one means another shape, so it is no use to guess.
    version = body.get("version", _VERSION)
    if version == grafana.VERSION:
        return grafana.read(delivery)
    if version != _VERSION:
        raise InvalidInput(
            f"version must be {_VERSION!r}, which every current Alertmanager sends, not {shown(version)}"
        )
    listed = body.get("alerts")
    if not isinstance(listed, list):
        raise InvalidInput("alerts must be a list; is this really an Alertmanager webhook (version 4)?")
    return with_what_was_left_out(read_each(listed, "alerts", _alert), body)


SOURCE = Source(NAME, "Prometheus Alertmanager", _read)


def _alert(entry: object, where: str) -> Alert:
    return labelled_alert(entry, where, NAME)
