"""The report of the change gate as JSON says it. Pure."""

from app.continuity.gate import BusinessChange, GateReport, Standing


def gate_document(report: GateReport) -> dict[str, object]:
    """The whole report, nothing left out."""
    return {
        "passed": report.passed,
        "graphVersion": str(report.graph_version),
        "changes": [_change(one) for one in report.changes],
        "concentration": [
            {
                "by": one.kind,
                "key": one.key,
                "knockoutShareBefore": one.knockout_share_before,
                "knockoutShareAfter": one.knockout_share_after,
                "dependencyShareBefore": one.dependency_share_before,
                "dependencyShareAfter": one.dependency_share_after,
            }
            for one in report.concentration
        ],
        "added": list(report.added),
        "removed": list(report.removed),
    }


def _change(one: BusinessChange) -> dict[str, object]:
    return {
        "key": one.key,
        "isImportant": one.is_important,
        "worse": list(one.worse),
        "singlePointsGained": list(one.gained),
        "singlePointsLost": list(one.lost),
        "pairsGained": [list(pair) for pair in one.pairs_gained],
        "pairsLost": [list(pair) for pair in one.pairs_lost],
        "before": _standing(one.before),
        "after": _standing(one.after),
    }


def _standing(one: Standing) -> dict[str, object]:
    return {
        "singlePointCount": len(one.single_points),
        "lowestOrder": one.lowest_order,
        "overrunSeconds": one.overrun_seconds,
        "isDown": one.is_down,
    }
