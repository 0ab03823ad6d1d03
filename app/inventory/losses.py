"""Loss bands: what an outage costs, by how long it lasts, and how Neo4j keeps that. Pure.

Neo4j has no decimals, so an item keeps two lists side by side, `lossBandSeconds` and `lossBandAmounts`, whose amounts
are text: exact, and a number to Cypher with `toFloat()`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

MAX_BANDS = 50
AMOUNT = "an amount of 0 or more, of at most 15 digits, 4 of them after the point"
"""What a right amount looks like, for a sentence. Up to 15 digits a JSON number holds every decimal exactly."""
_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,4})?")
_MAX_DIGITS = 15
_SECONDS, _AMOUNTS = "lossBandSeconds", "lossBandAmounts"


@dataclass(frozen=True, slots=True)
class LossBand:
    """What an outage has cost in all when it has lasted for `after_seconds`."""

    after_seconds: int
    cumulative_loss: Decimal


NOTHING = LossBand(0, Decimal("0.00"))
"""Before the first band: what has not begun has cost nothing."""


@dataclass(frozen=True, slots=True)
class LossCurve:
    """The loss bands of an item, at least one, the shortest outage first; the currency is an ISO 4217 code."""

    bands: tuple[LossBand, ...]
    currency: str


def amount(value: object) -> Decimal | None:
    """The decimal that a number or a text is, with two places or as many as it needs; `None` if it is no `AMOUNT`."""
    text = value.strip() if isinstance(value, str) else _written_out(value)
    if not _AMOUNT.fullmatch(text):
        return None
    whole, _, places = text.partition(".")
    whole, places = whole.lstrip("0"), places.rstrip("0")
    return Decimal(f"{whole or 0}.{places:0<2}") if len(whole + places) <= _MAX_DIGITS else None


def _written_out(value: object) -> str:
    """A number without an exponent, a float as short as it can be told from every other; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    # By way of text a float is the decimal that was written; an integer may be too long to print.
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    # Written out, 1E+999999999 would fill the memory.
    return format(number, "f") if -_MAX_DIGITS <= number.adjusted() < _MAX_DIGITS else ""


def disorder(bands: Sequence[LossBand]) -> tuple[int, str, str] | None:
    """The place of the first band that does not come after the one before it, and what is wrong with which field."""
    for place, (before, band) in enumerate(pairwise(bands), start=1):
        if band.after_seconds <= before.after_seconds:
            return place, "afterSeconds", f"must be more than {before.after_seconds}, as the band before it says"
        if band.cumulative_loss < before.cumulative_loss:
            return place, "cumulativeLoss", f"must be {before.cumulative_loss} or more, as the band before it says"
    return None


def stored_bands(bands: Sequence[LossBand]) -> dict[str, list[int] | list[str]]:
    """The properties that hold these bands in Neo4j; none for no bands."""
    if not bands:
        return {}
    return {
        _SECONDS: [band.after_seconds for band in bands],
        _AMOUNTS: [str(band.cumulative_loss) for band in bands],
    }


def bands_of(stored: Mapping[str, object]) -> tuple[LossBand, ...]:
    """The bands in the properties of an item in Neo4j."""
    return paired_bands(stored.get(_SECONDS), stored.get(_AMOUNTS))


def paired_bands(seconds: object, amounts: object) -> tuple[LossBand, ...]:
    """The bands in two lists side by side; none where there are no lists, or another hand has written wrong ones."""
    if not isinstance(seconds, list) or not isinstance(amounts, list):
        return ()
    losses = [loss for one in amounts if (loss := amount(one)) is not None]
    after = [one for one in seconds if isinstance(one, int)]
    if not len(after) == len(seconds) == len(losses) == len(amounts):
        return ()
    bands = tuple(map(LossBand, after, losses))
    return () if disorder((NOTHING, *bands)) else bands
