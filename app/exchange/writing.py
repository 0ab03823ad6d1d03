"""Writes stored items in the native formats: what is written is what `plan` reads back without a change.

Revision, timestamps and sources are left out, since an import sets them; absent values are left out too.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from app.exchange.model import Format, RowKind, StoredEdge, StoredItem
from app.exchange.native import SECTIONS
from app.inventory.losses import LossBand, bands_of
from app.inventory.model import DEPENDENCY_PROPERTIES, PROPERTIES, Relation

_NAMED_FIRST = ("name", "kind", "lifecycle")
# Whatever a YAML 1.1 parser could take for something but text is quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ _./@+-]+[A-Za-z0-9]+)*")
_NOT_PLAIN = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "infinity"}
_ESCAPED = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LONGEST_KEY = 128  # libyaml reads at most 1024 bytes of a key that has no question mark


def native_item(item: StoredItem) -> dict[str, object]:
    """An item as an import takes it."""
    raw: dict[str, object] = {"key": item.key, "type": item.type.name}
    stored = item.properties
    raw |= {name: stored[name] for name in _NAMED_FIRST if stored.get(name) is not None}
    owner = _owner(item)
    if owner:
        raw["owner"] = owner
    raw |= {name: _scalar(stored[name]) for name in PROPERTIES if stored.get(name) is not None}
    if bands := bands_of(stored):
        raw["lossBands"] = [_band(one) for one in bands]
    if item.identifiers:
        raw["identifiers"] = [{"kind": one.kind, "value": one.value} for one in item.identifiers]
    attributes = orjson.loads(str(stored.get("attributes") or "{}"))
    if attributes:
        raw["attributes"] = attributes
    members = [_member(edge) for edge in item.edges if edge.relation is Relation.HAS_MEMBER]
    return raw | {"members": members} if members else raw


def native_dependencies(item: StoredItem) -> Iterator[dict[str, object]]:
    """The edges that leave an item; ownership and membership only where the item itself does not tell it all."""
    owner = _owner(item)
    for edge in item.edges:
        carried = {name: _scalar(edge.properties[name]) for name in DEPENDENCY_PROPERTIES if name in edge.properties}
        told = edge.relation is Relation.HAS_MEMBER or (edge.relation is Relation.OWNED_BY and edge.provider == owner)
        if not told or carried.keys() - {"weight"}:
            yield {"from": item.key, "to": edge.provider, "relation": edge.relation.value, **carried}


def _owner(item: StoredItem) -> str | None:
    return next((edge.provider for edge in item.edges if edge.relation is Relation.OWNED_BY), None)


def _member(edge: StoredEdge) -> object:
    weight = edge.properties.get("weight") or 1
    return edge.provider if weight == 1 else {"key": edge.provider, "weight": weight}


def _band(band: LossBand) -> object:
    return {"afterSeconds": band.after_seconds, "cumulativeLoss": str(band.cumulative_loss)}


def _scalar(value: object) -> object:
    """A date or an instant of the database as its ISO text."""
    return value if isinstance(value, str | int | float | bool) else str(value)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a format puts records into a file: what opens a section of one kind, comes between two records, and ends it
    all; the sections stand in this order."""

    opening: Mapping[RowKind, bytes]
    between: bytes
    tail: bytes
    record: Callable[[RowKind, Mapping[str, object]], bytes]


def flow_yaml(value: object) -> str:
    """A JSON value as a YAML flow value on one line, quoted only where it must be."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_yaml_key(str(name))}: {flow_yaml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow_yaml, value)) + "]"
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN:
        return value
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _yaml_key(name: str) -> str:
    text = flow_yaml(name)
    return text if len(name) <= _LONGEST_KEY else f"? {text} "


LAYOUTS: Mapping[Format, Layout] = {
    Format.NDJSON: Layout(
        dict.fromkeys(SECTIONS.values(), b""),
        b"",
        b"",
        lambda kind, raw: orjson.dumps({kind.value: raw}) + b"\n",
    ),
    Format.JSON: Layout(
        {
            RowKind.ITEM: b'{"items":[\n',
            RowKind.DEPENDENCY: b'\n],"dependencies":[\n',
            RowKind.ASSESSMENT: b'\n],"assessments":[\n',
            RowKind.SCENARIO: b'\n],"scenarios":[\n',
        },
        b",\n",
        b"\n]}\n",
        lambda _, raw: orjson.dumps(raw),
    ),
    Format.YAML: Layout(
        {kind: f"{name}:\n".encode() for name, kind in SECTIONS.items()},
        b"",
        b"",
        lambda _, raw: f"  - {flow_yaml(raw)}\n".encode(),
    ),
}
