"""Results of the whole estate are held: an answer takes the last one, and the next is worked out beside it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

import pytest

from app.continuity.current import Held
from app.continuity.picture import ContinuityPicture
from app.errors import Unavailable
from tests.continuity.drawing import recovering

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Pictures:
    """The newest picture of an estate that changes."""

    def __init__(self) -> None:
        self.newest = recovering("s -> x").picture

    async def current(self) -> ContinuityPicture:
        """The newest one."""
        return self.newest


def held(
    pictures: Pictures, work: Callable[[ContinuityPicture], int], patience_seconds: float = 60
) -> Held[ContinuityPicture, int]:
    return Held("sizes", work, pictures.current, lambda: NOW, patience_seconds=patience_seconds)


async def test_only_the_first_result_is_waited_for() -> None:
    pictures, may_go_on = Pictures(), Event()
    sizes = held(pictures, lambda picture: picture.graph.size if picture.graph.size == 2 else int(may_go_on.wait()))

    first = await sizes.newest()
    pictures.newest = recovering("s -> x -> y").picture
    working = asyncio.create_task(sizes.catch_up())
    await asyncio.sleep(0)
    meanwhile = await sizes.newest()
    may_go_on.set()
    await working

    assert (first.value, first.graph_version, first.computed_at) == (2, 1, NOW)
    assert meanwhile is first
    assert (await sizes.newest()).value == 1


async def test_the_same_picture_is_not_worked_out_again() -> None:
    counted: list[int] = []
    sizes = held(Pictures(), lambda picture: len(counted.append(1) or counted))  # type: ignore[func-returns-value]

    assert [(await sizes.catch_up()).value, (await sizes.catch_up()).value, (await sizes.newest()).value] == [1, 1, 1]


async def test_whoever_asks_before_there_is_any_result_does_not_wait_long() -> None:
    may_go_on = Event()
    sizes = held(Pictures(), lambda picture: may_go_on.wait() and picture.graph.size, patience_seconds=0.01)

    with pytest.raises(Unavailable) as refused:
        await sizes.newest()
    may_go_on.set()
    await sizes.catch_up()

    assert str(refused.value) == "the sizes are being worked out for the first time; ask again in a few seconds"
    assert (await sizes.newest()).value == 2


async def test_what_nobody_follows_is_renewed_when_it_is_asked_for() -> None:
    pictures = Pictures()
    sizes = held(pictures, lambda picture: picture.graph.size)
    await sizes.newest()
    pictures.newest = recovering("s -> x -> y").picture

    behind = await sizes.renewed()
    await sizes.catch_up()

    assert (behind.value, (await sizes.renewed()).value) == (2, 3)
