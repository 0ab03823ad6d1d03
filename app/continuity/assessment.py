"""Business impact analysis: what an outage does to a process or service as it lasts, and what follows (semantics §5).

Pure. A version is never changed once it is drafted, only approved, superseded or retired; the approved one counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from app.inventory.losses import NOTHING, LossBand


class AssessmentStatus(Enum):
    """Where a version stands: of an item at most one is APPROVED, and the one it replaced is SUPERSEDED."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    SUPERSEDED = "SUPERSEDED"
    RETIRED = "RETIRED"


class Proposal(Enum):
    """What an assessment may propose for its item; the value is the property of the item."""

    RTO = "rtoSeconds"
    WRT = "wrtSeconds"
    RPO = "rpoSeconds"
    MBCO = "mbco"


@dataclass(frozen=True, slots=True)
class ImpactBand:
    """How bad an outage is in one category when it has lasted for `after_seconds`: level 1 (negligible) to 5 (severe).

    `cumulative_loss` is what it has cost by then in that category, `None` if nobody said.
    """

    category: str
    after_seconds: int
    level: int
    cumulative_loss: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found out about an item. `currency` (ISO 4217) is that of the losses; `mbco` is in words."""

    bands: tuple[ImpactBand, ...]
    intolerable_level: int
    currency: str | None = None
    rto_seconds: int | None = None
    wrt_seconds: int | None = None
    rpo_seconds: int | None = None
    mbco: str | None = None
    minimum_staff: int | None = None
    notes: str | None = None

    @property
    def mtpd_seconds(self) -> int | None:
        """The longest outage that is tolerable: until any category first reaches the intolerable level."""
        return min(first_reached(self.bands, self.intolerable_level).values(), default=None)

    def proposals(self) -> dict[Proposal, int | str]:
        """What it proposes."""
        said = {
            Proposal.RTO: self.rto_seconds,
            Proposal.WRT: self.wrt_seconds,
            Proposal.RPO: self.rpo_seconds,
            Proposal.MBCO: self.mbco,
        }
        return {one: value for one, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One version of the business impact analysis of an item, the first is 1.

    `reviewed_at` is when somebody last confirmed that it holds, which its approval does as well.
    """

    id: str
    item_key: str
    version: int
    status: AssessmentStatus
    contents: Contents
    drafted_at: datetime
    drafted_by: str
    approved_at: datetime | None = None
    approved_by: str | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    ended_at: datetime | None = None
    """When it was superseded or retired."""


def first_reached(bands: Iterable[ImpactBand], level: int) -> dict[str, int]:
    """Of each category that reaches a level the seconds after which it does."""
    found: dict[str, int] = {}
    for band in bands:
        if band.level >= level:
            found[band.category] = min(found.get(band.category, band.after_seconds), band.after_seconds)
    return found


def by_category(bands: Iterable[ImpactBand]) -> Mapping[str, list[ImpactBand]]:
    """The bands of each category, in their order."""
    found: dict[str, list[ImpactBand]] = {}
    for band in bands:
        found.setdefault(band.category, []).append(band)
    return found


def summed_losses(bands: Iterable[ImpactBand]) -> tuple[LossBand, ...]:
    """What an outage costs in all categories together: the sum of their lines, each from (0, 0) through its losses with
    the last slope continued (semantics §4). It bends where any of them does. Rounded to 4 places."""
    curves = []
    for one in by_category(bands).values():
        known = [LossBand(band.after_seconds, loss) for band in one if (loss := band.cumulative_loss) is not None]
        curves.append([NOTHING, *(band for band in known if band.after_seconds)])
    times = sorted({band.after_seconds for curve in curves for band in curve[1:]})
    return tuple(LossBand(when, _rounded(sum(_at(curve, when) for curve in curves))) for when in times)


def _at(curve: list[LossBand], when: int) -> Fraction:
    """The height of a line at an instant."""
    if len(curve) == 1:
        return Fraction(0)
    upper = next((place for place in range(1, len(curve)) if curve[place].after_seconds >= when), len(curve) - 1)
    begin, end = curve[upper - 1], curve[upper]
    share = Fraction(when - begin.after_seconds, end.after_seconds - begin.after_seconds)
    before, after = Fraction(begin.cumulative_loss), Fraction(end.cumulative_loss)
    return before + (after - before) * share


def _rounded(loss: Fraction | int) -> Decimal:
    """To the places that an amount may have, at least two."""
    exact = Decimal(round(loss * 10_000)).scaleb(-4)
    places = next(places for places in (2, 3, 4) if exact == round(exact, places))
    return round(exact, places)
