"""What may be drafted as a business impact analysis: a row from GraphQL or a file, checked field by field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.continuity.assessment import Contents, ImpactBand, summed_losses
from app.errors import Problem
from app.inventory.losses import AMOUNT, MAX_BANDS, amount
from app.inventory.model import PROPERTIES, ItemType, Kind, Property, Scalar
from app.inventory.values import Problems, Report, checked_value
from app.settings import Settings

ASSESSED = frozenset({ItemType.BUSINESS_PROCESS, ItemType.BUSINESS_SERVICE})
"""The types of which business impact analyses are made."""
HIGHEST_LEVEL = 5
_LEVELS = tuple(str(level) for level in range(1, HIGHEST_LEVEL + 1))
_LONGEST_CATEGORY = 60
_FIELDS: Mapping[str, Property] = {
    "currency": Property(Kind.CURRENCY, ASSESSED),
    **{name: PROPERTIES[name] for name in ("rtoSeconds", "wrtSeconds", "rpoSeconds", "mbco")},
    "minimumStaff": Property(Kind.INTEGER, ASSESSED),
    "notes": Property(Kind.TEXT, ASSESSED),
}
_BAND_FIELDS = {"category", "afterSeconds", "level", "cumulativeLoss"}


@dataclass(frozen=True, slots=True)
class AssessmentLimits:
    """What holds where a draft says nothing, and how much one may hold."""

    intolerable_level: int
    max_bands: int

    @classmethod
    def of(cls, settings: Settings) -> "AssessmentLimits":
        """The limits of these settings."""
        return cls(settings.intolerable_level, settings.max_impact_bands)


def checked_contents(
    raw: Mapping[str, object], limits: AssessmentLimits
) -> tuple[Contents | None, tuple[Problem, ...]]:
    """The contents that a draft describes, or `None` and everything that is wrong with it.

    In a category times ascend, and neither levels nor losses fall: an outage does not get better by lasting.
    """
    problems = Problems()
    values = {name: checked_value(raw.get(name), name, rule, _report(problems)) for name, rule in _FIELDS.items()}
    for name in sorted(raw.keys() - {*_FIELDS, "bands", "intolerableLevel"}):
        _report(problems)(name, "is not a known field; correct its name or leave it out")
    given = raw.get("intolerableLevel")
    level = _level(limits.intolerable_level if given is None else given, "intolerableLevel", _report(problems))
    bands = _bands(raw.get("bands"), limits, problems)
    if values["currency"] is None and any(band.cumulative_loss is not None for band in bands):
        _report(problems)("currency", "is missing; say in which currency the losses are, as EUR")
    if any(amount(band.cumulative_loss) is None for band in summed_losses(bands)):
        _report(problems)("bands", f"lose more together than can be kept; a sum must be {AMOUNT}")
    if problems.found or level is None:
        return None, tuple(problems.found)
    return _contents(bands, level, values), ()


def _report(problems: Problems) -> Report:
    return problems.of("assessment")


def _contents(bands: tuple[ImpactBand, ...], level: int, values: Mapping[str, Scalar | None]) -> Contents:
    seconds = {name: None if values[name] is None else int(str(values[name])) for name in _FIELDS if "Seconds" in name}
    texts = {name: None if values[name] is None else str(values[name]) for name in ("currency", "mbco", "notes")}
    staff = values["minimumStaff"]
    return Contents(
        bands,
        level,
        currency=texts["currency"],
        rto_seconds=seconds["rtoSeconds"],
        wrt_seconds=seconds["wrtSeconds"],
        rpo_seconds=seconds["rpoSeconds"],
        mbco=texts["mbco"],
        minimum_staff=None if staff is None else int(staff),
        notes=texts["notes"],
    )


def _bands(value: object, limits: AssessmentLimits, problems: Problems) -> tuple[ImpactBand, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= limits.max_bands:
        wanted = f"a list of 1 to {limits.max_bands} {{category, afterSeconds, level, cumulativeLoss}}"
        _report(problems)("bands", f"must be {wanted}")
        return ()
    found = [_band(one, problems.of(f"bands[{place}]")) for place, one in enumerate(value)]
    _check_order(found, problems)
    bands = tuple(band for band in found if band is not None)
    if len({band.after_seconds for band in bands if band.cumulative_loss is not None}) > MAX_BANDS:
        _report(problems)("bands", f"tell losses at more than {MAX_BANDS} different times; tell them at fewer")
    return bands


def _band(value: object, report: Report) -> ImpactBand | None:
    raw = value if isinstance(value, Mapping) else {}
    for name in sorted(str(name) for name in raw.keys() - _BAND_FIELDS):
        report(name, "is not a known field; correct its name or leave it out")
    category = _category(raw.get("category"), report)
    seconds = checked_value(raw.get("afterSeconds"), "afterSeconds", PROPERTIES["rtoSeconds"], report)
    if raw.get("afterSeconds") is None:
        report("afterSeconds", "is missing; say after how many seconds, 0 for at once")
    level = _level(raw.get("level"), "level", report)
    loss = _loss(raw.get("cumulativeLoss"), seconds, report)
    if category is None or seconds is None or level is None:
        return None
    return ImpactBand(category, int(seconds), level, loss)


def _category(value: object, report: Report) -> str | None:
    words = " ".join(value.split()).upper() if isinstance(value, str) else ""
    if 0 < len(words) <= _LONGEST_CATEGORY and words.isprintable():
        return words
    report("category", f"must be 1-{_LONGEST_CATEGORY} characters, as FINANCIAL, CUSTOMER, REGULATORY or SAFETY")
    return None


def _level(value: object, field: str, report: Report) -> int | None:
    level = checked_value(value, field, Property(Kind.INTEGER, ASSESSED), report)
    if level is None and value is not None:
        return None
    if str(level) in _LEVELS:
        return int(str(level))
    report(field, f"must be a whole number from 1 (negligible) to {HIGHEST_LEVEL} (severe), not {level}")
    return None


def _loss(value: object, seconds: Scalar | None, report: Report) -> Decimal | None:
    if value is None:
        return None
    loss = amount(value)
    if loss is None:
        report("cumulativeLoss", f"must be {AMOUNT}")
    elif loss and seconds == 0:
        report("cumulativeLoss", "must be 0 at 0 s; what has not lasted has cost nothing yet")
    return loss


def _check_order(bands: list[ImpactBand | None], problems: Problems) -> None:
    """Report each band that contradicts those of its category before it."""
    before: dict[str, ImpactBand] = {}
    losses: dict[str, Decimal] = {}
    for place, band in enumerate(bands):
        if band is None:
            continue
        report, last, name = problems.of(f"bands[{place}]"), before.get(band.category), band.category
        if last and band.after_seconds <= last.after_seconds:
            report("afterSeconds", f"must be more than {last.after_seconds}, as the band of {name} before it says")
        if last and band.level < last.level:
            report("level", f"must be {last.level} or more, as the band of {name} before it says")
        if band.cumulative_loss is not None:
            if band.cumulative_loss < losses.get(name, Decimal(0)):
                report("cumulativeLoss", f"must be {losses[name]} or more, as a band of {name} before it says")
            losses[name] = band.cumulative_loss
        before[name] = band
