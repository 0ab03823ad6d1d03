"""What a report tells of an incident, for those who classify it; what was planned is no part of it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from app.impact.dora import Hit, Incident
from app.impact.model import Forecast, HealthState, Money
from app.impact.report import ImpactReport
from app.inventory.model import Item, ItemType
from app.topology.places import locations_of

COUNTRY_CODE = "countryCode"
"""The attribute in which the location of a country has its ISO 3166-1 code."""
CLIENTS = "clients"
"""The attribute in which a business item has the number of the clients who use it."""
_COUNTRY, _EURO = "COUNTRY", "EUR"


def items_to_know(report: ImpactReport) -> list[str]:
    """The keys of the items that `incident_of` wants to see as they are stored: the business items that are hit, and
    the locations of everything that is."""
    hurt = report.unplanned
    numbers = {*hurt.business.tolist(), *locations_of(hurt.graph, hurt.numbers)}
    return [hurt.graph.keys[number] for number in sorted(numbers)]


def incident_of(report: ImpactReport, items: Mapping[str, Item | None], began_at: datetime) -> Incident:
    """What is known of the incident that the report tells of; an item that is gone counts as one nobody describes."""
    hurt = report.unplanned
    keys = [hurt.graph.keys[number] for number in hurt.business.tolist()]
    forecasts = hurt.forecasts(keys)
    sure = hurt.surely_down
    known = [item for item in items.values() if item is not None]
    return Incident(
        at=report.moment.at,
        began_at=began_at,
        hits=[_hit(hurt, key, items.get(key), one) for key, one in zip(keys, forecasts, strict=True)],
        countries=frozenset(code for item in known if (code := _country_code(item))),
        cost=sum((one.amount for one in sure.costs if _is_euro(one)), Decimal(0)),
        cost_is_whole=len(sure.business) == len(keys) and all(_is_euro(sure.cost(key)) for key in keys),
    )


def _hit(report: ImpactReport, key: str, item: Item | None, forecast: Forecast) -> Hit:
    number = report.graph.number[key]
    best, worst = report.propagation.best.of(number), report.propagation.worst.of(number)
    stated = item.properties.get("criticalOrImportant") if item else None
    return Hit(
        critical=stated if isinstance(stated, bool) else None,
        certain=best is not HealthState.OPERATIONAL,
        down=best is worst is HealthState.DOWN,
        start=forecast.start,
        end=forecast.end,
        clients=_count(item.attributes.get(CLIENTS)) if item else None,
    )


def _is_euro(cost: Money | None) -> bool:
    return cost is not None and cost.currency == _EURO


def _country_code(item: Item) -> str | None:
    code = item.attributes.get(COUNTRY_CODE)
    is_country = item.type is ItemType.LOCATION and item.kind == _COUNTRY
    return code.strip().upper() if is_country and isinstance(code, str) else None


def _count(value: object) -> int | None:
    """A number of clients, also one written as text; `None` for anything else."""
    try:
        return max(0, int(str(value))) if value is not None else None
    except ValueError:
        return None
