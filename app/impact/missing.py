"""What an answer lacked: data that nobody gave, and whose it is. Pure."""

from collections.abc import Sequence

import numpy as np

from app.impact.explanation import keys_of
from app.topology.graph import NO_SECONDS, Graph, Int32, Int64
from app.topology.outages import OPEN

NO_TARGET = "no impact tolerance and no MTPD is known of business items that are out"
NO_END = "it is not known when business items that are out will be back"
NO_RECOVERY = "no recoveryTimeSeconds and no expected end is known of items that failed"
NO_LOSS_BANDS = "no loss bands are known of business items that are out"
MAX_NAMED = 3


def missing_data(graph: Graph, business: Int32, seconds: Int64, endless: Int32) -> tuple[str, ...]:
    """Sentences on what is not known, each with how many items it is about, and the first of them by key.

    `seconds` is how long each of the business items is out: `NO_SECONDS` if it is not, `OPEN` if nobody knows until
    when; `endless` are the items that failed and lack what would tell.
    """
    out = business[seconds != NO_SECONDS]
    priced = np.fromiter(graph.loss_curves, np.int32, len(graph.loss_curves))
    lacking = {
        NO_TARGET: out[graph.target_seconds[out] == NO_SECONDS],
        NO_END: business[seconds == OPEN],
        NO_RECOVERY: endless,
        NO_LOSS_BANDS: out[~np.isin(out, priced)],
    }
    return tuple(
        f"{what}: {_few(keys_of(graph, numbers.tolist()))}" for what, numbers in lacking.items() if len(numbers)
    )


def _few(keys: Sequence[str]) -> str:
    """How many, and the first of them."""
    named = ", ".join(sorted(keys)[:MAX_NAMED])
    return f"{len(keys)} ({named}{', …' if len(keys) > MAX_NAMED else ''})"
