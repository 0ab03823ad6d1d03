"""Random rows over a handful of keys: items, groups and dependencies, as callers write them."""

from hypothesis import strategies as st

from tests.stored import Raw, item, needs

COMPONENTS = ("b", "c", "d")
GROUPS = ("g", "h")
TYPES = {"a": "BUSINESS_SERVICE", "z": "LOCATION", "p": "THIRD_PARTY", **dict.fromkeys(COMPONENTS, "COMPONENT")}
RELATIONS = ("DEPENDS_ON", "DEPENDS_ON", "DEPENDS_ON", "HAS_MEMBER", "LOCATED_IN", "PROVIDED_BY", "PART_OF")
KEYS = st.sampled_from((*TYPES, *GROUPS))
ENDS = st.lists(KEYS, min_size=2, max_size=2, unique=True)

CURRENCIES = st.sampled_from(["EUR", "EUR", "CHF", None])
BANDS = st.sampled_from([None, [{"afterSeconds": 60, "cumulativeLoss": "0.10"}]])
SECONDS = st.sampled_from([None, 0, 60, 900])


@st.composite
def items(draw: st.DrawFn) -> Raw:
    """An item; fields are given, cleared or left out."""
    key = draw(KEYS)
    if key in GROUPS:
        return draw(_group(key))
    fields: dict[str, object] = {"name": draw(st.sampled_from(["One", "Two"]))}
    if key == "a":
        fields |= {"tier": draw(st.sampled_from([None, 0, 3])), "important": draw(st.booleans())}
        fields |= draw(st.dictionaries(st.sampled_from(["impactToleranceSeconds", "mtpdSeconds"]), SECONDS))
        fields |= draw(st.fixed_dictionaries({"lossCurrency": CURRENCIES}, optional={"lossBands": BANDS}))
    fields |= draw(st.dictionaries(st.sampled_from(["recoveryTimeSeconds", "restartTimeSeconds"]), SECONDS))
    return item(key, TYPES[key], **fields)


@st.composite
def _group(draw: st.DrawFn, key: str) -> Raw:
    weights = draw(st.dictionaries(st.sampled_from(("a", *COMPONENTS)), st.integers(1, 3), min_size=1, max_size=4))
    return item(
        key,
        "REDUNDANCY_GROUP",
        kind=draw(st.sampled_from(["ACTIVE_ACTIVE", "ACTIVE_STANDBY"])),
        members=[{"key": member, "weight": weight} for member, weight in weights.items()],
        minAvailable=draw(st.sampled_from([1, 2, "50%"])),
        degradedBelow=draw(st.sampled_from([None, 2, "100%"])),
        failoverTimeSeconds=draw(SECONDS),
    )


@st.composite
def dependencies(draw: st.DrawFn) -> Raw:
    """A dependency of any relation."""
    dependent, provider = draw(ENDS)
    relation = draw(st.sampled_from(RELATIONS))
    if relation == "DEPENDS_ON":
        strength = draw(st.sampled_from(["HARD", "SOFT", "INFO"]))
        return needs(dependent, provider, strength=strength, toleranceSeconds=draw(SECONDS))
    if relation == "HAS_MEMBER":
        return needs(dependent, provider, relation, weight=draw(st.integers(1, 3)))
    return needs(dependent, provider, relation)


ROWS = st.tuples(st.lists(items(), max_size=5), st.lists(dependencies(), max_size=5))
"""Items and dependencies, some of which the store will refuse."""
