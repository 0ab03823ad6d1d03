"""The grounds on which some items are hurt: what they stand on among what fell, and all that explains them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.impact.beginnings import Beginnings
from app.impact.explanation import Explainer, Step, keys_of
from app.impact.model import Failure
from app.impact.planning import Plan
from app.impact.propagation import Propagation, own_at_worst, propagate
from app.impact.repair import smallest_repair
from app.impact.sentence import Reason, reason_for
from app.topology.cones import cone


class Grounds:
    """Explains these affected items of a propagation, and what they stand on. Costs what it explains."""

    def __init__(
        self,
        propagation: Propagation,
        failures: Mapping[int, Failure],
        planned: Mapping[int, Failure],
        now: datetime,
        numbers: Sequence[int],
    ) -> None:
        part = cone(propagation.graph, propagation.worst.state, numbers)
        own = part.among(propagation.own)
        self._graph = part.graph
        self._propagation = propagate(self._graph, own)
        self._explainer = Explainer(self._graph, own_at_worst(self._graph, own))
        self._plan = Plan(self._propagation, part.among(planned))
        self._beginnings = Beginnings(self._propagation, part.among(failures), now)

    def explain(self, key: str) -> bool:
        """Whether this item is among them."""
        return key in self._graph.number

    def _explainer_of(self, number: int) -> Explainer:
        """What is planned is explained by what was planned, even if a real failure is nearer."""
        return self._plan.explainer if self._plan.holds(number) else self._explainer

    def since(self, key: str) -> datetime | None:
        """When the item came into its state, or into the worst it may be in; `None` if nobody can tell."""
        return self._beginnings.since(self._graph.number[key])

    def causes(self, key: str) -> tuple[str, ...]:
        """A minimal set of causes that explains the item's state, by key."""
        number = self._graph.number[key]
        return keys_of(self._graph, self._explainer_of(number).causes(number))

    def steps(self, key: str) -> list[Step]:
        """The tree behind the sentence."""
        number = self._graph.number[key]
        return self._explainer_of(number).steps(number)

    def reason(self, key: str) -> Reason:
        """Why the item is hurt, to be told in a sentence."""
        number = self._graph.number[key]
        if self._plan.holds(number):
            return reason_for(self._plan.alone, self._plan.explainer, number, planned=True)
        return reason_for(self._propagation, self._explainer, number)

    def repair(self, key: str) -> tuple[str, ...] | None:
        """The smallest set of causes whose repair clears the item; `None` where the search was given up."""
        return smallest_repair(self._propagation, self._graph.number[key])
