"""What rows of a file make of the business impact analyses that are there. Pure.

A version never changes its contents; a row may only take it further: from a draft to approval, and from there to its
end. A row that says what is there already changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.continuity.assessment import Assessment, AssessmentStatus
from app.continuity.assessment_rows import AssessmentRow
from app.continuity.assessment_rules import ASSESSED
from app.errors import Problem
from app.inventory.changes import Tally
from app.inventory.model import ItemType

DRAFT, APPROVED, SUPERSEDED, _ = AssessmentStatus


@dataclass(frozen=True, slots=True)
class Merged:
    """The versions to write, those that are new without an id; how many rows did what; and what is wrong with others.

    Whatever the file does not name but supersedes is written too, and not counted.
    """

    written: tuple[Assessment, ...]
    tally: Tally
    refused: tuple[Problem, ...]


def merged(
    rows: Iterable[AssessmentRow],
    stored: Iterable[Assessment],
    types: Mapping[str, ItemType],
    *,
    caller: str,
    now: datetime,
) -> Merged:
    """What these rows make of the `stored` versions of their items; `types` are those of the items that are there."""
    before = {(one.item_key, one.version): one for one in stored}
    merging = _Merging(before, types, caller, now)
    # The next version is the one after all that are named.
    for row in sorted(rows, key=lambda one: one.version is None):
        merging.add(row)
    return merging.done()


class _Merging:
    """The versions while rows are added to them."""

    def __init__(
        self, before: Mapping[tuple[str, int], Assessment], types: Mapping[str, ItemType], caller: str, now: datetime
    ) -> None:
        self._before = before
        self._types = types
        self._caller = caller
        self._now = now
        self._versions: dict[str, dict[int, Assessment]] = {}
        for one in before.values():
            self._versions.setdefault(one.item_key, {})[one.version] = one
        self._approved_by: dict[str, AssessmentRow] = {}
        self._named: set[tuple[str, int]] = set()
        self._problems: list[Problem] = []

    def add(self, row: AssessmentRow) -> None:
        """Take a row, or report why not."""
        versions = self._versions.setdefault(row.key, {})
        known = versions.get(row.version) if row.version else self._same(row, versions)
        reason = self._item(row) or _contradiction(row, known) or self._second_approval(row, known, versions)
        if reason:
            self._problems.append(Problem(row.where, reason))
            return
        version = known.version if known else row.version or max(versions, default=0) + 1
        after = self._told(row, known or self._new(row, version))
        if after.status is APPROVED:
            self._supersede(after, versions)
            self._approved_by[row.key] = row
        versions[version] = after
        self._named.add((row.key, version))

    def done(self) -> Merged:
        """What all rows together have done."""
        after = {(one.item_key, one.version): one for mine in self._versions.values() for one in mine.values()}
        written = {name: one for name, one in after.items() if self._before.get(name) != one}
        created = len(written.keys() - self._before.keys())
        changed = len(written.keys() & self._named) - created
        tally = Tally(created, changed, len(self._named) - created - changed)
        return Merged(tuple(written.values()), tally, tuple(self._problems))

    def _item(self, row: AssessmentRow) -> str | None:
        """Why the item cannot have an assessment."""
        kind = self._types.get(row.key)
        if kind is None:
            return f"key names {row.key!r}, which does not exist; add that item or correct the key"
        if kind not in ASSESSED:
            return f"key names {row.key!r}, which is a {kind.name}; it must be a BUSINESS_PROCESS or BUSINESS_SERVICE"
        return None

    def _same(self, row: AssessmentRow, versions: Mapping[int, Assessment]) -> Assessment | None:
        """The last version that is not over, if it says the same."""
        open_ones = [one for one in versions.values() if one.status in (DRAFT, APPROVED)]
        last = max(open_ones, key=lambda one: one.version, default=None)
        return last if last and last.contents == row.contents else None

    def _second_approval(
        self, row: AssessmentRow, known: Assessment | None, versions: Mapping[int, Assessment]
    ) -> str | None:
        if row.status is not APPROVED:
            return None
        first = self._approved_by.get(row.key)
        if first:
            return f"an APPROVED version of {row.key!r} was already given in {first.where}; keep one"
        version = known.version if known else row.version
        standing = next((one.version for one in versions.values() if one.status is APPROVED), 0)
        if version and version < standing:
            return f"version {standing} of {row.key!r} is APPROVED, and no version before it can be; leave it out"
        return None

    def _new(self, row: AssessmentRow, version: int) -> Assessment:
        return Assessment("", row.key, version, DRAFT, row.contents, self._now, self._caller)

    def _told(self, row: AssessmentRow, version: Assessment) -> Assessment:
        """The version as the row tells it; what it leaves open happens now, by the caller."""
        after = replace(version, status=row.status or version.status, **row.stamps)
        if after.status is APPROVED:
            at, by = after.approved_at or self._now, after.approved_by or self._caller
            reviewed_at, reviewed_by = after.reviewed_at or at, after.reviewed_by or by
            return replace(after, approved_at=at, approved_by=by, reviewed_at=reviewed_at, reviewed_by=reviewed_by)
        return after if after.status is DRAFT else replace(after, ended_at=after.ended_at or self._now)

    def _supersede(self, approved: Assessment, versions: dict[int, Assessment]) -> None:
        for one in list(versions.values()):
            if one.status is APPROVED and one.version != approved.version:
                versions[one.version] = replace(one, status=SUPERSEDED, ended_at=approved.approved_at)


def _contradiction(row: AssessmentRow, known: Assessment | None) -> str | None:
    """Why the version that is there cannot become what the row says."""
    if known is None or (known.contents == row.contents and _may_become(known.status, row.status)):
        return None
    name = f"version {known.version} of {row.key!r}"
    if known.contents != row.contents:
        return f"{name} is there with other contents; leave version out to draft the next one"
    return f"{name} is {known.status.value} and cannot become {row.status and row.status.value}; leave status out"


def _may_become(before: AssessmentStatus, after: AssessmentStatus | None) -> bool:
    return after in (None, before) or (before in (DRAFT, APPROVED) and after is not DRAFT)
