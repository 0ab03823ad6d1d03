"""What rows of a file make of the versions of assessments that are there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.continuity.assessment import Assessment, AssessmentStatus, Contents, ImpactBand
from app.continuity.assessment_merging import Merged, merged
from app.continuity.assessment_rows import AssessmentRow
from app.inventory.changes import Tally
from app.inventory.model import ItemType

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
NOW = BEFORE + timedelta(days=20)
DRAFT, APPROVED, SUPERSEDED, RETIRED = AssessmentStatus
EARLY, LATE = (Contents((ImpactBand("FINANCIAL", after, 4),), 4) for after in (3600, 7200))
FIRST = Assessment(
    "1", "pay", 1, APPROVED, EARLY, BEFORE, "ann",
    approved_at=BEFORE, approved_by="bob", reviewed_at=BEFORE, reviewed_by="bob",
)  # fmt: skip
TYPES = {"pay": ItemType.BUSINESS_PROCESS, "db": ItemType.COMPONENT}


def row(
    contents: Contents = EARLY,
    *,
    version: int | None = None,
    status: AssessmentStatus | None = None,
    key: str = "pay",
    where: str = "bia.yaml:2",
    **stamps: object,
) -> AssessmentRow:
    return AssessmentRow(where, key, version, status, contents, stamps)


def merge(*rows: AssessmentRow, stored: tuple[Assessment, ...] = (FIRST,)) -> Merged:
    return merged(rows, stored, TYPES, caller="eve", now=NOW)


def refused(*rows: AssessmentRow, stored: tuple[Assessment, ...] = (FIRST,)) -> list[str]:
    found = merge(*rows, stored=stored)
    assert found.written == ()
    return [str(one) for one in found.refused]


def test_what_is_there_already_changes_nothing() -> None:
    again = row(version=1, status=APPROVED, drafted_at=BEFORE, approved_by="bob")

    assert merge(again) == Merged((), Tally(unchanged=1), ())
    assert merge(row()) == Merged((), Tally(unchanged=1), ())


def test_other_contents_are_the_next_version_drafted_now_by_the_caller() -> None:
    assert merge(row(LATE)) == Merged((Assessment("", "pay", 2, DRAFT, LATE, NOW, "eve"),), Tally(created=1), ())


def test_the_next_version_comes_after_all_that_are_named() -> None:
    found = merge(row(LATE), row(EARLY, version=5, status=RETIRED, ended_at=BEFORE), stored=())

    assert {one.version: one.status for one in found.written} == {5: RETIRED, 6: DRAFT}


def test_what_is_approved_supersedes_what_was() -> None:
    found = merge(row(LATE, status=APPROVED, approved_at=NOW, approved_by="bob"))

    second = Assessment(
        "", "pay", 2, APPROVED, LATE, NOW, "eve",
        approved_at=NOW, approved_by="bob", reviewed_at=NOW, reviewed_by="bob",
    )  # fmt: skip
    assert found.written == (replace(FIRST, status=SUPERSEDED, ended_at=NOW), second)
    assert found.tally == Tally(created=1)


def test_a_draft_that_a_row_calls_approved_is_approved_now_by_the_caller() -> None:
    draft = Assessment("7", "pay", 1, DRAFT, EARLY, BEFORE, "ann")

    [approved] = merge(row(status=APPROVED), stored=(draft,)).written

    assert approved == replace(
        draft, status=APPROVED, approved_at=NOW, approved_by="eve", reviewed_at=NOW, reviewed_by="eve"
    )


def test_a_later_review_is_a_change() -> None:
    found = merge(row(version=1, status=APPROVED, reviewed_at=NOW, reviewed_by="zoe"))

    assert found == Merged((replace(FIRST, reviewed_at=NOW, reviewed_by="zoe"),), Tally(changed=1), ())


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(key="nowhere"), "key names 'nowhere', which does not exist; add that item or correct the key"),
        (row(key="db"), "key names 'db', which is a COMPONENT; it must be a BUSINESS_PROCESS or BUSINESS_SERVICE"),
        (
            row(LATE, version=1),
            "version 1 of 'pay' is there with other contents; leave version out to draft the next one",
        ),
        (
            row(version=1, status=DRAFT),
            "version 1 of 'pay' is APPROVED and cannot become DRAFT; leave status out",
        ),
    ],
)
def test_a_row_that_contradicts_what_is_there_is_refused(bad: AssessmentRow, reason: str) -> None:
    assert refused(bad) == [f"bia.yaml:2: {reason}"]


def test_no_version_is_approved_behind_the_one_that_is() -> None:
    second = replace(FIRST, version=2, contents=LATE)

    assert refused(row(version=1, status=APPROVED), stored=(second,)) == [
        "bia.yaml:2: version 2 of 'pay' is APPROVED, and no version before it can be; leave it out"
    ]


def test_two_rows_cannot_both_be_the_approved_version() -> None:
    found = merge(
        row(EARLY, version=1, status=APPROVED), row(LATE, version=2, status=APPROVED, where="bia.yaml:9"), stored=()
    )

    assert [(one.version, one.status) for one in found.written] == [(1, APPROVED)]
    assert [str(one) for one in found.refused] == [
        "bia.yaml:9: an APPROVED version of 'pay' was already given in bia.yaml:2; keep one"
    ]
