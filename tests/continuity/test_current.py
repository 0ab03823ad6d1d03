"""Results of the whole estate are held: an answer takes the last one, and the next is worked out beside it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

from app.continuity.current import Held
from app.continuity.picture import ContinuityPicture
from tests.continuity.drawing import recovering

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Pictures:
    """The newest picture of an estate that changes."""

    def __init__(self) -> None:
        self.newest = recovering("s -> x").picture

    async def current(self) -> ContinuityPicture:
        """The newest one."""
        return self.newest


def held(pictures: Pictures, work: Callable[[ContinuityPicture], int]) -> Held[ContinuityPicture, int]:
    return Held("sizes", work, pictures.current, lambda: NOW)


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
