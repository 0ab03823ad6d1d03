"""Strict JSON bodies: what passes, and the one sentence for what does not."""

import pytest

from app.errors import InvalidInput
from app.events.fields import MAX_NESTING, parsed_json


def refusal(raw: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        parsed_json(raw)
    return refused.value.message


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parsed_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("raw", [b"", b" \n"])
def test_an_empty_body_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "the body is empty; send JSON"


def test_a_mistake_is_named_with_line_and_column() -> None:
    assert refusal(b'{"a": 1,\n "b": nope}').startswith("the body is not JSON at line 2, column 7: ")


def test_text_after_the_document_is_refused() -> None:
    assert refusal(b"{} {}").startswith("the body is not JSON at line 1, column 4: ")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_json_does_not_know_are_refused(number: bytes) -> None:
    assert refusal(b'{"a": ' + number + b"}").startswith("the body is not JSON at line 1, column ")


def test_bytes_that_are_not_utf_8_are_named_with_line_and_column() -> None:
    assert refusal(b'{"a":\n "\xc3\xa9\xff"}') == "the body is not UTF-8 at line 2, column 4; send JSON in UTF-8"


def test_the_deepest_allowed_nesting_passes() -> None:
    value = parsed_json(nested(MAX_NESTING))

    assert isinstance(value, list)


@pytest.mark.parametrize("levels", [MAX_NESTING + 1, 1_024, 5_000])
def test_deeper_nesting_is_refused(levels: int) -> None:
    assert refusal(nested(levels)) == "the body is nested deeper than 100 levels; send it flatter"


def test_objects_count_as_levels_too() -> None:
    raw = b'{"a":' * (MAX_NESTING + 1) + b"1" + b"}" * (MAX_NESTING + 1)

    assert refusal(raw) == "the body is nested deeper than 100 levels; send it flatter"
