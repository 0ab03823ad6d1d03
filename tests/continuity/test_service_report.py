"""How a continuity report words what it knows."""

import pytest

from app.continuity.service_report import bounds_words, percent_words
from app.continuity.verdicts import Bounds


@pytest.mark.parametrize(
    ("fraction", "words"),
    [(1.0, "100 %"), (0.9995, "99.95 %"), (0.99949, "99.949 %"), (0.9999999999, "99.9999 %"), (0.0, "0 %")],
)
def test_an_availability_is_never_rounded_up_to_certainty(fraction: float, words: str) -> None:
    assert percent_words(fraction) == words


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(3_600, 3_600), "1 h"),
        (Bounds(3_600, None), "at least 1 h"),
        (Bounds(None, 60), "at most 1 min"),
        (Bounds(60, 3_600), "at least 1 min and at most 1 h"),
        (Bounds(None, None), "not known"),
    ],
)
def test_what_is_known_of_a_time_is_said_and_no_more(bounds: Bounds, words: str) -> None:
    assert bounds_words(bounds) == words
