"""Business impact analyses in files: what is written is read back, and in which words the rest is refused."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
from hypothesis import given
from hypothesis import strategies as st

from app.continuity.assessment import Assessment, AssessmentStatus, Contents, ImpactBand
from app.continuity.assessment_rows import AssessmentRow, assessment_row, native_assessment
from app.continuity.assessment_rules import AssessmentLimits
from app.inventory.values import Problems

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMITS = AssessmentLimits(intolerable_level=4, max_bands=50)
BANDS = [{"category": "FINANCIAL", "afterSeconds": 3600, "level": 4}]
DRAFT, APPROVED, SUPERSEDED, RETIRED = AssessmentStatus

seconds = st.none() | st.integers(0, 2**53)
texts = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
levels = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(sorted)
bands = st.builds(
    lambda first, second: tuple(
        ImpactBand(category, 3600 * place, level, None if level % 2 else Decimal(1000 * place))
        for category, mine in (("FINANCIAL", first), ("SAFETY", second))
        for place, level in enumerate(mine)
    ),
    levels,
    levels,
)
contents = st.builds(
    Contents,
    bands,
    st.integers(1, 5),
    currency=st.just("EUR"),
    rto_seconds=seconds,
    wrt_seconds=seconds,
    rpo_seconds=seconds,
    mbco=texts,
    minimum_staff=seconds,
    notes=texts,
)
instants = st.integers(0, 10**6).map(lambda minutes: NOW - timedelta(minutes=minutes))
names = st.sampled_from(["ann", "bob@bank.example"])
versions = st.one_of(
    st.builds(Assessment, st.just("1"), st.just("pay"), st.integers(1, 9), st.just(DRAFT), contents, instants, names),
    st.builds(
        Assessment,
        st.just("1"),
        st.just("pay"),
        st.integers(1, 9),
        st.sampled_from([SUPERSEDED, RETIRED]),
        contents,
        *(instants, names, st.none() | instants, st.none() | names, st.none() | instants, st.none() | names, instants),
    ),
)


def read(**raw: object) -> tuple[AssessmentRow | None, list[str]]:
    problems = Problems()
    row = assessment_row(raw, "bia.yaml:2", LIMITS, problems)
    return row, [str(one) for one in problems.found]


@given(version=versions)
def test_a_version_is_read_back_as_it_was_written(version: Assessment) -> None:
    row, problems = read(**orjson.loads(orjson.dumps(native_assessment(version))))

    assert problems == []
    assert row is not None
    assert (row.key, row.version, row.status, row.contents) == (
        "pay",
        version.version,
        version.status,
        version.contents,
    )
    assert all(getattr(version, field) == value for field, value in row.stamps.items())
    stamps = [one for one in Assessment.__dataclass_fields__ if one.endswith(("_at", "_by"))]
    assert {one for one in stamps if getattr(version, one) is not None} == row.stamps.keys()


def test_a_row_needs_a_key_and_bands_and_nothing_else() -> None:
    row, problems = read(key="pay", bands=BANDS)

    assert problems == []
    assert row == AssessmentRow(
        "bia.yaml:2", "pay", None, None, Contents((ImpactBand("FINANCIAL", 3600, 4),), 4), stamps={}
    )


def test_everything_that_is_wrong_with_a_row_is_told_at_once_with_its_place() -> None:
    row, problems = read(
        version=0, status="DONE", draftedAt="yesterday", bands=[{"category": "SAFETY", "level": 6}], owner="ann"
    )

    assert row is None
    assert problems == [
        "bia.yaml:2: key is missing",
        "bia.yaml:2: version must be 1 or more; leave it out to draft the next one",
        "bia.yaml:2: status must be one of DRAFT, APPROVED, SUPERSEDED, RETIRED",
        "bia.yaml:2: draftedAt must be an instant as 2026-11-30T09:00:00Z, not 'yesterday'",
        "bia.yaml:2: owner is not a known field; correct its name or leave it out",
        "bia.yaml:2: bands[0].afterSeconds is missing; say after how many seconds, 0 for at once",
        "bia.yaml:2: bands[0].level must be a whole number from 1 (negligible) to 5 (severe), not 6",
    ]


def test_what_no_draft_can_have_is_refused_of_a_draft() -> None:
    _, problems = read(key="pay", bands=BANDS, approvedBy="bob")

    assert problems == [
        "bia.yaml:2: approvedBy cannot be said of a version that is DRAFT; correct its status or leave it out"
    ]
