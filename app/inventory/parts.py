"""What an item holds besides single values: its identifiers, members, loss bands and attributes. Pure."""

import re
from collections.abc import Iterable, Mapping

import orjson

from app.inventory.identifiers import normalised_identifier
from app.inventory.losses import AMOUNT, MAX_BANDS, LossBand, amount, disorder
from app.inventory.model import LOSS_TYPES, Identifier, ItemType, Member
from app.inventory.values import Report, checked_key, refuse_unknown, shown, whole_number

MAX_IDENTIFIERS = 200
MAX_MEMBERS = 10_000
MAX_NESTING = 50
"""Levels of attributes; an answer that holds them nests them further, and JSON writers stop at about 250."""
_IDENTIFIER_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,49}")


def identifiers(value: object, report: Report) -> tuple[Identifier, ...]:
    """The identifiers of a row, each in its one spelling, sorted; those that are none are reported and left out."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > MAX_IDENTIFIERS:
        report("identifiers", f"must be a list of at most {MAX_IDENTIFIERS} {{kind, value}}")
        return ()
    found = (_identifier(one, f"identifiers[{index}]", report) for index, one in enumerate(value))
    return tuple(sorted({one for one in found if one is not None}))


def _identifier(value: object, field: str, report: Report) -> Identifier | None:
    raw = value if isinstance(value, Mapping) else {}
    kind, text = raw.get("kind"), raw.get("value")
    refuse_unknown(raw, {"kind", "value"}, lambda name, message: report(f"{field}.{name}", message))
    if not isinstance(kind, str) or not _IDENTIFIER_KIND.fullmatch(kind):
        report(f"{field}.kind", f"must be a lower-case word such as fqdn, ip, serial or mac, not {shown(kind)}")
        return None
    normalised = normalised_identifier(kind, text) if isinstance(text, str) else None
    if normalised is None:
        report(f"{field}.value", f"is no {kind}: {shown(text)}")
        return None
    return Identifier(kind, normalised)


def members(value: object, item_type: ItemType, report: Report) -> tuple[Member, ...] | None:
    """The members of a redundancy group, sorted by key, each of weight 1 unless told; else `None` and a report."""
    if item_type is not ItemType.REDUNDANCY_GROUP:
        report("members", f"belong to a REDUNDANCY_GROUP, not to a {item_type.name}")
        return None
    if not isinstance(value, list | tuple) or not value or len(value) > MAX_MEMBERS:
        report("members", f"must be a list of 1-{MAX_MEMBERS} keys or {{key, weight}}")
        return None
    found = [_member(one, f"members[{index}]", report) for index, one in enumerate(value)]
    known = [member for member in found if member is not None]
    if len({member.key for member in known}) < len(known):
        report("members", "name the same item twice; give one entry with a weight")
    return tuple(sorted(known))


def _member(value: object, field: str, report: Report) -> Member | None:
    raw = value if isinstance(value, Mapping) else {"key": value}
    refuse_unknown(raw, {"key", "weight"}, lambda name, message: report(f"{field}.{name}", message))
    key = checked_key(raw.get("key"), f"{field}.key", report)
    weight = whole_number(raw["weight"]) if raw.get("weight") is not None else 1
    if not weight:
        report(f"{field}.weight", f"must be a whole number of 1 or more, not {shown(raw['weight'])}")
    return Member(key, weight) if key and weight else None


def loss_bands(value: object, item_type: ItemType, report: Report) -> tuple[LossBand, ...]:
    """What a business item loses, in the order given; a band that is none is reported and left out."""
    if value is None:
        return ()
    if item_type not in LOSS_TYPES:
        report("lossBands", f"do not belong to a {item_type.name}; they belong to {names_of(LOSS_TYPES)}")
        return ()
    if not isinstance(value, list | tuple) or len(value) > MAX_BANDS:
        report("lossBands", f"must be a list of at most {MAX_BANDS} {{afterSeconds, cumulativeLoss}}")
        return ()
    found = [_loss_band(one, f"lossBands[{index}]", report) for index, one in enumerate(value)]
    bands = tuple(band for band in found if band is not None)
    if len(bands) == len(found) and (wrong := disorder(bands)):
        place, name, message = wrong
        report(f"lossBands[{place}].{name}", message)
    return bands


def _loss_band(value: object, field: str, report: Report) -> LossBand | None:
    raw = value if isinstance(value, Mapping) else {}
    refuse_unknown(raw, {"afterSeconds", "cumulativeLoss"}, lambda name, message: report(f"{field}.{name}", message))
    seconds, loss = whole_number(raw.get("afterSeconds")), amount(raw.get("cumulativeLoss"))
    if not seconds:
        wanted = "a whole number of seconds of 1 or more"
        report(f"{field}.afterSeconds", f"must be {wanted}, not {shown(raw.get('afterSeconds'))}")
    if loss is None:
        report(f"{field}.cumulativeLoss", f"must be {AMOUNT}, not {shown(raw.get('cumulativeLoss'))}")
    return LossBand(seconds, loss) if seconds and loss is not None else None


def attributes(value: object, report: Report) -> Mapping[str, object]:
    """A row's own names and values, which JSON must be able to hold; empty and a report if they are not that."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        report("attributes", f"must be an object of names and values, not {shown(value)}")
        return {}
    if _is_deeper(value, MAX_NESTING):
        report("attributes", f"are nested deeper than {MAX_NESTING} levels; store them flatter")
        return {}
    try:
        orjson.dumps(dict(value))
    except orjson.JSONEncodeError as error:
        report("attributes", f"cannot be stored as JSON ({error}); give text instead")
    return dict(value)


def _is_deeper(value: Mapping[str, object], levels: int) -> bool:
    """Level by level, never recursive."""
    level: list[Iterable[object]] = [value.values()]
    for _ in range(levels):
        inner = (one for outer in level for one in outer if isinstance(one, Mapping | list | tuple))
        level = [one.values() if isinstance(one, Mapping) else one for one in inner]
        if not level:
            return False
    return True


def names_of(types: frozenset[ItemType]) -> str:
    """The names of some types, as a sentence lists them."""
    return ", ".join(sorted(one.name for one in types))
