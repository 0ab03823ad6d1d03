"""Senders, as monitoring tools are: a process of their own, so that they take no time of the worker they send to.

    python -m app.bench.senders URL SENDERS < BODIES     (a JSON list; SENDERS are those that wait at once)

It says, as JSON, when the first was sent, when the last was answered (seconds since 1970), and each answer's status.
"""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

import httpx2
import orjson

_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Sent:
    """When the first body was sent, when the last was answered, and the status of each answer."""

    began: float
    ended: float
    statuses: Sequence[int]


async def send_all(url: str, bodies: Sequence[Mapping[str, object]], senders: int) -> Sent:
    """Send the bodies to an address, so many at once, from a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, url, str(senders), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        told, _ = await process.communicate(orjson.dumps(bodies))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Sent(**orjson.loads(told))


def _send_each(url: str, senders: int, bodies: Sequence[bytes]) -> Sent:
    with httpx2.Client(timeout=_TIMEOUT_SECONDS) as client, ThreadPoolExecutor(senders) as pool:
        began = time.time()
        statuses = list(pool.map(partial(_status, client, url), bodies))
        return Sent(began, time.time(), statuses)


def _status(client: httpx2.Client, url: str, body: bytes) -> int:
    return client.post(url, content=body, headers={"Content-Type": "application/json"}).status_code


if __name__ == "__main__":
    given = [orjson.dumps(one) for one in orjson.loads(sys.stdin.buffer.read())]
    sys.stdout.buffer.write(orjson.dumps(asdict(_send_each(sys.argv[1], int(sys.argv[2]), given))))
