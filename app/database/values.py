"""What the driver hands over, as JSON that keeps its type: `{"$type": "date", "value": "2026-11-26"}`.

Text, flags, lists, maps, and numbers that JSON can hold stand for themselves. Every other value is an object with
`$type`; a map that has a key `$type` of its own is wrapped in `{"$type": "map", "value": …}`, so nothing can pose as
what it is not. Integers beyond 2^53 and floats that are no numbers are written as text: JavaScript would change them.
"""

import base64
import math
from collections.abc import Callable, Mapping
from datetime import datetime, time

import neo4j.graph
import neo4j.spatial
import neo4j.time
import neo4j.vector

_EXACT = 2**53 - 1


def plain(value: object) -> object:
    """A value of an answer in JSON.

    Nodes have `id`, `key`, `labels` and `properties`; relationships have `id`, `type`, `from`, `to` and `properties`;
    paths have `nodes` and `relationships`. Ids are the server's, and hold within one answer only.
    """
    if value is None or isinstance(value, bool | str):
        return value
    for kind, written in _WRITTEN.items():
        if isinstance(value, kind):
            return written(value)
    return _typed("other", str(value))


def _typed(kind: str, value: object) -> dict[str, object]:
    return {"$type": kind, "value": value}


def _integer(value: int) -> object:
    return value if -_EXACT <= value <= _EXACT else _typed("integer", str(value))


def _float(value: float) -> object:
    return value if math.isfinite(value) else _typed("float", str(value))


def _map(value: Mapping[str, object]) -> dict[str, object]:
    inside = {key: plain(one) for key, one in value.items()}
    return _typed("map", inside) if "$type" in inside else inside


def _node(value: neo4j.graph.Node) -> dict[str, object]:
    properties = {key: plain(one) for key, one in sorted(value.items())}
    return {
        "$type": "node",
        "id": value.element_id,
        "key": properties.get("key"),
        "labels": sorted(value.labels),
        "properties": properties,
    }


def _relationship(value: neo4j.graph.Relationship) -> dict[str, object]:
    start, end = value.nodes
    return {
        "$type": "relationship",
        "id": value.element_id,
        "type": value.type,
        "from": start.element_id if start else None,
        "to": end.element_id if end else None,
        "properties": {key: plain(one) for key, one in sorted(value.items())},
    }


def _path(value: neo4j.graph.Path) -> dict[str, object]:
    return {
        "$type": "path",
        "nodes": [_node(one) for one in value.nodes],
        "relationships": [_relationship(one) for one in value.relationships],
    }


def _point(value: neo4j.spatial.Point) -> dict[str, object]:
    return {"$type": "point", "srid": value.srid, "coordinates": [_float(one) for one in value]}


def _instant(value: neo4j.time.DateTime | datetime) -> dict[str, object]:
    zone = getattr(value.tzinfo, "key", None) or getattr(value.tzinfo, "zone", None)
    text = value.iso_format() if isinstance(value, neo4j.time.DateTime) else value.isoformat()
    named = zone and zone != "UTC"  # which the offset says already
    return _typed("datetime" if value.tzinfo else "localdatetime", f"{text}[{zone}]" if named else text)


def _time(value: neo4j.time.Time | time) -> dict[str, object]:
    text = value.iso_format() if isinstance(value, neo4j.time.Time) else value.isoformat()
    return _typed("time" if value.tzinfo else "localtime", text)


# In this order: a Point is a tuple, and a Duration too.
_WRITTEN: Mapping[type, Callable[..., object]] = {
    int: _integer,
    float: _float,
    neo4j.graph.Node: _node,
    neo4j.graph.Relationship: _relationship,
    neo4j.graph.Path: _path,
    neo4j.spatial.Point: _point,
    neo4j.time.DateTime: _instant,
    datetime: _instant,
    neo4j.time.Date: lambda value: _typed("date", value.iso_format()),
    neo4j.time.Time: _time,
    time: _time,
    neo4j.time.Duration: lambda value: _typed("duration", value.iso_format()),
    neo4j.vector.Vector: lambda value: _typed("vector", [_float(one) for one in value.to_native()]),
    bytes: lambda value: _typed("bytes", base64.b64encode(value).decode()),
    bytearray: lambda value: _typed("bytes", base64.b64encode(value).decode()),
    list: lambda value: [plain(one) for one in value],
    tuple: lambda value: [plain(one) for one in value],
    dict: _map,
}
