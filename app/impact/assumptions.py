"""What an answer takes for granted, as sentences. Pure."""

from collections.abc import Mapping

from app.topology.graph import Graph, Int32, Int64

URGENCY_ASSUMED = (
    "business items without a tolerance, or out without a known end, are as urgent as the impact on them: {count}"
)
FAILING_OVER = (
    "items that are not DOWN are out until a standby has taken over, for any member lost may be the active one: {count}"
)
LOSS_COVERED = (
    "the cost of a business process that the loss of business services takes DOWN is part of theirs, "
    "and not added to costs: {count}"
)
LOSS_UNSURE = "business items that may be DOWN are added to costs as if they were: {count}"


def taken_for_granted(
    graph: Graph, unsatisfiable: Int32, weakened: Int32, counts: Mapping[str, int]
) -> tuple[str, ...]:
    """Of these groups that their members no longer suffice, then how many items each assumption is about."""
    lost = [*_lost(graph, unsatisfiable, "DOWN", graph.needed), *_lost(graph, weakened, "DEGRADED", graph.healthy)]
    return (*sorted(lost), *(assumption.format(count=count) for assumption, count in counts.items() if count))


def _lost(graph: Graph, groups: Int32, state: str, needed: Int64) -> list[str]:
    return [
        f"REDUNDANCY_UNSATISFIABLE: {graph.keys[group]} is {state} because its members weigh "
        f"{graph.total[group]} and it needs {needed[group]}"
        for group in groups.tolist()
    ]
