"""LEIs and their check digits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.continuity.lei import is_lei
from tests.continuity.leis import with_check_digits

LAW = settings(max_examples=300, deadline=None, derandomize=True)
SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PLACES = st.integers(0, 16)
FIRST = st.text(SYMBOLS, min_size=18, max_size=18)


# Source: the LEIs of Apple Inc. and of Ubisecure Oy, in the Global LEI Index.
@pytest.mark.parametrize("lei", ["HWUPKR0MPOU8FGXBT394", "529900T8BM49AURSDO55"])
def test_an_lei_that_was_issued_is_one(lei: str) -> None:
    assert is_lei(lei)


@pytest.mark.parametrize("text", ["", "HWUPKR0MPOU8FGXBT395", "hwupkr0mpou8fgxbt394", "HWUPKR0MPOU8FGXBT39", "٣" * 20])
def test_anything_else_is_none(text: str) -> None:
    assert not is_lei(text)


# A digit for a letter may go unnoticed: it makes the number that is divided another length.
@LAW
@given(FIRST, st.integers(0, 17), st.data())
def test_a_symbol_that_is_mistyped_is_noticed(first: str, place: int, data: st.DataObject) -> None:
    right = with_check_digits(first)
    symbol = data.draw(st.sampled_from([one for one in SYMBOLS if one.isdigit() == right[place].isdigit()]))
    wrong = right[:place] + symbol + right[place + 1 :]

    assert is_lei(right)
    assert is_lei(wrong) is (wrong == right)


@LAW
@given(st.text("0123456789", min_size=18, max_size=18) | st.text(SYMBOLS[10:], min_size=18, max_size=18), PLACES)
def test_two_neighbours_that_are_swapped_are_noticed(first: str, place: int) -> None:
    right = with_check_digits(first)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]

    assert is_lei(wrong) is (wrong == right)
