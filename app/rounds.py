"""Rounds: work that goes on beside those who ask: done again and again, or to its end whoever has given up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from structlog.typing import FilteringBoundLogger

from app.errors import UnderpinError

T = TypeVar("T")
# The loop itself keeps no hold of a task.
_going_on: set[asyncio.Task[Any]] = set()


async def every_second(
    step: Callable[[], Awaitable[object]],
    log: FilteringBoundLogger,
    *,
    waiting: str | None,
    failed: str,
    pause: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(1),
) -> None:
    """Do a step and pause, until cancelled.

    That it waits is logged once, if there are words for it: Neo4j may be away for long. Whatever else a step raises is
    a bug, logged each time.
    """
    is_waiting = False
    while True:
        try:
            await step()
            is_waiting = False
        except UnderpinError as error:
            if waiting and not is_waiting:
                log.warning(waiting, reason=str(error))
            is_waiting = True
        except Exception:
            log.exception(failed)
        await pause()


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
