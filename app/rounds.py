"""Rounds: work that goes on beside those who ask: done again and again, or to its end whoever has given up."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from structlog.typing import FilteringBoundLogger

from app.errors import UnderpinError

A_FIFTH = 4
"""A rest by which steps take a fifth of the time at most: others need the processor too."""

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")
# The loop itself keeps no hold of a task.
_going_on: set[asyncio.Task[Any]] = set()


async def every_second(
    step: Callable[[], Awaitable[object]],
    log: FilteringBoundLogger,
    *,
    waiting: str | None,
    failed: str,
    pause: float = 1,
    rest: float = 0,
) -> None:
    """Do a step and pause for so many seconds, until cancelled; after a long step `rest` times as long as it took.

    That it waits is logged once, if there are words for it: Neo4j may be away for long. Whatever else a step raises is
    a bug, logged each time.
    """
    is_waiting = False
    while True:
        started = time.monotonic()
        try:
            await step()
            is_waiting = False
        except UnderpinError as error:
            if waiting and not is_waiting:
                log.warning(waiting, reason=str(error))
            is_waiting = True
        except Exception:
            log.exception(failed)
        await asyncio.sleep(max(pause, rest * (time.monotonic() - started)))


def begun(work: Coroutine[object, object, T]) -> asyncio.Task[T]:
    """The work, which goes on whether or not anybody waits for it.

    It may then fail in silence, as when Neo4j is closed behind it at the end of the service: that is no bug.
    """
    task = asyncio.create_task(work)
    _going_on.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _going_on.discard(task)
    if not task.cancelled():
        task.exception()


async def carried_through(work: Coroutine[object, object, T]) -> T:
    """What the work gives; a caller that gives up does not abandon it half way."""
    return await asyncio.shield(begun(work))


@dataclass(frozen=True, slots=True)
class _Lot(Generic[Q, A]):
    questions: Sequence[Q]
    answers: asyncio.Future[list[A]]


class Together(Generic[Q, A]):
    """Answers many callers at once: whoever asks while others are being answered comes next, with all who wait.

    So what they share is found out once for all of them, and an answer was begun after it was asked for.
    """

    def __init__(self, answer: Callable[[list[Q]], Awaitable[Sequence[A]]]) -> None:
        """`answer` gives an answer for each question, in their order."""
        self._answer = answer
        self._lots: list[_Lot[Q, A]] = []
        self._working: asyncio.Task[None] | None = None

    async def ask(self, questions: Sequence[Q]) -> list[A]:
        """The answers to one caller's questions; raises what answering them, together with others', raises.

        A caller that gives up does not stop the others.
        """
        lot: _Lot[Q, A] = _Lot(questions, asyncio.get_running_loop().create_future())
        self._lots.append(lot)
        if self._working is None:
            self._working = begun(self._work())
        return await lot.answers

    async def _work(self) -> None:
        while lots := [lot for lot in self._lots if not lot.answers.done()]:
            self._lots = []
            await self._answer_all(lots)
        self._lots, self._working = [], None

    async def _answer_all(self, lots: Sequence[_Lot[Q, A]]) -> None:
        try:
            answers = iter(await self._answer([one for lot in lots for one in lot.questions]))
        except Exception as error:
            for lot in lots:
                if not lot.answers.done():
                    lot.answers.set_exception(error)
                    lot.answers.exception()  # nobody may be left to look at it
            return
        for lot in lots:
            of_lot = [next(answers) for _ in lot.questions]
            if not lot.answers.done():
                lot.answers.set_result(of_lot)
