"""Judgements: what each of many events hurts, given everything else that is open (semantics §2). Pure.

An event hurts the items that it hurts alone, and those that are worse with it than without it: the last of two
databases to go down hurts what the first one did not. The standing holds the event already, so nothing is propagated
but the event alone; what its items owe to it is found by thinking it away (`topology.relief`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.impact.live import Picture
from app.impact.model import Failure, HealthState, Moment, worst_failure
from app.impact.planning import planned_among
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.topology.graph import Int8, Int32
from app.topology.relief import relieved

_FINE = Failure(HealthState.OPERATIONAL)


@dataclass(frozen=True, slots=True)
class Question:
    """An event, by its id, and how it says that an item fails: `None` if it says nothing any more, or not yet.

    Then the answer is what the item hurts by what else is told of it.
    """

    id: str
    key: str
    failure: Failure | None


class Judge:
    """Judges events of one standing, at one moment. What they have in common is found once.

    Not for two threads at a time.
    """

    def __init__(self, picture: Picture, moment: Moment) -> None:
        self._picture = picture
        self._graph = picture.graph
        self._whole = picture.report(moment)
        self._judged: dict[tuple[int, HealthState, HealthState], ImpactReport] = {}

    def judge(self, question: Question) -> ImpactReport | None:
        """What the event hurts; `None` if its key names nothing that fails by itself."""
        number = self._graph.number.get(question.key)
        if number is None or self._graph.is_group(number):
            return None
        told = self._told_by_key.get(question.key, {})
        rest = [failure for id, failure in told.items() if id != question.id]
        other = worst_failure(rest) if rest else _FINE
        failure = question.failure or other
        says = (question.key, question.failure) if question.failure else None
        if self._picture.told.get(question.id) != says or failure.planned or other.planned:
            return self._imagined(question.id, number, failure, other)
        asked = number, failure.state, other.state
        if asked not in self._judged:
            self._judged[asked] = self._narrowed(self._whole, number, failure, other)
        return self._judged[asked]

    @cached_property
    def _told_by_key(self) -> Mapping[str, Mapping[str, Failure]]:
        """Of each item what is told of it, by id."""
        told: dict[str, dict[str, Failure]] = {}
        for id, (key, failure) in self._picture.told.items():
            told.setdefault(key, {})[id] = failure
        return told

    @cached_property
    def _nominal(self) -> Int8:
        """Every item's state when nothing has failed."""
        return propagate(self._graph, {}).worst.state

    def _imagined(self, id: str, number: int, failure: Failure, other: Failure) -> ImpactReport:
        """The answer in a standing that is not this one: it was told otherwise of the event, or knows it as planned."""
        others = self._picture.failures_without(id)
        failures = {**others, number: worst_failure((failure, other))}
        planned = planned_among(others) | planned_among({number: failure})
        own = {one: failing.state for one, failing in failures.items()}
        whole = ImpactReport(propagate(self._graph, own), failures, self._whole.moment, planned=planned)
        return self._narrowed(whole, number, failure, other)

    def _narrowed(self, whole: ImpactReport, number: int, failure: Failure, other: Failure) -> ImpactReport:
        """Of a whole in which both fail the item, what the failure hurts."""
        alone = propagate(self._graph, {number: _at_worst(failure.state)}).worst
        hurt: Int32 = alone.fallen[alone.state[alone.fallen] > self._nominal[alone.fallen]]
        own, without = whole.propagation.own, _at_worst(other.state)
        if _at_worst(own.get(number, HealthState.OPERATIONAL)) > without:
            better = relieved(self._graph, whole.propagation.worst.state, own, number, without)
            hurt = np.union1d(hurt, better)
        return whole.narrowed(hurt)


def _at_worst(state: HealthState) -> HealthState:
    return HealthState.DOWN if state is HealthState.UNKNOWN else state
