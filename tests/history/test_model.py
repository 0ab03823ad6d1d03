"""When others have written: the server's count against our own."""

from dataclasses import replace

import pytest

from app.history.model import Position

BEFORE = Position(version=7, mark="m", writes=10, database="d", committed=100)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(BEFORE, id="nothing"),
        pytest.param(replace(BEFORE, writes=13, committed=103), id="three of ours"),
        pytest.param(replace(BEFORE, writes=11), id="one of ours is not closed yet"),
        pytest.param(replace(BEFORE, database=None, committed=None), id="the server does not tell"),
    ],
)
def test_our_own_writes_are_not_foreign(now: Position) -> None:
    assert not now.is_foreign_since(BEFORE)


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(replace(BEFORE, committed=101), id="one of another program"),
        pytest.param(replace(BEFORE, writes=12, committed=103), id="one among two of ours"),
        pytest.param(replace(BEFORE, database="e"), id="another database with the same numbers"),
        pytest.param(replace(BEFORE, committed=99), id="put back, and none of ours can be on its way"),
        pytest.param(replace(BEFORE, writes=9, committed=90), id="put back by one of ours and nine of others"),
        pytest.param(replace(BEFORE, database="e", writes=11), id="another database, one of ours on its way"),
    ],
)
def test_what_others_wrote_is_foreign(now: Position) -> None:
    assert now.is_foreign_since(BEFORE)


def test_a_server_that_never_told_is_never_suspected() -> None:
    untold = replace(BEFORE, database=None, committed=None)

    assert not BEFORE.is_foreign_since(untold)
