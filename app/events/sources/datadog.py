"""Datadog, webhooks integration: the body is what its user writes, in a template with `$VARIABLES`.

Understood are the template below and the integration's own default, whose `id` is another for each event: there the
title tells which trouble it is, and where. What Datadog did not fill in arrives as it stands (`$HOSTNAME`) and says
nothing.

    {"id": "$ID", "cycle_key": "$ALERT_CYCLE_KEY", "aggreg_key": "$AGGREG_KEY", "transition": "$ALERT_TRANSITION",
     "alert_type": "$ALERT_TYPE", "title": "$EVENT_TITLE", "host": "$HOSTNAME", "tags": "$TAGS",
     "scope": "$ALERT_SCOPE", "priority": "$ALERT_PRIORITY", "last_updated": "$LAST_UPDATED", "link": "$LINK"}

Source: Datadog's documentation of the webhooks integration.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading, Source
from app.events.fields import epoch, first_text, json_object, link_of, name_of, texts_of
from app.events.gathering import distinct, tagged
from app.events.identifiers import clues_of_labels
from app.events.model import Alert, EventStatus
from app.events.severity import state_of_severity
from app.impact.model import HealthState

NAME = "datadog"
_UNFILLED = re.compile(r"\$[A-Z][A-Z0-9_]*")
# The title of an event of a monitor begins with its transition: "[P2] [Triggered on {host:web01,env:prod}] CPU".
_TITLE = re.compile(
    r"(?:\[P[1-5]\]\s*)?\[(?P<transition>[A-Za-z -]+?)(?: on \{?(?P<scope>[^]}]*)\}?)?\]\s*(?P<rest>.*)", re.DOTALL
)
_OVER = {"recovered", "success", "ok"}
_STATES = {"no data": HealthState.DEGRADED, "warn": HealthState.DEGRADED, "triggered": HealthState.DOWN}
_PRIORITIES = {"p1": "critical", "p2": "high", "p3": "medium", "p4": "low", "p5": "info"}


def _read(delivery: Delivery) -> Reading:
    body = texts_of(json_object(delivery.body, "a webhook of Datadog"))
    said = {name.casefold(): text for name, text in body.items() if not _UNFILLED.fullmatch(text)}
    return Reading((_alert(said),))


SOURCE = Source(NAME, "Datadog", _read)


def _alert(said: Mapping[str, str]) -> Alert:
    title = _TITLE.fullmatch(said.get("title", ""))
    scope = first_text(said.get("scope"), title and title["scope"])
    told = first_text(said.get("transition"), said.get("alert_transition"), title and title["transition"])
    transition = told.casefold().removeprefix("re-")
    severity = first_text(said.get("severity"), said.get("alert_type"), said.get("priority")) or None
    tags = {**tagged(scope.split(",")), **tagged(said.get("tags", "").split(","))}
    hosts = {"host": said["host"]} if "host" in said else {"host": said["hostname"]} if "hostname" in said else {}
    updated_at = _instant(said, "last_updated") or _instant(said, "date")
    over = transition in _OVER or (not transition and said.get("alert_type") == "success")
    return Alert(
        source=NAME,
        fingerprint=name_of(_fingerprint(said, scope, title["rest"] if title else "")),
        status=EventStatus.RESOLVED if over else EventStatus.FIRING,
        severity=severity,
        state=_state(transition, said),
        summary=first_text(title and title["rest"], said.get("title"), said.get("body")),
        starts_at=None,
        ends_at=updated_at if over else None,
        clues=distinct(clues_of_labels({**tags, **hosts})),
        labels={**tags, **hosts, **{name: said[name] for name in ("priority", "transition") if name in said}},
        observed_at=updated_at,
        url=link_of(first_text(said.get("link"), said.get("url"))),
    )


def _fingerprint(said: Mapping[str, str], scope: str, titled: str) -> str:
    """What is the same when it is raised and when it is over."""
    monitor = first_text(said.get("alert_id"), said.get("monitor_id"), titled)
    cycle = first_text(said.get("cycle_key"), said.get("alert_cycle_key"), said.get("aggreg_key"))
    if found := first_text(cycle, monitor and f"{monitor} {scope}".strip(), said.get("id")):
        return found
    raise InvalidInput('cycle_key or id must be there; put "cycle_key": "$ALERT_CYCLE_KEY" into the template')


def _state(transition: str, said: Mapping[str, str]) -> HealthState:
    """By the priority its monitor was given, else by what happened: a warning is no failure."""
    word = _PRIORITIES.get(said.get("priority", "").casefold())
    if transition in ("warn", "no data"):
        return HealthState.DEGRADED
    if word:
        return state_of_severity(word)
    return _STATES.get(transition, state_of_severity(first_text(said.get("severity"), said.get("alert_type")) or None))


def _instant(said: Mapping[str, str], name: str) -> datetime | None:
    return epoch(said[name], name) if name in said else None
