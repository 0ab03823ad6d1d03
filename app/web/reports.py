"""`GET /continuity/{key}/report`: what a risk manager reads of one item, as a page that prints and stands alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from app.auth.model import Caller, Permission
from app.continuity.assessment_store import approved_assessments
from app.continuity.availability import Availability
from app.continuity.availability_actions import known_availability
from app.continuity.cut_sets import USUAL_ORDER, CutSets, minimal_cut_sets
from app.continuity.data_loss import DataLoss
from app.continuity.finding import FindingStatus
from app.continuity.mapping import service_map
from app.continuity.picture import ContinuityPicture
from app.continuity.plan_document import PlanDocument, duration_words
from app.continuity.plan_gantt import plan_gantt
from app.continuity.quality_store import FindingFilter
from app.continuity.quality_store import findings as stored_findings
from app.continuity.recovery import Assumed
from app.continuity.service_report import MOST_DRAWN, MOST_LISTED, Mapped, ServiceReport, bounds_words, keys_of
from app.continuity.verdicts import Bounds, ObjectiveStatus
from app.continuity.weak_points import ItemPoints, item_points
from app.errors import InvalidInput, NotFound
from app.impact.actions import UNKNOWN_KEY, number_of
from app.inventory.store import items_by_key, names_by_key
from app.runtime import Runtime
from app.topology.graph import Graph
from app.web.access import requires
from app.web.answers import CONTAINED, runtime_of
from app.web.plans import document_of

router = APIRouter(tags=["continuity"])
_STATUS: Mapping[ObjectiveStatus, str] = {
    ObjectiveStatus.MET: "met",
    ObjectiveStatus.BREACHED: "breached",
    ObjectiveStatus.NOT_APPLICABLE: "not applicable",
    ObjectiveStatus.MISSING_TARGET: "no target was set",
    ObjectiveStatus.MISSING_INPUT: "not known, for lack of data",
}


def _duration(seconds: int | None) -> str:
    return "-" if seconds is None else duration_words(seconds)


def _loss(loss: DataLoss) -> str:
    return bounds_words(Bounds(loss.at_least_seconds, loss.at_most_seconds))


_pages = Environment(loader=PackageLoader("app.web"), autoescape=True)
_pages.filters |= {"duration": _duration, "bounds": bounds_words, "loss": _loss}


@router.get("/continuity/{key:path}/report", response_class=HTMLResponse)
async def report(request: Request, key: str, _: Annotated[Caller, Depends(requires(Permission.READ))]) -> Response:
    """What recovery and weak points say of an item: objectives, what proves them, what is missing, what takes it DOWN,
    and how it comes back."""
    runtime = runtime_of(request)
    return HTMLResponse(await asyncio.to_thread(_page, await service_report(runtime, key)), headers=CONTAINED)


async def service_report(runtime: Runtime, key: str) -> ServiceReport:
    """Everything that is known of one item.

    Raises:
        NotFound: no item has this key.
    """
    picture = await runtime.continuity.current()
    graph = picture.graph
    number = number_of(graph, key)
    item = (await items_by_key(runtime.database, [key])).get(key)
    if item is None:
        raise NotFound(UNKNOWN_KEY.format(key=key))
    points, cuts, available = await _weak_points(runtime, graph, number)
    made = ServiceReport(
        item=item,
        made_at=runtime.clock(),
        graph_version=graph.version,
        assessment=(await approved_assessments(runtime.database, [key])).get(key),
        objectives=await asyncio.to_thread(picture.objectives, key, cycles=runtime.cycles),
        plan=await _plan(runtime, picture, key),
        points=points,
        cuts=cuts,
        availability=available,
        mapped=await _mapped(runtime, graph, key),
        names={},
    )
    names = await names_by_key(runtime.database, sorted({key, *keys_of(made)}))
    return replace(made, names=names)


async def _weak_points(runtime: Runtime, graph: Graph, number: int) -> tuple[ItemPoints, CutSets, Availability]:
    settings = runtime.settings
    points = await asyncio.to_thread(item_points, graph, number, settings.max_single_points)
    cuts = await asyncio.to_thread(minimal_cut_sets, graph, number, USUAL_ORDER, most_steps=settings.max_cut_set_steps)
    return points, cuts, await known_availability(runtime.database, graph, number, lambda: cuts)


async def _mapped(runtime: Runtime, graph: Graph, key: str) -> Mapped:
    settings, open_ones = runtime.settings, FindingFilter(key, statuses=(FindingStatus.OPEN, FindingStatus.ACCEPTED))
    found = await service_map(runtime.database, graph, key, most_items=settings.max_mapping_items)
    findings = await stored_findings(runtime.database, open_ones, None, MOST_LISTED, checked_at=None)
    stale_after = timedelta(days=settings.dependency_valid_days)
    edges = await asyncio.to_thread(found.service.edge_quality, runtime.clock(), stale_after)
    pillars = await asyncio.to_thread(found.service.pillars)
    return Mapped(len(found.service.items), found.truncated, pillars, edges, tuple(findings))


async def _plan(runtime: Runtime, picture: ContinuityPicture, key: str) -> PlanDocument | None:
    """The plan, unless it would be too large; the report tells all the rest then."""
    try:
        return await document_of(runtime, picture, Assumed((key,), cycles=runtime.cycles))
    except InvalidInput:
        return None


def _page(found: ServiceReport) -> str:
    drawn = found.plan is not None and len(found.plan.rows) <= MOST_DRAWN
    return _pages.get_template("continuity_report.html").render(
        report=found,
        status_words=_STATUS,
        most=MOST_LISTED,
        most_drawn=MOST_DRAWN,
        # The picture has escaped what is in it.
        gantt=Markup(plan_gantt(found.plan)) if drawn and found.plan else "",  # noqa: S704
    )
