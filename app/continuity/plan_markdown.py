"""A recovery plan as Markdown: what a person puts into a plan and reads in a crisis. Pure."""

import re
from collections.abc import Iterator, Sequence

from app.continuity.plan_document import PlanDocument, PlanRow, duration_words

# What Markdown or HTML could take for more than a letter.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def plan_markdown(document: PlanDocument) -> str:
    """The plan as a document with a table of its steps."""
    plan = document.answer.plan
    lines = [
        f"# Recovery plan: {_text(document.title)}",
        "",
        *_summary(document),
        "",
        "## Critical path",
        "",
        *_path(document),
        "",
        "## Steps",
        "",
        *_table(document.rows, scheduled=document.answer.schedule is not None),
    ]
    if plan.groups:
        lines += ["", "## Redundancy", "", *_groups(document)]
    if plan.missing or plan.assumed:
        lines += ["", "## What is not known", "", *_unknown(document)]
    return "\n".join([*lines, ""])


def _summary(document: PlanDocument) -> Iterator[str]:
    plan, made = document.answer.plan, document.answer.schedule
    yield f"- Everything is up **{document.finish_words}** after the failure."
    if made:
        bound = duration_words(made.lower_bound_seconds)
        yield f"- Scheduled for {made.teams} {'team' if made.teams == 1 else 'teams'}; no schedule ends before {bound}."
    if plan.redundancy_restored_seconds is not None:
        yield f"- Redundancy is whole again after {duration_words(plan.redundancy_restored_seconds)}."
    if plan.evidence:
        yield f"- Weakest evidence on the critical path: {plan.evidence.name}."
    made_at = document.made_at.strftime("%Y-%m-%d %H:%M UTC")
    yield f"- Worked out {made_at} of version {document.answer.graph_version} of the inventory."


def _path(document: PlanDocument) -> Iterator[str]:
    names = {row.step.key: row.name for row in document.rows}
    for place, step in enumerate(document.answer.plan.critical_path, 1):
        name = _text(names.get(step.key, step.key))
        yield f"{place}. {name}: {duration_words(step.own_seconds)}, up after {duration_words(step.finish_seconds)}"


def _table(rows: Sequence[PlanRow], *, scheduled: bool) -> Iterator[str]:
    titles = ["Begins", "Done", "Wave", "Step", "Key", "Owner", "Takes", "Slack", "Waits for", "Evidence"]
    titles += ["Team"] if scheduled else []
    yield f"| {' | '.join(titles)} |"
    yield "|---" * len(titles) + "|"
    for row in rows:
        yield f"| {' | '.join(_cells(row, scheduled=scheduled))} |"


def _cells(row: PlanRow, *, scheduled: bool) -> Iterator[str]:
    step = row.step
    yield duration_words(row.start_seconds)
    yield duration_words(row.finish_seconds)
    yield str(step.wave)
    yield f"**{_text(row.name)}**" if step.is_critical else _text(row.name)
    yield _text(", ".join(step.step.cycle or (step.key,)))
    yield _text(row.owner or "")
    yield "not known" if step.step.is_missing else duration_words(step.step.own_seconds)
    yield "only redundancy" if step.slack_seconds is None else duration_words(step.slack_seconds)
    yield _text(", ".join(step.needs))
    yield step.step.evidence.name if step.step.evidence is not None else ""
    if scheduled:
        yield str(row.assignment.team or "") if row.assignment else ""


def _groups(document: PlanDocument) -> Iterator[str]:
    for group in document.answer.plan.groups:
        up, restored = duration_words(group.up_seconds), duration_words(group.restored_seconds)
        yield f"- {_text(group.key)} is up after {up} and whole after {restored}"


def _unknown(document: PlanDocument) -> Iterator[str]:
    plan = document.answer.plan
    for key in plan.missing:
        yield f"- Nobody knows how long {_text(key)} takes; every time after it is a lower bound."
    if plan.assumed:
        yield f"- Nobody gave a recovery time of their own to {_text(', '.join(plan.assumed))}; none was counted."


def _text(words: str) -> str:
    """Words that mean themselves in a line and in a cell."""
    return _SPECIAL.sub(r"\\\1", " ".join(words.split()))
