"""Impact as monitoring tools read it."""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from app.impact.model import ImpactedItem
from app.impact.report import ImpactReport
from app.inventory.model import ItemType
from app.inventory.store import items_by_key
from app.runtime import Runtime

MAX_LISTED = 50
_SERVICES = (ItemType.BUSINESS_SERVICE,)
_PROCESSES = (ItemType.BUSINESS_PROCESS,)


async def impact_documents(
    runtime: Runtime, impacts: Sequence[tuple[ImpactReport | None, str | None]]
) -> list[dict[str, object] | None]:
    """The impacts as monitoring tools read them, each with the key it is about; one query, however many there are."""
    listed = [await asyncio.to_thread(_listed, report) for report, _ in impacts]
    keys = {item.key for items in listed for item in items}
    named = await items_by_key(runtime.database, sorted(keys)) if keys else {}
    names = {one.key: one.name for one in named.values()}
    return [
        _impact_document(report, items, names, f"{runtime.base_url}/lookup?{urlencode({'ref': key})}")
        if report
        else None
        for (report, key), items in zip(impacts, listed, strict=True)
    ]


def _listed(report: ImpactReport | None) -> list[ImpactedItem]:
    """The business items an answer names: processes, then services, at most 50 of each."""
    if report is None:
        return []
    return [item for types in (_PROCESSES, _SERVICES) for _, item in report.page(MAX_LISTED, types=types)]


def _impact_document(
    report: ImpactReport, items: Sequence[ImpactedItem], names: Mapping[str, str], url: str
) -> dict[str, object]:
    """One impact; lists are cut at 50 and then say so."""
    totals: dict[str, int] = {}
    for count in report.counts:
        totals[count.state.name] = totals.get(count.state.name, 0) + count.count
    return {
        "priority": report.priority,
        "businessProcesses": [_item_document(item, report, names) for item in items if item.type in _PROCESSES],
        "businessServices": [_item_document(item, report, names) for item in items if item.type in _SERVICES],
        "counts": totals,
        "truncated": report.total((*_PROCESSES, *_SERVICES), None) > len(items),
        "graphVersion": str(report.graph.version),
        "url": url,
    }


def _item_document(item: ImpactedItem, report: ImpactReport, names: Mapping[str, str]) -> dict[str, object]:
    forecast, cost = report.forecast(item.key), report.cost(item.key)
    return {
        "key": item.key,
        "name": names.get(item.key, item.key),
        "state": item.state.name,
        "because": list(item.path),
        "planned": item.planned,
        "priority": forecast.priority,
        "outage": {"start": forecast.start, "end": forecast.end} if forecast.start else None,
        "breachAt": forecast.breach_at,
        "slackSeconds": forecast.slack_seconds,
        "cost": {"amount": str(cost.amount), "currency": cost.currency} if cost else None,
    }
