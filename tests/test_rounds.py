"""Rounds: who asks while others are answered is answered next, with all who wait."""

import asyncio
from collections.abc import Sequence

from app.errors import Unavailable
from app.rounds import Together


class Answerer:
    """Doubles numbers when it is told to, and notes what it was asked at once."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.go = asyncio.Event()

    async def answer(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await self.go.wait()
        if 0 in numbers:
            raise Unavailable("no")
        return [number * 2 for number in numbers]


async def asking(together: Together[int, int], *lots: list[int]) -> list[asyncio.Task[list[int]]]:
    tasks = [asyncio.create_task(together.ask(lot)) for lot in lots]
    await asyncio.sleep(0.01)
    return tasks


async def test_who_asks_while_others_are_answered_is_answered_next_with_all_who_wait() -> None:
    answerer = Answerer()
    together = Together(answerer.answer)
    first = await asking(together, [1, 2])
    rest = await asking(together, [3], [], [4, 5])
    answerer.go.set()

    assert await asyncio.gather(*first, *rest) == [[2, 4], [6], [], [8, 10]]
    assert answerer.asked == [[1, 2], [3, 4, 5]]


async def test_who_gives_up_takes_nothing_from_the_others_and_is_not_answered_any_more() -> None:
    answerer = Answerer()
    together = Together(answerer.answer)
    first, beside = await asking(together, [1], [2])
    waiting, gone = await asking(together, [3], [4])
    beside.cancel()
    gone.cancel()
    await asyncio.sleep(0.01)
    answerer.go.set()

    assert [await first, await waiting] == [[2], [6]]
    assert answerer.asked == [[1, 2], [3]]


async def test_what_goes_wrong_is_told_to_those_it_was_done_for_and_to_nobody_after_them() -> None:
    answerer = Answerer()
    together = Together(answerer.answer)
    answerer.go.set()

    outcomes = await asyncio.gather(together.ask([0]), together.ask([1]), return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["no", "no"]
    assert await together.ask([1]) == [2]
