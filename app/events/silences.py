"""Silences of a Prometheus Alertmanager as windows: what `GET /api/v2/silences` says. Pure.

A silence becomes a window only if it is about whole items: every matcher is an equality on a label by which an alert
finds its item. One that is narrower, as by `alertname`, would silence more here than it does there.

Source: Alertmanager's api/v2/openapi.yaml.
"""

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput
from app.events.delivery import Reading
from app.events.fields import an_object, instant_at, list_at, object_at, parsed_json, text_at, text_of
from app.events.identifiers import clues_of_labels
from app.events.model import Clue, ReportedWindow
from app.marks import is_marked

_NAMING = frozenset({"underpin_key", "instance", "host", "hostname", "node", "service"})
# It narrows an item down to the part that one exporter sees, which is how Prometheus names a host.
_BESIDE = frozenset({"job"})


def read_silences(raw: bytes, source: str) -> Reading:
    """The silences in the answer of the Alertmanager that is called `source`; those that are no windows are problems.

    Raises:
        InvalidInput: it is no list.
    """
    listed = parsed_json(raw)
    if not isinstance(listed, list):
        raise InvalidInput("the answer must be the list of GET /api/v2/silences")
    windows: list[ReportedWindow] = []
    problems: list[str] = []
    for index, entry in enumerate(listed):
        if isinstance(entry, Mapping) and is_marked(text_of(entry.get("comment"))):
            continue  # It stands for a window of ours.
        try:
            windows.append(_window(entry, f"silences[{index}]", source))
        except InvalidInput as error:
            problems.append(error.message)
    return Reading(windows=tuple(windows), problems=tuple(problems))


def _window(entry: object, where: str, source: str) -> ReportedWindow:
    raw = an_object(entry, f"{where} must be an object")
    expired = text_of(object_at(raw, "status", where).get("state")) == "expired"
    return ReportedWindow(
        source=source,
        id=text_at(raw, "id", where, most=200),
        starts_at=instant_at(raw, "startsAt", where),
        ends_at=instant_at(raw, "endsAt", where),
        summary=text_of(raw.get("comment")) or "silenced",
        author=text_of(raw.get("createdBy")),
        # What is over needs no items, and an old one may have matchers of any kind.
        clues=() if expired else _clues(raw, where),
        cancelled=expired,
    )


def _clues(raw: Mapping[str, Any], where: str) -> tuple[Clue, ...]:
    labels: dict[str, str] = {}
    for index, entry in enumerate(list_at(raw, "matchers", where)):
        place = f"{where}.matchers[{index}]"
        matcher = an_object(entry, f"{place} must be an object")
        name = text_at(matcher, "name", place)
        if matcher.get("isRegex") is True or matcher.get("isEqual") is False:
            raise InvalidInput(f"{place} on {name!r:.60} is no equality, so it names no item; write one with =")
        if name not in _NAMING | _BESIDE:
            raise InvalidInput(
                f"{place} on {name!r:.60} silences a part of an item's alerts, and a window would silence them all; "
                f"match {', '.join(sorted(_NAMING))} alone"
            )
        labels[name] = text_at(matcher, "value", place)
    if not labels.keys() & _NAMING:
        raise InvalidInput(f"{where} names no item; match one of {', '.join(sorted(_NAMING))}")
    return clues_of_labels(labels)
