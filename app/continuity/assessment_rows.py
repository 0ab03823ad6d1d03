"""Business impact analyses as rows of a file: what is read is checked, and what is written is read back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.continuity.assessment import Assessment, AssessmentStatus, Contents, ImpactBand
from app.continuity.assessment_rules import ASSESSED, AssessmentLimits, checked_contents
from app.errors import Problem
from app.inventory.model import Kind, Property
from app.inventory.values import Problems, Report, checked_key, checked_value

_INSTANTS = {
    "draftedAt": "drafted_at",
    "approvedAt": "approved_at",
    "reviewedAt": "reviewed_at",
    "endedAt": "ended_at",
}
_NAMES = {"draftedBy": "drafted_by", "approvedBy": "approved_by", "reviewedBy": "reviewed_by"}
_OWN_FIELDS = {"key", "version", "status", *_INSTANTS, *_NAMES}
# What can be told of a version that stands there; once it is over everything can.
_TOLD = {
    AssessmentStatus.DRAFT: {"draftedAt", "draftedBy"},
    AssessmentStatus.APPROVED: {*_INSTANTS, *_NAMES} - {"endedAt"},
}
_INSTANT, _NAME, _COUNT = (Property(kind, ASSESSED) for kind in (Kind.INSTANT, Kind.TEXT, Kind.INTEGER))


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """A version as a file tells it. Without a `version` it is the next one, without a `status` it keeps the one it has.

    `stamps` are the fields of an `Assessment` that say who did what with it and when, as far as the file does.
    """

    where: str
    key: str
    version: int | None
    status: AssessmentStatus | None
    contents: Contents
    stamps: Mapping[str, Any]


def assessment_row(
    raw: Mapping[str, object], where: str, limits: AssessmentLimits, problems: Problems
) -> AssessmentRow | None:
    """The version that a row describes, or `None` with the reasons in `problems`."""
    before, report = len(problems.found), problems.of(where)
    key = checked_key(raw.get("key"), "key", report)
    version = checked_value(raw.get("version"), "version", _COUNT, report)
    if version == 0:
        report("version", "must be 1 or more; leave it out to draft the next one")
    status = _status(raw.get("status"), report)
    stamps = _stamps(raw, status or AssessmentStatus.DRAFT, report)
    contents, wrong = checked_contents({name: raw[name] for name in raw.keys() - _OWN_FIELDS}, limits)
    problems.found += [Problem(where, _in_row(one)) for one in wrong]
    if key is None or contents is None or len(problems.found) > before:
        return None
    return AssessmentRow(where, key, None if version is None else int(version), status, contents, stamps)


def native_assessment(assessment: Assessment) -> dict[str, object]:
    """A version as an import takes it; what nobody said is left out."""
    contents = assessment.contents
    raw: dict[str, object | None] = {
        "key": assessment.item_key,
        "version": assessment.version,
        "status": assessment.status.value,
        "bands": [_native_band(one) for one in contents.bands],
        "intolerableLevel": contents.intolerable_level,
        "currency": contents.currency,
        "rtoSeconds": contents.rto_seconds,
        "wrtSeconds": contents.wrt_seconds,
        "rpoSeconds": contents.rpo_seconds,
        "mbco": contents.mbco,
        "minimumStaff": contents.minimum_staff,
        "notes": contents.notes,
    }
    for name, field in _INSTANTS.items():
        instant: datetime | None = getattr(assessment, field)
        raw[name] = instant and instant.isoformat()
    raw |= {name: getattr(assessment, field) for name, field in _NAMES.items()}
    return {name: value for name, value in raw.items() if value is not None}


def _native_band(band: ImpactBand) -> dict[str, object]:
    raw: dict[str, object] = {"category": band.category, "afterSeconds": band.after_seconds, "level": band.level}
    return raw if band.cumulative_loss is None else {**raw, "cumulativeLoss": str(band.cumulative_loss)}


def _status(value: object, report: Report) -> AssessmentStatus | None:
    if value is None or value in AssessmentStatus.__members__:
        return None if value is None else AssessmentStatus(value)
    report("status", f"must be one of {', '.join(AssessmentStatus.__members__)}")
    return None


def _stamps(raw: Mapping[str, object], status: AssessmentStatus, report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in (_INSTANTS | _NAMES).items():
        value = checked_value(raw.get(name), name, _INSTANT if name in _INSTANTS else _NAME, report)
        if value is None:
            continue
        if name not in _TOLD.get(status, _OWN_FIELDS):
            report(name, f"cannot be said of a version that is {status.value}; correct its status or leave it out")
        found[field] = datetime.fromisoformat(str(value)) if name in _INSTANTS else value
    return found


def _in_row(problem: Problem) -> str:
    """What is wrong with a band names the band."""
    return f"{problem.where}.{problem.message}" if problem.where.startswith("bands[") else problem.message
