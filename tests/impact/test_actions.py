"""What may be asked of impact, and what is refused."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from app.errors import InvalidInput, NotFound
from app.impact import actions
from app.impact.model import Failure, HealthState, worst_failure
from app.impact.report import ImpactReport
from tests.graphs import DEGRADED, DOWN, NOW, UNKNOWN, graph

PAIR = graph("pay{process} -> db{1 of db-1, db-2}; pay -> mail; wiki -> mail")


def failing(own: Mapping[str, HealthState]) -> dict[str, Failure]:
    return {key: Failure(state) for key, state in own.items()}


def assess(own: Mapping[str, HealthState]) -> ImpactReport:
    return actions.assess(PAIR.graph, failing(own), NOW)


def states(report: ImpactReport) -> dict[str, HealthState]:
    return {item.key: item.state for _, item in report.page(100)}


def test_a_failed_item_hurts_what_needs_it() -> None:
    assert states(assess({"mail": DOWN})) == {"pay": DOWN, "mail": DOWN, "wiki": DOWN}


def test_a_redundancy_group_cannot_be_failed() -> None:
    with pytest.raises(InvalidInput) as refused:
        assess({"db-1": DOWN, "db": DOWN})

    assert refused.value.message == "'db' is a redundancy group and never fails by itself; name its members instead"


def test_a_key_that_names_nothing_cannot_be_failed() -> None:
    with pytest.raises(NotFound) as refused:
        assess({"db-1": DOWN, "db-9": DOWN})

    assert refused.value.message.startswith("no configuration item has the key 'db-9'; look it up with ")


def test_a_failure_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="set since before until"):
        actions.assess(PAIR.graph, {"mail": Failure(DOWN, NOW.at, NOW.at)}, NOW)

    with pytest.raises(InvalidInput, match="the failure of 'mail' ends at "):
        actions.assess(PAIR.graph, {"mail": Failure(DOWN, None, NOW.at)}, NOW)


def test_the_worst_failure_of_an_item_counts_and_of_two_the_earlier() -> None:
    early, late = Failure(DOWN, NOW.at), Failure(DOWN, NOW.at + timedelta(1))

    assert worst_failure((late, Failure(DEGRADED, NOW.at - timedelta(1)), early, Failure(UNKNOWN, NOW.at))) == early
    assert worst_failure((Failure(DEGRADED), Failure(UNKNOWN))) == Failure(UNKNOWN)
