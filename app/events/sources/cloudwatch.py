"""Amazon CloudWatch alarms: through SNS, delivered raw by it, or as events of EventBridge.

In SNS's envelope the alarm is JSON in a text. Composite alarms have a rule instead of a metric, and alarms of metric
math have several metrics.

Source: Amazon's documentation of CloudWatch alarms; SNS HTTP notification JSON format.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import an_object, first_text, instant, json_object, object_at, parsed_json, shown, text_of
from app.events.gathering import distinct
from app.events.identifiers import clues_of_labels, host_clues, named_clues, typed_clues
from app.events.model import Alert, Clue, EventStatus, MatchTier
from app.events.sns import NOTIFICATION, envelope_of
from app.impact.model import HealthState

NAME = "cloudwatch"
_MESSAGE_ID = "x-amz-sns-message-id"
_STATES = {"ALARM": HealthState.DOWN, "INSUFFICIENT_DATA": HealthState.DEGRADED, "OK": HealthState.OPERATIONAL}
# Dimensions whose values name a resource by itself.
_NAMES = (
    *("DBInstanceIdentifier", "DBClusterIdentifier", "ClusterName", "ServiceName", "FunctionName", "QueueName"),
    *("TableName", "LoadBalancer", "TargetGroup", "CacheClusterId", "AutoScalingGroupName", "DomainName"),
)


def _read(delivery: Delivery) -> Reading:
    envelope = envelope_of(delivery.body)
    if envelope is None:
        return Reading((_alarm(json_object(delivery.body, "a CloudWatch alarm")),))
    if envelope["Type"] != NOTIFICATION:
        return Reading()
    message = parsed_json(text_of(envelope.get("Message")).encode())
    return Reading((_alarm(an_object(message, f"Message must be a CloudWatch alarm, not {shown(message)}")),))


def _delivery_id(delivery: Delivery) -> str | None:
    envelope = envelope_of(delivery.body) or {}
    return first_text(envelope.get("MessageId"), delivery.headers.get(_MESSAGE_ID)) or None


SOURCE = Source(NAME, "Amazon CloudWatch, through SNS", _read, headers=(_MESSAGE_ID,), delivery_id=_delivery_id)


def _alarm(body: Mapping[str, Any]) -> Alert:
    if isinstance(body.get("detail"), Mapping):
        return _of_event_bridge(body, body["detail"])
    name = text_of(body.get("AlarmName"))
    state = text_of(body.get("NewStateValue"))
    trigger = body.get("Trigger")
    dimensions = _dimensions(trigger if isinstance(trigger, Mapping) else {})
    labels = {**dimensions, "AlarmName": name, "Region": text_of(body.get("Region"))}
    at = _instant(body.get("StateChangeTime"), "StateChangeTime")
    summary = first_text(body.get("AlarmDescription"), body.get("NewStateReason"), name)
    return _alert(name, state, at=at, arn=text_of(body.get("AlarmArn")), summary=summary, labels=labels)


def _of_event_bridge(body: Mapping[str, Any], detail: Mapping[str, Any]) -> Alert:
    name, state = text_of(detail.get("alarmName")), object_at(detail, "state", "detail")
    metrics = object_at(detail, "configuration", "detail").get("metrics")
    first = metrics[0] if isinstance(metrics, list) and metrics and isinstance(metrics[0], Mapping) else {}
    stat = first.get("metricStat")
    metric = stat.get("metric") if isinstance(stat, Mapping) else None
    told = metric.get("dimensions") if isinstance(metric, Mapping) else None
    dimensions = {str(key): text_of(value) for key, value in told.items()} if isinstance(told, Mapping) else {}
    resources = body.get("resources")
    arn = text_of(resources[0]) if isinstance(resources, list) and resources else ""
    labels = {**dimensions, "AlarmName": name, "Region": text_of(body.get("region"))}
    at = _instant(state.get("timestamp") or body.get("time"), "detail.state.timestamp")
    return _alert(
        name, text_of(state.get("value")), at=at, arn=arn, summary=first_text(state.get("reason"), name), labels=labels
    )


def _alert(name: str, state: str, *, at: datetime | None, arn: str, summary: str, labels: Mapping[str, str]) -> Alert:
    if not name:
        raise InvalidInput("AlarmName must be a text; is this a notification of a CloudWatch alarm?")
    if state not in _STATES:
        raise InvalidInput(f"NewStateValue must be OK, ALARM or INSUFFICIENT_DATA, not {shown(state)}")
    return Alert(
        source=NAME,
        fingerprint=(arn or name)[-200:],
        status=EventStatus.RESOLVED if state == "OK" else EventStatus.FIRING,
        severity=state,
        state=_STATES[state],
        summary=summary,
        starts_at=None,
        ends_at=at if state == "OK" else None,
        clues=distinct((*_dimension_clues(labels), *clues_of_labels(labels))),
        labels={name: text for name, text in labels.items() if text},
        observed_at=at,
    )


def _dimensions(trigger: Mapping[str, Any]) -> dict[str, str]:
    """The dimensions of the metric, or of the first metrics of an expression."""
    found: dict[str, str] = {}
    metrics = trigger.get("Metrics")
    for one in [trigger, *(metrics if isinstance(metrics, list) else ())]:
        stat = one.get("MetricStat", one) if isinstance(one, Mapping) else {}
        metric = stat.get("Metric", stat) if isinstance(stat, Mapping) else {}
        listed = metric.get("Dimensions") if isinstance(metric, Mapping) else None
        for dimension in listed if isinstance(listed, list) else ():
            if isinstance(dimension, Mapping):
                name = first_text(dimension.get("name"), dimension.get("Name"))
                found.setdefault(name, first_text(dimension.get("value"), dimension.get("Value")))
    return {name: value for name, value in found.items() if name and value}


def _dimension_clues(labels: Mapping[str, str]) -> Iterator[Clue]:
    if instance := labels.get("InstanceId"):
        yield from named_clues(MatchTier.CLOUD, instance, origin="InstanceId")
    for name in _NAMES:
        if value := labels.get(name):
            yield from typed_clues("cloud", value, origin=name)
            yield from named_clues(MatchTier.ALIAS, value, origin=name)
    if host := labels.get("host") or labels.get("InstanceName"):
        yield from host_clues(host, origin="host")


def _instant(value: object, where: str) -> datetime | None:
    # "2026-11-30T09:00:00.000+0000": a zone without its colon.
    return instant(text_of(value).replace("+0000", "+00:00"), where) if value else None
