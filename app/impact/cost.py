"""What outages cost: piecewise linear through the loss bands from (0, 0), the last slope continued (semantics §4).

Pure. An outage is a loss of business services. Where losing these alone takes a business process DOWN that has loss
bands as well, both would tell the same loss, so the process adds nothing to the sum; by itself it still has its cost.
"""

from bisect import bisect_left
from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np

from app.impact.model import HealthState, Money
from app.inventory.losses import NOTHING, LossCurve
from app.inventory.model import ItemType
from app.topology.graph import NO_SECONDS, TYPE_ORDER, Graph, Int32, Int64
from app.topology.losing import fallen_in_turn
from app.topology.outages import OPEN

_SERVICE = TYPE_ORDER.index(ItemType.BUSINESS_SERVICE)
_LONG = Context(prec=100)


def downtime_cost(curve: LossCurve, seconds: int) -> Decimal:
    """What an outage of `seconds`, 0 or more, costs in the currency of the curve.

    Worked out exactly, then rounded half to even to two places, or to as many as the bands around it have.
    """
    bands = (NOTHING, *curve.bands)
    upper = bisect_left(bands, seconds, 1, len(bands) - 1, key=lambda band: band.after_seconds)
    begin, end = bands[upper - 1], bands[upper]
    places = max(2, *(-int(band.cumulative_loss.as_tuple().exponent) for band in (begin, end)))
    before, after = (int(amount.scaleb(places)) for amount in (begin.cumulative_loss, end.cumulative_loss))
    share = Fraction(seconds - begin.after_seconds, end.after_seconds - begin.after_seconds)
    return Decimal(round(before + (after - before) * share)).scaleb(-places, _LONG)


class Costs:
    """What the outages of business items cost, each by itself and together.

    `seconds` is how long each is out: `NO_SECONDS` if it is not, `OPEN` if nobody knows until when. Only items with
    loss bands and a known end have a cost; the others are `None`, never 0.
    """

    def __init__(self, graph: Graph, numbers: Int32, seconds: Int64) -> None:
        priced = np.isin(numbers, np.fromiter(graph.loss_curves, np.int32, len(graph.loss_curves)))
        known = priced & (seconds != NO_SECONDS) & (seconds < OPEN)
        self._graph = graph
        self._numbers: Int32 = numbers[known]
        self._seconds = dict(zip(self._numbers.tolist(), seconds[known].tolist(), strict=True))

    def of(self, number: int) -> Money | None:
        """The cost of one item's outage."""
        if number not in self._seconds:
            return None
        curve = self._graph.loss_curves[number]
        return Money(downtime_cost(curve, self._seconds[number]), curve.currency)

    @cached_property
    def summed(self) -> Int32:
        """The items whose costs are added up: the services, and the processes that losing these leaves standing."""
        services = self._numbers[self._graph.type_rank[self._numbers] == _SERVICE]
        if len(services) in (0, len(self._numbers)):
            return self._numbers
        taken = fallen_in_turn(self._graph, services, HealthState.DOWN)[self._numbers] > 0
        left: Int32 = self._numbers[~taken | np.isin(self._numbers, services)]
        return left

    @property
    def covered(self) -> int:
        """How many processes are left out of the sum."""
        return len(self._numbers) - len(self.summed)

    @property
    def totals(self) -> tuple[Money, ...]:
        """The sums, by currency; amounts of different currencies are never added."""
        return _added_up(cost for number in self.summed.tolist() if (cost := self.of(number)) is not None)


def _added_up(costs: Iterable[Money]) -> tuple[Money, ...]:
    sums: dict[str, Decimal] = {}
    for cost in costs:
        sums[cost.currency] = _LONG.add(sums.get(cost.currency, Decimal("0.00")), cost.amount)
    return tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
