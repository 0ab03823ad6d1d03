"""Rounds: work that is done again and again beside the answers to requests, and waits while Neo4j is away."""

import asyncio
from collections.abc import Awaitable, Callable

from structlog.typing import FilteringBoundLogger

from app.errors import UnderpinError


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
