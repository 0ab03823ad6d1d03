"""What two rows about the same edge mean together."""

from collections.abc import Mapping
from dataclasses import replace

from app.inventory.model import DependencyDraft, Scalar

_STRICTEST = ("HARD", "SOFT", "INFO")
_MERGED = {"strength", "toleranceSeconds"}


def one_edge(first: DependencyDraft, second: DependencyDraft) -> DependencyDraft | None:
    """The one edge that two rows with the same ends and relation describe, or `None` when they contradict each other.

    Discovery reports an edge once for each way it was seen. Two such edges side by side would hurt as the stricter
    one does, so the stronger strength and the shorter tolerance stand; any other difference is a contradiction.
    """
    if first.properties == second.properties:
        return first
    if _others(first) != _others(second):
        return None
    merged: dict[str, Scalar | None] = {**first.properties, **second.properties}
    strengths = [draft.properties.get("strength") for draft in (first, second)]
    if any(strengths):
        merged["strength"] = min((str(one or "HARD") for one in strengths), key=_STRICTEST.index)
    tolerances = [draft.properties.get("toleranceSeconds") for draft in (first, second)]
    if any(tolerances):
        merged["toleranceSeconds"] = min(int(one or 0) for one in tolerances)
    return replace(first, properties=merged)


def _others(draft: DependencyDraft) -> Mapping[str, object]:
    return {name: value for name, value in draft.properties.items() if name not in _MERGED}
