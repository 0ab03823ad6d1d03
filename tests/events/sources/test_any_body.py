"""Whatever arrives, a source reads it or says why not; it never breaks."""

from copy import deepcopy

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading
from app.events.sources import sources
from tests.events.sources.reading import HERE, RECEIVED, Json

STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 7, 2**63 - 1, 1e308, 0.5]),
    st.sampled_from(
        ["", " ", "nan", "inf", "1e999", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "http://[", "x" * 999]
    ),
    st.text(max_size=8),
    st.sampled_from([[], {}, [[]], [None], {"": None}, [{}], {"a": {"b": 1}}]),
)


def bodies(source: str) -> list[Json]:
    found: list[Json] = []
    for path in sorted(HERE.glob(f"{source}*.json")):
        content = orjson.loads(path.read_bytes())
        found += content if isinstance(content, list) else [content]
    return found


CAPTURED = [(name, body) for name in sources() for body in bodies(name)]


def places(value: Json) -> list[tuple[Json, Json]]:
    """Every member of every list and object, as what holds it and its name there."""
    members = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [(value, name) for name, _ in members] + [place for _, inner in members for place in places(inner)]


def outcome(source: str, raw: bytes) -> object:
    try:
        return sources()[source].read(Delivery(source, raw, RECEIVED))
    except InvalidInput as error:
        return error.message


@settings(max_examples=600)
@given(st.data())
def test_a_body_with_anything_wrong_in_it_is_read_or_refused(data: st.DataObject) -> None:
    source, body = data.draw(st.sampled_from(CAPTURED))
    changed = deepcopy(body)
    for _ in range(data.draw(st.integers(1, 4))):
        found = places(changed)
        holder, name = found[data.draw(st.integers(0, len(found) - 1))] if found else ({}, "")
        if data.draw(st.booleans()):
            holder[name] = deepcopy(data.draw(STRANGE))
        elif found:
            del holder[name]

    result = outcome(source, orjson.dumps(changed))

    assert isinstance(result, Reading) or result


@pytest.mark.parametrize("source", sorted(sources()))
@given(
    raw=st.one_of(st.binary(max_size=60), STRANGE.map(orjson.dumps), st.lists(STRANGE, max_size=3).map(orjson.dumps))
)
@settings(max_examples=60)
def test_bytes_that_are_no_message_are_read_or_refused(source: str, raw: bytes) -> None:
    result = outcome(source, raw)

    assert isinstance(result, Reading) or result
