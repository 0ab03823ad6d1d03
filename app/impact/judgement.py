"""Judgements: what each of many events hurts, given everything else that is open (semantics §2). Pure.

An event hurts the items that it hurts alone, and those that are worse with it than without it: the last of two
databases to go down hurts what the first one did not. The standing holds the event already, so nothing is propagated
but the event alone; what its items owe to it is found by thinking it away (`topology.relief`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.impact.live import Picture
from app.impact.model import Failure, HealthState, Moment, worst_failure
from app.impact.planning import planned_among
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.topology.graph import Int32
from app.topology.relief import relieved

_FINE = Failure(HealthState.OPERATIONAL)


@dataclass(frozen=True, slots=True)
class Question:
    """An event, by its id, and how it says that an item fails: `None` if it says nothing any more, or not yet.

    Then the answer is what the item hurts by what else is told of it. No key: it is about no known item.
    """

    id: str
    key: str | None
    failure: Failure | None


def judge(picture: Picture, questions: Sequence[Question], moment: Moment) -> list[ImpactReport | None]:
    """What each event hurts, in the order of the questions; `None` if it is about nothing that fails by itself.

    Events that say the same of one item have one report, and all reports share what they find out.
    """
    return _Judge(picture, questions, moment).reports()


@dataclass(frozen=True, slots=True)
class _Case:
    """How an event fails an item, and the worst `other` thing told of it; `held` if the standing holds it like that."""

    event: str
    number: int
    failure: Failure
    other: Failure
    held: bool

    @property
    def matter(self) -> tuple[int, HealthState, HealthState]:
        """What decides who is hurt."""
        return self.number, self.failure.state, self.other.state


class _Judge:
    """Judges some events of one standing."""

    def __init__(self, picture: Picture, questions: Sequence[Question], moment: Moment) -> None:
        self._picture = picture
        self._graph = picture.graph
        self._whole = picture.report(moment)
        self._nominal = propagate(picture.graph, {}).worst.state
        self._questions = questions

    def reports(self) -> list[ImpactReport | None]:
        """The answers, in the order of the questions."""
        cases = [self._case(question) for question in self._questions]
        held = {case.matter: case for case in cases if case and case.held}
        narrowed = self._whole.narrowed([self._hurt(self._whole, case) for case in held.values()])
        reports = dict(zip(held, narrowed, strict=True))
        return [None if case is None else reports[case.matter] if case.held else self._imagined(case) for case in cases]

    def _case(self, question: Question) -> _Case | None:
        number = self._graph.number.get(question.key) if question.key is not None else None
        if question.key is None or number is None or self._graph.is_group(number):
            return None
        rest = self._picture.told_without(question.key, question.id)
        other = worst_failure(rest) if rest else _FINE
        failure = question.failure or other
        says = (question.key, question.failure) if question.failure else None
        held = self._picture.told.get(question.id) == says and not failure.planned and not other.planned
        return _Case(question.id, number, failure, other, held)

    def _imagined(self, case: _Case) -> ImpactReport:
        """The answer in a standing that is not this one: it was told otherwise of the event, or knows it as planned."""
        others = self._picture.failures_without(case.event)
        failures = {**others, case.number: worst_failure((case.failure, case.other))}
        planned = planned_among(others) | planned_among({case.number: case.failure})
        own = {number: failure.state for number, failure in failures.items()}
        whole = ImpactReport(propagate(self._graph, own), failures, self._whole.moment, planned=planned)
        return whole.narrowed([self._hurt(whole, case)])[0]

    def _hurt(self, whole: ImpactReport, case: _Case) -> Int32:
        """Whom the failure hurts, of a whole in which both fail the item; ascending."""
        alone = propagate(self._graph, {case.number: _at_worst(case.failure.state)}).worst
        hurt: Int32 = alone.fallen[alone.state[alone.fallen] > self._nominal[alone.fallen]]
        own, without = whole.propagation.own, _at_worst(case.other.state)
        if _at_worst(own.get(case.number, HealthState.OPERATIONAL)) <= without:
            return np.sort(hurt)
        return np.union1d(hurt, relieved(self._graph, whole.propagation.worst.state, own, case.number, without))


def _at_worst(state: HealthState) -> HealthState:
    return HealthState.DOWN if state is HealthState.UNKNOWN else state
