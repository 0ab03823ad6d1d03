"""What events hurt, as monitoring tools read it: the most important business items by name, and how many there are.

Many events of one standing hurt the same items, so what is said of an item is worked out once.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.impact.model import Forecast, ImpactedItem, Money
from app.impact.report import ImpactReport
from app.inventory.model import ItemType
from app.runtime import Runtime

MAX_LISTED = 50
_TYPES = {"businessProcesses": ItemType.BUSINESS_PROCESS, "businessServices": ItemType.BUSINESS_SERVICE}
Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Impact:
    """One impact to be told, about the item with this key: the processes and services it names, from the first."""

    report: ImpactReport
    key: str
    listed: dict[str, list[str]]
    items: dict[str, Document]


async def impact_documents(
    runtime: Runtime, impacts: Sequence[tuple[ImpactReport | None, str | None]]
) -> list[Document | None]:
    """The impacts, each with the key it is about, as documents; `None` where nothing was judged."""
    # In a thread: a storm of alerts must not hold up other callers.
    found = await asyncio.to_thread(_impacts, impacts)
    named = [one.items for one in found if one]
    names = await runtime.names.of({key for items in named for key in items})
    for items in named:
        for key, item in items.items():
            item["name"] = names.get(key, key)
    return [_document(one, runtime.settings.base_url) if one else None for one in found]


def _impacts(impacts: Iterable[tuple[ImpactReport | None, str | None]]) -> list[_Impact | None]:
    """What the impacts name; those of one standing say the same of an item."""
    items: dict[int, dict[str, Document]] = {}
    found = [
        _Impact(report, key, _listed(report), items.setdefault(id(report.propagation), {})) if report and key else None
        for report, key in impacts
    ]
    for same in items.values():
        _describe([one for one in found if one and one.items is same])
    return found


def _listed(report: ImpactReport) -> dict[str, list[str]]:
    """The keys an answer names, at most 50 of each list."""
    return {name: report.ranked(MAX_LISTED, types=(kind,)) for name, kind in _TYPES.items()}


def _describe(same: Sequence[_Impact]) -> None:
    """Write the documents of all items that impacts of one standing name."""
    keys = sorted({key for one in same for keys in one.listed.values() for key in keys})
    if keys:
        report = same[0].report.about(keys)
        forecasts = report.forecasts(keys)
        for key, forecast in zip(keys, forecasts, strict=True):
            same[0].items[key] = _item_document(report.item(key), forecast, report.cost(key))


def _document(impact: _Impact, base_url: str) -> Document:
    """One impact; lists are cut at 50 and then say so."""
    report = impact.report
    totals: dict[str, int] = {}
    for count in report.counts:
        totals[count.state.name] = totals.get(count.state.name, 0) + count.count
    lists = {name: [impact.items[key] for key in keys] for name, keys in impact.listed.items()}
    return {
        "priority": report.priority,
        **lists,
        "counts": totals,
        "hidden": report.hidden,
        "truncated": len(report.business) > sum(map(len, lists.values())),
        "graphVersion": str(report.graph.version),
        "url": f"{base_url}/lookup?{urlencode({'ref': impact.key})}",
    }


def _item_document(item: ImpactedItem, forecast: Forecast, cost: Money | None) -> Document:
    return {
        "key": item.key,
        "name": item.key,
        "state": item.state.name,
        "because": list(item.path),
        "planned": item.planned,
        "priority": forecast.priority,
        "outage": {"start": forecast.start, "end": forecast.end} if forecast.start else None,
        "breachAt": forecast.breach_at,
        "slackSeconds": forecast.slack_seconds,
        "cost": {"amount": str(cost.amount), "currency": cost.currency} if cost else None,
    }
