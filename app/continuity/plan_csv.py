"""A recovery plan as CSV, a step a line, for a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterator

from app.continuity.plan_document import PlanDocument, PlanRow

COLUMNS = (
    "key", "name", "owner", "wave", "start_seconds", "own_seconds", "finish_seconds", "slack_seconds", "critical",
    "needs", "evidence", "missing", "cycle", "team", "scheduled_start_seconds", "scheduled_finish_seconds",
)  # fmt: skip
# A spreadsheet takes a cell that begins with one of these for a formula. Source: OWASP, CSV injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plan_csv(document: PlanDocument) -> str:
    """The steps with a header; what is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(list(_cells(row)) for row in document.rows)
    return out.getvalue()


def _cells(row: PlanRow) -> Iterator[object]:
    step, work = row.step, row.step.step
    yield from (_text(step.key), _text(row.name), _text(row.owner or ""), step.wave)
    yield from (work.start_seconds, "" if work.is_missing else work.own_seconds, work.finish_seconds)
    yield from ("" if step.slack_seconds is None else step.slack_seconds, "yes" if step.is_critical else "no")
    yield _text(" ".join(step.needs))
    yield work.evidence.name if work.evidence is not None else ""
    yield from ("yes" if work.is_missing else "no", _text(" ".join(work.cycle)))
    made = row.assignment
    yield from (made.team or "", made.start_seconds, made.finish_seconds) if made else ("", "", "")


def _text(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) else words
