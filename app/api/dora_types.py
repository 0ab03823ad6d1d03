"""The GraphQL types of a DORA pre-classification, in the words of `impact.dora`."""

import asyncio
from datetime import datetime

import strawberry

from app.api.context import Context
from app.impact import dora
from app.impact.dora import Criterion, Outcome, Verdict
from app.impact.incident import incident_of, items_to_know
from app.impact.report import ImpactReport

strawberry.enum(Verdict, name="DoraVerdict")
strawberry.enum(Outcome, name="DoraOutcome")
strawberry.enum(Criterion, name="DoraCriterion")


@strawberry.type
class DoraFinding:
    """One criterion of Delegated Regulation (EU) 2024/1772, as far as the estate tells."""

    criterion: Criterion
    outcome: Outcome
    value: str | None = strawberry.field(description="What was found; null if the estate tells nothing of it.")
    threshold: str
    article: str


@strawberry.type
class DoraClassification:
    """Whether this would be a major incident under DORA, from what is known now; never a guess."""

    verdict: Verdict
    findings: list[DoraFinding]


async def dora_classification(context: Context, report: ImpactReport, began_at: datetime) -> DoraClassification:
    """How the incident that the report tells of would be classified."""
    keys = await asyncio.to_thread(items_to_know, report)
    known = await context.known(keys)
    incident = await asyncio.to_thread(incident_of, report, {key: known[key] for key in keys}, began_at)
    found = dora.classified(incident)
    findings = [
        DoraFinding(
            criterion=one.criterion,
            outcome=one.outcome,
            value=one.value,
            threshold=one.threshold,
            article=one.article,
        )
        for one in found.findings
    ]
    return DoraClassification(verdict=found.verdict, findings=findings)
