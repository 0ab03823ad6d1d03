"""The report of one propagation: complete counts, and the impacted items page by page in the contract's order. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

import numpy as np

from app.impact.assumptions import FAILING_OVER, LOSS_COVERED, LOSS_UNSURE, URGENCY_ASSUMED, taken_for_granted
from app.impact.cost import Costs
from app.impact.explanation import Step, keys_of
from app.impact.grounds import Grounds
from app.impact.missing import missing_data
from app.impact.model import Failure, Forecast, HealthState, ImpactedItem, Moment, Money, Position, StateCount
from app.impact.outlook import Outlook
from app.impact.planning import Plan, planned_among
from app.impact.priority import Priorities
from app.impact.propagation import Propagation
from app.impact.ranking import STATE_ORDER, ranked_page
from app.impact.sentence import Reason
from app.inventory.model import ItemType
from app.topology.graph import TYPE_ORDER, Bools, Int8, Int32, Int64
from app.topology.sight import EVERYTHING, Sight

_STATES = tuple(HealthState(state) for state in np.argsort(STATE_ORDER).tolist())


class ImpactReport:
    """What is hurt, asked at a moment. `only` narrows it to some of the affected items.

    `sight` limits what it tells: other items still carry what fails, and are neither named nor counted, but `hidden`.

    `planned` are the failures that were planned, where an item has one beside the failure it is listed with.
    """

    def __init__(
        self,
        propagation: Propagation,
        failures: Mapping[int, Failure],
        moment: Moment,
        only: Int32 | None = None,
        planned: Mapping[int, Failure] | None = None,
        sight: Sight = EVERYTHING,
    ) -> None:
        self.propagation = propagation
        self.graph = propagation.graph
        self.numbers = propagation.affected if only is None else only
        self._states: Int8 = propagation.states(self.numbers)
        self._failures = failures
        self._outlook = Outlook(propagation, failures, moment)
        self._planned = planned_among(failures) if planned is None else planned
        self._plan = Plan(propagation, self._planned)
        self._pages: list[list[str]] = []
        self._grounds: list[Grounds] = []
        self._sight = sight
        self.hidden = 0
        self.moment = moment

    def narrowed(self, several: Sequence[Int32]) -> list["ImpactReport"]:
        """A report of each of these lots of its items; what is found out for one serves them all."""
        focus = self._outlook.business_among(np.unique(np.concatenate([np.empty(0, np.int32), *several])))
        outlook = self._outlook.focused(focus)
        reports = [
            ImpactReport(self.propagation, self._failures, self.moment, only, self._planned, self._sight)
            for only in several
        ]
        for report in reports:
            report._outlook, report._plan = outlook, self._plan
            report._pages, report._grounds = self._pages, self._grounds
        return reports

    def within(self, sight: Sight) -> "ImpactReport":
        """The report for somebody who sees so much of the estate."""
        if not sight.is_limited:
            return self
        (report,) = self.narrowed([sight.numbers_among(self.graph, self.numbers)])
        report._sight, report.hidden = sight, len(self.numbers) - len(report.numbers)
        return report

    def _sees(self, keys: Iterable[str]) -> bool:
        return all(map(self._sight.sees, keys))

    @property
    def began_at(self) -> datetime:
        """When the first failure that was not planned began; the moment of the question if nobody knows."""
        unplanned = (failure.since for failure in self._failures.values() if failure.state and not failure.planned)
        return min((since for since in unplanned if since is not None), default=self.moment.at)

    @property
    def unplanned(self) -> "ImpactReport":
        """The report without what is planned."""
        return self.narrowed([self.numbers[~self._plan.among(self.numbers)]])[0]

    @property
    def surely_down(self) -> "ImpactReport":
        """The report of what is DOWN at best."""
        return self.narrowed([self.numbers[self.propagation.best.state[self.numbers] == HealthState.DOWN]])[0]

    @cached_property
    def counts(self) -> tuple[StateCount, ...]:
        """How many items of each type are in each state, OPERATIONAL aside; by type, worst first."""
        pairs = self.graph.type_rank[self.numbers].astype(np.int64) * 4 + STATE_ORDER[self._states]
        return tuple(
            StateCount(TYPE_ORDER[pair // 4], _STATES[pair % 4], count)
            for pair, count in enumerate(np.bincount(pairs).tolist())
            if count
        )

    @cached_property
    def priority(self) -> int | None:
        """The most urgent priority among the business items hit; an UNKNOWN one counts as its worst, a planned one
        not at all: what is planned wakes nobody."""
        return int(self._priorities.priority.min()) if len(self._priorities.priority) else None

    @cached_property
    def _priorities(self) -> Priorities:
        return self._outlook.priorities(self.business[~self._plan.among(self.business)])

    @cached_property
    def business(self) -> Int32:
        """The numbers of the business processes and services hit."""
        return self._outlook.business_among(self.numbers)

    @cached_property
    def _seconds_out(self) -> Int64:
        return self._outlook.seconds_out(self.business)

    @cached_property
    def _costs(self) -> Costs:
        return Costs(self.graph, self.business, self._seconds_out)

    def cost(self, key: str) -> Money | None:
        """What the outage of a business item costs; `None` without loss bands or a known end, or if it is not out."""
        return self._costs.of(self.graph.number[key])

    @property
    def costs(self) -> tuple[Money, ...]:
        """What the outages of business items cost together, by currency; `missing` tells which are not in it."""
        return self._costs.totals

    @property
    def depth_reached(self) -> int:
        """The longest path in the report, in edges."""
        return int(self._plan.rounds(self.numbers).max(initial=1)) - 1

    @property
    def unknown(self) -> int:
        """How many items may or may not be hurt."""
        return int(np.count_nonzero(self._states == HealthState.UNKNOWN))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the answer takes for granted, as sentences."""
        unsatisfiable, weakened, failing_over = (
            self._sight.numbers_among(self.graph, numbers)
            for numbers in (self.graph.unsatisfiable, self.graph.weakened, self._outlook.failing_over)
        )
        unsure = self.propagation.best.state[self._costs.summed] != HealthState.DOWN
        counts = {
            URGENCY_ASSUMED: int(np.count_nonzero(self._priorities.assumed)),
            FAILING_OVER: len(failing_over),
            LOSS_COVERED: self._costs.covered,
            LOSS_UNSURE: int(np.count_nonzero(unsure)),
        }
        return taken_for_granted(self.graph, unsatisfiable, weakened, counts)

    @property
    def missing(self) -> tuple[str, ...]:
        """Which data the answer lacked, as sentences."""
        endless = self._outlook.endless
        here = endless[np.isin(endless, self.numbers)]
        return missing_data(self.graph, self.business, self._seconds_out, here)

    def total(self, types: Collection[ItemType] | None, states: Collection[HealthState] | None) -> int:
        """How many impacted items pass the filter."""
        return len(self._filtered(types, states)[0])

    def page(
        self,
        first: int,
        after: Position | None = None,
        *,
        types: Collection[ItemType] | None = None,
        states: Collection[HealthState] | None = None,
    ) -> list[tuple[Position, ImpactedItem]]:
        """The next `first` impacted items: by section, worse state, tier and key."""
        ranked = ranked_page(self.graph, *self._filtered(types, states), first, after)
        self._pages.append([position.key for position, _ in ranked])
        return [(position, self.item(position.key)) for position, _ in ranked]

    def ranked(self, first: int, *, types: Collection[ItemType]) -> list[str]:
        """The keys of the first page, unexplained."""
        return [position.key for position, _ in ranked_page(self.graph, *self._filtered(types, None), first)]

    def about(self, keys: Sequence[str]) -> "ImpactReport":
        """The report of these affected items."""
        return self.narrowed([np.array([self.graph.number[key] for key in keys], np.int32)])[0]

    def grounds_of(self, keys: Sequence[str]) -> Grounds:
        """What explains these affected items together."""
        numbers = [self.graph.number[key] for key in keys]
        grounds = Grounds(self.propagation, self._failures, self._planned, self.moment.at, numbers)
        self._grounds.append(grounds)
        return grounds

    def grounds(self, key: str) -> Grounds:
        """What explains an affected item; found once for the items of a page, and only if it is asked for."""
        known = next((one for one in self._grounds if one.explain(key)), None)
        return known or self.grounds_of(next((page for page in self._pages if key in page), [key]))

    def item(self, key: str) -> ImpactedItem:
        """One affected item, its rule and its path; what is planned is led back to what was planned, even if a real
        failure is nearer."""
        graph, whole, number = self.graph, self.propagation, self.graph.number[key]
        planned = self._plan.holds(number)
        paths = self._plan.alone.paths if planned else whole.paths
        path = keys_of(graph, paths.path(number))
        return ImpactedItem(
            key=key,
            type=graph.type_of(number),
            state=whole.state(number),
            best_state=whole.best.of(number),
            worst_state=whole.worst.of(number),
            depth=len(path) - 1,
            rule=paths.rule(number),
            path=self._sight.among(path),
            planned=planned,
        )

    def planned_among(self, numbers: Int32) -> Bools:
        """Which of these affected items planned failures alone give their states."""
        return self._plan.among(numbers)

    def is_planned(self, key: str) -> bool:
        """Whether planned failures alone give the item its state."""
        return self._plan.holds(self.graph.number[key])

    def forecast(self, key: str) -> Forecast:
        """When the item is out, and what that means for the business; no priority if it is planned."""
        found = self._outlook.of(self.graph.number[key])
        return replace(found, priority=None, assumed=False) if self.is_planned(key) else found

    def forecasts(self, keys: Sequence[str]) -> list[Forecast]:
        """The forecasts of several items."""
        numbers = np.array([self.graph.number[key] for key in keys], np.int32)
        found = zip(self._outlook.forecasts(numbers), self._plan.among(numbers).tolist(), strict=True)
        return [replace(one, priority=None, assumed=False) if planned else one for one, planned in found]

    @property
    def first_breach_at(self) -> datetime | None:
        """When the first of the business items, unless it is planned, is out for longer than it may, if it is not back
        before; `None` without a tolerance."""
        forecasts = self._outlook.forecasts(self.business[~self._plan.among(self.business)])
        return min((one.breach_at for one in forecasts if one.breach_at is not None), default=None)

    def since(self, key: str) -> datetime | None:
        """When the item came into its state, or into the worst it may be in; `None` if nobody can tell."""
        return self.grounds(key).since(key)

    def causes_of(self, key: str) -> tuple[str, ...]:
        """A minimal set of causes that explains the item's state; of these, what is seen."""
        return self._sight.among(self.grounds(key).causes(key))

    def steps(self, key: str) -> list[Step]:
        """The tree behind the sentence, without what is not seen."""
        found = self.grounds(key).steps(key)
        return [replace(one, supports=self._sight.among(one.supports)) for one in found if self._sight.sees(one.key)]

    def reason(self, key: str) -> Reason:
        """Why the item is hurt, to be told in a sentence."""
        reason = self.grounds(key).reason(key)
        return reason if self._sees(reason.told_of) else replace(reason, hidden=True)

    def repair(self, key: str) -> tuple[str, ...] | None:
        """The smallest set of causes whose repair clears the item; `None` where the search was given up, or not all of
        them are seen."""
        found = self.grounds(key).repair(key)
        return found if found is not None and self._sees(found) else None

    @property
    def causes(self) -> Sequence[tuple[str, HealthState]]:
        """What failed by itself, by key."""
        own = ((self.graph.keys[number], state) for number, state in self.propagation.own.items() if state)
        return sorted((key, state) for key, state in own if self._sight.sees(key))

    @property
    def planned_causes(self) -> frozenset[str]:
        """Which of them were planned to be as bad as they are."""
        own = self.propagation.own
        planned = (self.graph.keys[number] for number, state in self._plan.own.items() if state is own[number])
        return frozenset(self._sight.among(planned))

    def _filtered(
        self, types: Collection[ItemType] | None, states: Collection[HealthState] | None
    ) -> tuple[Int32, Int8]:
        wanted = np.ones(len(self.numbers), np.bool_)
        if types is not None:
            wanted &= np.array([kind in types for kind in TYPE_ORDER])[self.graph.type_rank[self.numbers]]
        if states is not None:
            wanted &= np.array([state in states for state in HealthState])[self._states]
        return self.numbers[wanted], self._states[wanted]
