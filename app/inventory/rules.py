"""What may be stored: every row from GraphQL, JSON, YAML or CSV passes here. Pure; the stored side is `changes`."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from ipaddress import ip_address
from math import isfinite
from typing import TypeAlias, TypeVar

import orjson

from app.errors import InvalidInput, Problem
from app.inventory.losses import AMOUNT, MAX_BANDS, LossBand, amount, disorder
from app.inventory.model import (
    DEPENDENCY_PROPERTIES,
    KINDS,
    LOSS_TYPES,
    PROPERTIES,
    DependencyDraft,
    Identifier,
    ItemDraft,
    ItemType,
    Kind,
    Lifecycle,
    Member,
    Property,
    Relation,
    Scalar,
)

Report: TypeAlias = Callable[[str, str], None]
"""Called with a field's name and a sentence about it."""

E = TypeVar("E")

MAX_TEXT = 1_000
MAX_IDENTIFIERS = 200
MAX_MEMBERS = 10_000
MAX_NESTING = 50
"""Levels of attributes; an answer that holds them nests them further, and JSON writers stop at about 250."""
_KEY = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._:/@+-]{0,199}")
_IDENTIFIER_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,49}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*%")
# Control characters (Cc) and lone surrogates (Cs).
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LARGEST = 2**53
_ITEM_FIELDS = {
    "key",
    "type",
    "name",
    "kind",
    "lifecycle",
    "owner",
    "identifiers",
    "attributes",
    "members",
    "lossBands",
    "revision",
    *PROPERTIES,
}
_EDGE_FIELDS = {"from", "to", "relation", *DEPENDENCY_PROPERTIES}
_OWN_FIELDS = "put what is your own under attributes"


class Problems:
    """Collects what is wrong, row by row."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def of(self, where: str) -> Report:
        """A reporter for one row."""
        return lambda field, message: self.found.append(Problem(where, f"{field} {message}"))


def item_draft(raw: Mapping[str, object], where: str, problems: Problems) -> ItemDraft | None:
    """The item a row describes, or `None` with the reasons in `problems`."""
    before = len(problems.found)
    report = problems.of(where)
    key = checked_key(raw.get("key"), "key", report)
    item_type = _choice_of(ItemType.__members__, raw.get("type"), "type", report)
    if key is None or item_type is None:
        return None
    _refuse_unknown(raw, _ITEM_FIELDS, report, advice=_OWN_FIELDS)
    fields = _item_fields(raw, item_type, report)
    draft = ItemDraft(
        where,
        key,
        item_type,
        fields,
        identifiers=_identifiers(raw.get("identifiers"), report) if "identifiers" in raw else None,
        attributes=_attributes(raw.get("attributes"), report) if "attributes" in raw else None,
        members=_members(raw.get("members"), item_type, report) if raw.get("members") is not None else None,
        revision=_revision(raw.get("revision"), report),
        loss_bands=_loss_bands(raw["lossBands"], item_type, report) if "lossBands" in raw else None,
    )
    return draft if len(problems.found) == before else None


def dependency_draft(raw: Mapping[str, object], where: str, problems: Problems) -> DependencyDraft | None:
    """The dependency a row describes, or `None` with the reasons in `problems`."""
    before = len(problems.found)
    report = problems.of(where)
    dependent = checked_key(raw.get("from"), "from", report)
    provider = checked_key(raw.get("to"), "to", report)
    relation = _choice_of(Relation.__members__, raw.get("relation") or "DEPENDS_ON", "relation", report)
    if dependent is None or provider is None or relation is None:
        return None
    if dependent == provider:
        report("to", f"is {provider!r} itself; an item cannot depend on itself")
    _refuse_unknown(raw, _EDGE_FIELDS, report)
    properties = {
        name: checked_value(value, name, DEPENDENCY_PROPERTIES[name], report)
        for name, value in raw.items()
        if name in DEPENDENCY_PROPERTIES
    }
    _check_relation(relation, properties, report)
    if len(problems.found) > before:
        return None
    return DependencyDraft(where, dependent, provider, relation, properties)


def _check_relation(relation: Relation, properties: Mapping[str, Scalar | None], report: Report) -> None:
    if relation is Relation.OWNED_BY:
        report("relation", "OWNED_BY is written as the item's owner; set that field instead")
    if relation is not Relation.DEPENDS_ON and properties.get("strength") is not None:
        report("strength", f"belongs to DEPENDS_ON only, not to {relation.value}; leave it out")
    weight = properties.get("weight")
    if weight is not None and relation is not Relation.HAS_MEMBER:
        report("weight", f"belongs to HAS_MEMBER only, not to {relation.value}; leave it out")
    if weight == 0:
        report("weight", "must be a whole number of 1 or more, not 0")


def checked_key(value: object, field: str, report: Report) -> str | None:
    """A key: 1-200 letters, digits and `. _ : / @ + -`, starting with a letter, a digit, `_` or `@`."""
    if isinstance(value, str) and _KEY.fullmatch(value):
        return value
    if value is None or value == "":
        report(field, "is missing")
    else:
        report(
            field,
            "must be 1-200 letters, digits or . _ : / @ + - and start with a letter, digit, _ or @, "
            f"not {_shown(value)}",
        )
    return None


def _item_fields(raw: Mapping[str, object], item_type: ItemType, report: Report) -> dict[str, Scalar | None]:
    fields: dict[str, Scalar | None] = {}
    if "name" in raw:
        fields["name"] = _text(raw["name"], "name", report)
    if "kind" in raw:
        fields["kind"] = _kind(raw["kind"], item_type, report)
    if "lifecycle" in raw:
        given = raw["lifecycle"]
        lifecycle = None if given is None else _choice_of(Lifecycle.__members__, given, "lifecycle", report)
        fields["lifecycle"] = lifecycle.value if lifecycle else None
    if "owner" in raw:
        fields["owner"] = None if raw["owner"] is None else checked_key(raw["owner"], "owner", report)
    for name in PROPERTIES.keys() & raw.keys():
        rule = PROPERTIES[name]
        if item_type in rule.types:
            fields[name] = checked_value(raw[name], name, rule, report)
        elif raw[name] is not None:
            report(name, f"does not belong to a {item_type.name}; it belongs to {_listed(rule.types)}")
    return fields


def check_source(source: str | None) -> None:
    """Let a source pass that can be stored and listed.

    Raises:
        InvalidInput: it is empty, too long or not printable.
    """
    if source is not None and _short_text(source) is None:
        raise InvalidInput(
            f"source must be 1-{MAX_TEXT} characters of text without control characters, not {_shown(source)}"
        )


def checked_value(value: object, field: str, rule: Property, report: Report) -> Scalar | None:
    """The value if it is what the rule expects, else `None` and a report. `None` passes: it clears the field."""
    if value is None:
        return None
    checked = _CHECKS[rule.kind](value) if rule.kind is not Kind.CHOICE else _one_of(value, rule.choices)
    if checked is None:
        report(field, f"must be {rule.expectation}, not {_shown(value)}")
    return checked


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= _LARGEST else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _fraction(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _tier(value: object) -> int | None:
    number = _integer(value)
    return number if number is not None and number <= 4 else None


def _threshold(value: object) -> int | str | None:
    if isinstance(value, str):
        match = _PERCENT.fullmatch(value.strip())
        return f"{match[1]}%" if match and 0 < float(match[1]) <= 100 else None
    number = _integer(value)
    return number if number else None


def _date(value: object) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: object) -> str | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return instant.isoformat() if isinstance(instant, datetime) and instant.tzinfo is not None else None


def _short_text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and _printable(value) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _currency(value: object) -> str | None:
    return value if isinstance(value, str) and _CURRENCY.fullmatch(value) else None


def _one_of(value: object, choices: tuple[str, ...]) -> str | None:
    return value if isinstance(value, str) and value in choices else None


_CHECKS: Mapping[Kind, Callable[[object], Scalar | None]] = {
    Kind.TEXT: _short_text,
    Kind.INTEGER: _integer,
    Kind.SECONDS: _integer,
    Kind.POSITIVE: _positive,
    Kind.FRACTION: _fraction,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.TIER: _tier,
    Kind.THRESHOLD: _threshold,
    Kind.CURRENCY: _currency,
}


def _text(value: object, field: str, report: Report) -> str | None:
    if value is None:
        return None
    text = _short_text(value)
    if text is None:
        report(field, f"must be 1-{MAX_TEXT} characters of text without control characters, not {_shown(value)}")
    return text


def _kind(value: object, item_type: ItemType, report: Report) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and value in KINDS[item_type]:
        return value
    allowed = KINDS[item_type]
    advice = f"use one of {', '.join(allowed)}" if allowed else f"a {item_type.name} has no kind, leave it out"
    report("kind", f"{_shown(value)} is unknown for a {item_type.name}; {advice}")
    return None


def _identifiers(value: object, report: Report) -> tuple[Identifier, ...]:
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
    _refuse_unknown(raw, {"kind", "value"}, lambda name, message: report(f"{field}.{name}", message))
    if not isinstance(kind, str) or not _IDENTIFIER_KIND.fullmatch(kind):
        report(f"{field}.kind", f"must be a lower-case word such as fqdn, ip, serial or mac, not {_shown(kind)}")
        return None
    normalised = normalised_identifier(kind, text) if isinstance(text, str) else None
    if normalised is None:
        report(f"{field}.value", f"is no {kind}: {_shown(text)}")
        return None
    return Identifier(kind, normalised)


def normalised_identifier(kind: str, value: str) -> str | None:
    """The one spelling under which an identifier is stored and looked up; `None` when it is none of that kind.

    NFKC, case-folded; an IP in its canonical form and without its zone, a MAC as 12 hex digits; a host name without
    the dot at its end, in the ASCII form that DNS knows.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    text = unicodedata.normalize("NFKC", folded).strip()
    if kind == "ip":
        try:
            return str(ip_address(text.strip("[]").partition("%")[0]))
        except ValueError:
            return None
    if kind == "mac":
        digits = re.sub(r"[.:\-]", "", text)
        return digits if re.fullmatch(r"[0-9a-f]{12}", digits) else None
    if kind in ("fqdn", "hostname"):
        text = _host_name(re.sub(r"[.\s]+$", "", text))
    return text if 0 < len(text) <= 500 and _printable(text) else None


def _host_name(text: str) -> str:
    try:
        return text if text.isascii() else text.encode("idna").decode()
    except UnicodeError:
        return text  # no name that DNS knows, but somebody's


def _members(value: object, item_type: ItemType, report: Report) -> tuple[Member, ...] | None:
    if item_type is not ItemType.REDUNDANCY_GROUP:
        report("members", f"belong to a REDUNDANCY_GROUP, not to a {item_type.name}")
        return None
    if not isinstance(value, list | tuple) or not value or len(value) > MAX_MEMBERS:
        report("members", f"must be a list of 1-{MAX_MEMBERS} keys or {{key, weight}}")
        return None
    members = [_member(one, f"members[{index}]", report) for index, one in enumerate(value)]
    known = [member for member in members if member is not None]
    if len({member.key for member in known}) < len(known):
        report("members", "name the same item twice; give one entry with a weight")
    return tuple(sorted(known))


def _member(value: object, field: str, report: Report) -> Member | None:
    raw = value if isinstance(value, Mapping) else {"key": value}
    _refuse_unknown(raw, {"key", "weight"}, lambda name, message: report(f"{field}.{name}", message))
    key = checked_key(raw.get("key"), f"{field}.key", report)
    weight = _integer(raw["weight"]) if raw.get("weight") is not None else 1
    if not weight:
        report(f"{field}.weight", f"must be a whole number of 1 or more, not {_shown(raw['weight'])}")
    return Member(key, weight) if key and weight else None


def _loss_bands(value: object, item_type: ItemType, report: Report) -> tuple[LossBand, ...]:
    if value is None:
        return ()
    if item_type not in LOSS_TYPES:
        report("lossBands", f"do not belong to a {item_type.name}; they belong to {_listed(LOSS_TYPES)}")
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
    _refuse_unknown(raw, {"afterSeconds", "cumulativeLoss"}, lambda name, message: report(f"{field}.{name}", message))
    seconds, loss = _integer(raw.get("afterSeconds")), amount(raw.get("cumulativeLoss"))
    if not seconds:
        wanted = "a whole number of seconds of 1 or more"
        report(f"{field}.afterSeconds", f"must be {wanted}, not {_shown(raw.get('afterSeconds'))}")
    if loss is None:
        report(f"{field}.cumulativeLoss", f"must be {AMOUNT}, not {_shown(raw.get('cumulativeLoss'))}")
    return LossBand(seconds, loss) if seconds and loss is not None else None


def _attributes(value: object, report: Report) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        report("attributes", f"must be an object of names and values, not {_shown(value)}")
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


def _revision(value: object, report: Report) -> int | None:
    revision = _integer(value) if value is not None else None
    if value is not None and revision is None:
        report("revision", f"must be a whole number of 0 or more, not {_shown(value)}")
    return revision


def _choice_of(members: Mapping[str, E], value: object, field: str, report: Report) -> E | None:
    if isinstance(value, str) and value in members:
        return members[value]
    if value is None or value == "":
        report(field, f"is missing; use one of {', '.join(members)}")
    else:
        report(field, f"{_shown(value)} is unknown; use one of {', '.join(members)}")
    return None


def _refuse_unknown(
    raw: Mapping[str, object], known: set[str], report: Report, advice: str = "correct its name or leave it out"
) -> None:
    # Nearly every row is right, and there are millions of them.
    if raw.keys() <= known:
        return
    for name in sorted(str(name) for name in raw.keys() - known):
        report(name, f"is not a known field; {advice}")


def _printable(text: str) -> bool:
    return _UNPRINTABLE.search(text) is None


def _listed(types: frozenset[ItemType]) -> str:
    return ", ".join(sorted(one.name for one in types))


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print an integer of more than 4300 digits.
        return "a number too long to show"
    return text if len(text) <= 60 else text[:57] + "…"
