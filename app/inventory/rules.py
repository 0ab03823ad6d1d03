"""What may be stored: every row from GraphQL, JSON, YAML or CSV passes here. Pure; the stored side is `changes`."""

from collections.abc import Mapping

from app.errors import InvalidInput
from app.inventory.model import (
    DEPENDENCY_PROPERTIES,
    KINDS,
    PROPERTIES,
    DependencyDraft,
    ItemDraft,
    ItemType,
    Lifecycle,
    Relation,
    Scalar,
)
from app.inventory.parts import attributes, identifiers, loss_bands, members, names_of
from app.inventory.values import (
    MAX_TEXT,
    Problems,
    Report,
    checked_key,
    checked_text,
    checked_value,
    choice_of,
    refuse_unknown,
    short_text,
    shown,
    whole_number,
)

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


def item_draft(raw: Mapping[str, object], where: str, problems: Problems) -> ItemDraft | None:
    """The item a row describes, or `None` with the reasons in `problems`."""
    before = len(problems.found)
    report = problems.of(where)
    key = checked_key(raw.get("key"), "key", report)
    item_type = choice_of(ItemType.__members__, raw.get("type"), "type", report)
    if key is None or item_type is None:
        return None
    refuse_unknown(raw, _ITEM_FIELDS, report, advice=_OWN_FIELDS)
    fields = _item_fields(raw, item_type, report)
    draft = ItemDraft(
        where,
        key,
        item_type,
        fields,
        identifiers=identifiers(raw.get("identifiers"), report) if "identifiers" in raw else None,
        attributes=attributes(raw.get("attributes"), report) if "attributes" in raw else None,
        members=members(raw.get("members"), item_type, report) if raw.get("members") is not None else None,
        revision=_revision(raw.get("revision"), report),
        loss_bands=loss_bands(raw["lossBands"], item_type, report) if "lossBands" in raw else None,
    )
    return draft if len(problems.found) == before else None


def dependency_draft(raw: Mapping[str, object], where: str, problems: Problems) -> DependencyDraft | None:
    """The dependency a row describes, or `None` with the reasons in `problems`."""
    before = len(problems.found)
    report = problems.of(where)
    dependent = checked_key(raw.get("from"), "from", report)
    provider = checked_key(raw.get("to"), "to", report)
    relation = choice_of(Relation.__members__, raw.get("relation") or "DEPENDS_ON", "relation", report)
    if dependent is None or provider is None or relation is None:
        return None
    if dependent == provider:
        report("to", f"is {provider!r} itself; an item cannot depend on itself")
    refuse_unknown(raw, _EDGE_FIELDS, report)
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


def _item_fields(raw: Mapping[str, object], item_type: ItemType, report: Report) -> dict[str, Scalar | None]:
    fields: dict[str, Scalar | None] = {}
    if "name" in raw:
        fields["name"] = checked_text(raw["name"], "name", report)
    if "kind" in raw:
        fields["kind"] = _kind(raw["kind"], item_type, report)
    if "lifecycle" in raw:
        given = raw["lifecycle"]
        lifecycle = None if given is None else choice_of(Lifecycle.__members__, given, "lifecycle", report)
        fields["lifecycle"] = lifecycle.value if lifecycle else None
    if "owner" in raw:
        fields["owner"] = None if raw["owner"] is None else checked_key(raw["owner"], "owner", report)
    for name in PROPERTIES.keys() & raw.keys():
        rule = PROPERTIES[name]
        if item_type in rule.types:
            fields[name] = checked_value(raw[name], name, rule, report)
        elif raw[name] is not None:
            report(name, f"does not belong to a {item_type.name}; it belongs to {names_of(rule.types)}")
    return fields


def _kind(value: object, item_type: ItemType, report: Report) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and value in KINDS[item_type]:
        return value
    allowed = KINDS[item_type]
    advice = f"use one of {', '.join(allowed)}" if allowed else f"a {item_type.name} has no kind, leave it out"
    report("kind", f"{shown(value)} is unknown for a {item_type.name}; {advice}")
    return None


def _revision(value: object, report: Report) -> int | None:
    revision = whole_number(value) if value is not None else None
    if value is not None and revision is None:
        report("revision", f"must be a whole number of 0 or more, not {shown(value)}")
    return revision


def check_source(source: str | None) -> None:
    """Let a source pass that can be stored and listed.

    Raises:
        InvalidInput: it is empty, too long or not printable.
    """
    if source is not None and short_text(source) is None:
        raise InvalidInput(
            f"source must be 1-{MAX_TEXT} characters of text without control characters, not {shown(source)}"
        )
