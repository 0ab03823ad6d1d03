"""What is said of a group of events: its causes and what it does to the business, in words. Pure.

Only the items that alert count as failed; a silent cause is a guess and hurts nobody by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.impact.live import Picture
from app.impact.model import Failure, Forecast, HealthState, Moment
from app.impact.propagation import propagate
from app.impact.report import ImpactReport
from app.inventory.model import Item, ItemType
from app.situations.model import Account, BusinessItem, Cause, Group, NamedCause
from app.topology.graph import Graph

MAX_BUSINESS = 20
MAX_ROUTED = 200


@dataclass(frozen=True, slots=True)
class Damage:
    """What a group of events does to the business: the worst items, how many there are, and keys to route by."""

    priority: int | None
    worst: tuple[tuple[str, ItemType, HealthState, Forecast], ...]
    count: int
    processes: tuple[str, ...]
    services: tuple[str, ...]


def report_of(picture: Picture, items: Iterable[str], moment: Moment) -> ImpactReport:
    """What these items do to the estate, as if nothing else had failed."""
    number = picture.graph.number
    failures = {key: picture.failures[number[key]] for key in items if number.get(key) in picture.failures}
    return report_on(picture.graph, failures, moment)


def report_on(graph: Graph, failures: Mapping[str, Failure], moment: Moment) -> ImpactReport:
    """What these failures do to the estate, as if nothing else had failed; one of no item says nothing."""
    own = {graph.number[key]: failure for key, failure in failures.items() if key in graph.number}
    return ImpactReport(propagate(graph, {number: failure.state for number, failure in own.items()}), own, moment)


def damage(report: ImpactReport) -> Damage:
    """What a report says of the business."""
    graph, business = report.graph, report.business.tolist()
    keys = {kind: [graph.keys[one] for one in business if graph.type_of(one) is kind] for kind in _BUSINESS}
    worst = report.ranked(MAX_BUSINESS, types=_BUSINESS)
    numbers = [graph.number[key] for key in worst]
    return Damage(
        report.priority,
        tuple(
            (key, graph.type_of(number), report.propagation.state(number), forecast)
            for key, number, forecast in zip(worst, numbers, report.forecasts(worst), strict=True)
        ),
        len(business),
        *(tuple(sorted(keys[kind])[:MAX_ROUTED]) for kind in _BUSINESS),
    )


_BUSINESS = (ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE)


def named_by(group: Group, damage: Damage) -> frozenset[str]:
    """The keys of the items that the account names or whose owners it asks for."""
    return frozenset((*(one.key for one in group.causes), *(key for key, *_ in damage.worst)))


def account(group: Group, damage: Damage, items: Mapping[str, Item]) -> Account:
    """The account in words; an item that was removed a moment ago is called by its key."""
    total = len(group.items)
    causes = [
        NamedCause(one, _name(one.key, items), _sentence(one, _name(one.key, items), total)) for one in group.causes
    ]
    business = [
        BusinessItem(key, _name(key, items), type, state, forecast.priority, forecast.breach_at)
        for key, type, state, forecast in damage.worst
    ]
    owners = {items[key].owner for key in named_by(group, damage) if key in items}
    return Account(
        title=_title(causes[0].name, total, business, damage.count),
        causes=tuple(causes),
        priority=damage.priority,
        business=tuple(business),
        business_count=damage.count,
        processes=damage.processes,
        services=damage.services,
        teams=tuple(sorted(owner for owner in owners if owner is not None)),
    )


def _name(key: str, items: Mapping[str, Item]) -> str:
    return items[key].name if key in items else key


def _title(cause: str, total: int, business: list[BusinessItem], count: int) -> str:
    alerts = "1 item alerts" if total == 1 else f"{total} items alert"
    hurt = ""
    if business:
        more = f" and {count - 1} more business items are" if count > 1 else " is"
        hurt = f"; {business[0].name}{more} hurt"
    return f"{cause}: {alerts}{hurt}"


def _sentence(cause: Cause, name: str, total: int) -> str:
    began = f"{cause.started_at:%Y-%m-%d %H:%M:%S} UTC"
    of_all = f"explains {cause.explained} of the {total} items that alert"
    if not cause.observed:
        alerting = f"{cause.alerting} of the {cause.standing} items on it alert or are lost"
        return f"{name} says nothing, but {alerting} since {began}; it {of_all}"
    return f"{name} alerts since {began}" + (f" and {of_all}" if total > 1 else "")
