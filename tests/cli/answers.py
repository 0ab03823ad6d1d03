"""Answers of a service as its schema shapes them, to draw."""

from app.cli.client import Json

DB = {"key": "db", "name": "Db"}


def item(key: str, type: str = "Component", name: str | None = None) -> Json:
    return {"__typename": type, "key": key, "name": name or key.title(), "kind": None}


def hurt(item: Json, state: str, rule: str, *path: str) -> Json:
    steps = [{"key": key, "name": key.title()} for key in path]
    shape = {"depth": len(path) - 1, "rule": rule, "path": steps, "causes": [], "planned": False}
    return {"item": item, "state": state, **shape}


def report(nodes: list[Json], **other: object) -> Json:
    whole: Json = {
        "asOf": "2026-11-24T10:00:00.123456+00:00",
        "graphVersion": "7",
        "priority": 1,
        "depthReached": 2,
        "truncated": False,
        "hidden": 0,
        "unknown": 0,
        "assumptions": [],
        "missing": [],
        "costs": [],
        "counts": [
            {"type": "BUSINESS_PROCESS", "state": "DOWN", "count": 1},
            {"type": "COMPONENT", "state": "DOWN", "count": 1200},
            {"type": "COMPONENT", "state": "DEGRADED", "count": 3},
        ],
        "causes": [{"item": DB, "state": "DOWN", "planned": False}],
        "impacted": {"totalCount": len(nodes), "nodes": nodes},
        "worst": {"edges": [{"node": {"sentence": "Checkout is DOWN: it needs Db, which is DOWN", "repairs": [DB]}}]},
        "atRisk": {"totalCount": 0, "truncated": False, "edges": []},
    }
    return whole | other
