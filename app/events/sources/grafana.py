"""Grafana: the webhook contact point of unified alerting (9 and later), and of the alerting before it.

Since 12.0 it can sign: HMAC-SHA256 in hex, of the body, or of `timestamp:body` if a timestamp header is set up. That
header has no default name; any that ends in "timestamp" is found. The method is POST or PUT.

Source: receivers/webhook and http of grafana/alerting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Signature, Source, read_each
from app.events.fields import first_text, json_object, link_of, shown, text_of, texts_of
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.prometheus import MAX_FINGERPRINT, labelled_alert, with_what_was_left_out
from app.events.severity import state_of_severity
from app.events.signatures import hmac_signature
from app.impact.model import HealthState

NAME = "grafana"
VERSION = "1"
"""What Grafana calls the version of its webhook; Alertmanager's is 4."""
_SIGNATURE = "X-Grafana-Alerting-Signature"
# Grafana's own alerts about a rule that cannot be judged; the rule that it is about stands in `rulename`.
_UNJUDGED = {"DatasourceNoData": "no data", "DatasourceError": "the query failed"}
_OPEN_STATES = ("alerting", "no_data")
_SILENT_STATES = ("paused", "pending", "unknown")


def read(delivery: Delivery) -> Reading:
    """The alerts of a message of either alerting."""
    body = json_object(delivery.body, "Grafana's webhook contact point")
    listed = body.get("alerts")
    if isinstance(listed, list):
        external = body.get("externalURL")
        reading = read_each(listed, "alerts", lambda entry, where: _alert(entry, where, external))
        return with_what_was_left_out(reading, body)
    if "ruleId" in body or "ruleName" in body:
        return _legacy(body)
    raise InvalidInput("alerts must be a list; send the webhook's default payload, not one of your own")


def _verify(delivery: Delivery, secrets: Sequence[bytes]) -> None:
    stamp = min((name for name in delivery.headers if name.endswith("timestamp")), key=_strangeness, default=None)
    hmac_signature(_SIGNATURE, scheme=lambda one: _signed(one, stamp), timestamp_header=stamp).verify(delivery, secrets)


def _strangeness(header: str) -> tuple[bool, str]:
    """Of two timestamps the one that names Grafana is its own, the other that of a proxy."""
    return "grafana" not in header, header


def _signed(delivery: Delivery, stamp: str | None) -> bytes:
    return delivery.headers[stamp].encode() + b":" + delivery.body if stamp else delivery.body


SOURCE = Source(NAME, "Grafana", read, signature=Signature(_SIGNATURE.lower(), _verify))


def _alert(entry: object, where: str, external: object) -> Alert:
    alert = labelled_alert(entry, where, NAME)
    raw = entry if isinstance(entry, Mapping) else {}
    links = (raw.get("generatorURL"), raw.get("panelURL"), raw.get("dashboardURL"))
    alert = replace(alert, url=next((link for one in links if one and (link := link_of(one, external))), None))
    unjudged = _UNJUDGED.get(alert.labels.get("alertname", ""))
    if unjudged is None:
        return alert
    # That a rule cannot be judged never says that its item is down.
    state = min(alert.state, HealthState.DEGRADED)
    return replace(alert, state=state, summary=f"{first_text(alert.labels.get('rulename'), 'a rule')}: {unjudged}")


def _legacy(body: Mapping[str, Any]) -> Reading:
    """One alert a rule: when it is well again, the message no longer says which series were not."""
    state = text_of(body.get("state"))
    if state in _SILENT_STATES:
        return Reading()
    if state not in (*_OPEN_STATES, "ok"):
        raise InvalidInput(f"state must be alerting, no_data, ok, paused or pending, not {shown(body.get('state'))}")
    rule, organisation = first_text(body.get("ruleId"), body.get("ruleName")), first_text(body.get("orgId"), 1)
    tags = _series_tags(body)
    labels = {**dict(pair for one in tags for pair in one.items()), **texts_of(body.get("tags"))}
    severity = labels.get("severity")
    found = state_of_severity(severity)
    alert = Alert(
        source=NAME,
        fingerprint=f"rule-{organisation}-{rule}"[:MAX_FINGERPRINT],
        status=EventStatus.FIRING if state in _OPEN_STATES else EventStatus.RESOLVED,
        severity=severity,
        state=min(found, HealthState.DEGRADED) if state == "no_data" else found,
        summary=first_text(body.get("message"), body.get("title"), body.get("ruleName")),
        starts_at=None,
        ends_at=None,
        clues=distinct(clue for one in (*tags, labels) for clue in clues_of_labels(one)),
        labels={**labels, "alertname": first_text(body.get("ruleName"), rule)},
        url=link_of(body.get("ruleUrl")),
    )
    return Reading((alert,))


def _series_tags(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """What each series that is over its threshold is tagged with."""
    matches = body.get("evalMatches")
    found = [match for match in matches if isinstance(match, Mapping)] if isinstance(matches, list) else []
    return [texts_of(match.get("tags")) for match in found]
