"""The processor: in order, once each, answered when done, and never stopped by what cannot be processed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.events.delivery import Delivery, Reading
from app.intake import processor
from app.intake.journal import Journal
from app.intake.model import Processed
from app.intake.processing import Read
from app.intake.processor import Intake

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


class Neo4j:
    """Where processed deliveries go; it may be away, or choke on one."""

    def __init__(self) -> None:
        self.batches: list[list[bytes]] = []
        self.away = False
        self.chokes_on: bytes | None = None
        self.kept: list[bytes] = []

    @property
    def processed(self) -> list[bytes]:
        return [body for batch in self.batches for body in batch]

    async def process(self, deliveries: Sequence[Read]) -> tuple[Processed, ...]:
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("Neo4j does not answer")
        self.kept += [one.delivery.body for one in deliveries if one.reading.problems]
        if any(one.delivery.body == self.chokes_on and not one.reading.problems for one in deliveries):
            raise RuntimeError("a bug")
        self.batches.append([one.delivery.body for one in deliveries])
        return tuple(Processed(problems=one.reading.problems) for one in deliveries)


@pytest.fixture
def neo4j(monkeypatch: pytest.MonkeyPatch) -> Neo4j:
    monkeypatch.setattr(processor, "PAUSE_SECONDS", 0.01)
    return Neo4j()


async def _read_again(delivery: Delivery) -> tuple[Reading, str | None]:
    return Reading(), None


@asynccontextmanager
async def intake(folder: Path, neo4j: Neo4j, *, running: bool = True, max_bytes: int = 10_000) -> AsyncIterator[Intake]:
    opened = Intake(Journal(folder, max_bytes=max_bytes), neo4j.process, _read_again, batch_bytes=1_000)
    task = asyncio.create_task(opened.run()) if running else None
    try:
        yield opened
    finally:
        if task:
            task.cancel()
            await asyncio.wait([task])
        await opened.close()


def sent(body: bytes) -> Delivery:
    return Delivery("test", body, AT)


async def test_a_delivery_is_safe_first_and_processed_then(tmp_path: Path, neo4j: Neo4j) -> None:
    async with intake(tmp_path, neo4j, running=False) as taking:
        taken = await taking.take(sent(b"a"), Reading(problems=("why",)))
        before = taken.processed.done(), taking.journal.count

        assert await taking.catch_up()

        assert before == (False, 1)
        assert taken.processed.result() == Processed(problems=("why",))
        assert taking.journal.count == 0
        assert not await taking.catch_up()


async def test_deliveries_that_arrive_together_are_processed_in_order_and_together(
    tmp_path: Path, neo4j: Neo4j
) -> None:
    wanted = [b"%d" % number for number in range(100)]
    async with intake(tmp_path, neo4j) as taking:
        taken = await asyncio.gather(*(taking.take(sent(body), Reading()) for body in wanted))
        await asyncio.gather(*(one.processed for one in taken))

    assert neo4j.processed == wanted
    assert len(neo4j.batches) < 10


async def test_while_neo4j_is_away_deliveries_wait_and_are_processed_in_order_after(
    tmp_path: Path, neo4j: Neo4j
) -> None:
    neo4j.away = True
    async with intake(tmp_path, neo4j) as taking:
        taken = [await taking.take(sent(b"%d" % number), Reading()) for number in range(5)]
        await asyncio.sleep(0.05)
        waited = [one.processed.done() for one in taken]
        neo4j.away = False
        await asyncio.gather(*(one.processed for one in taken))

    assert waited == [False] * 5
    assert neo4j.processed == [b"0", b"1", b"2", b"3", b"4"]


async def test_beyond_the_bound_nothing_is_taken_and_what_was_is_kept(tmp_path: Path, neo4j: Neo4j) -> None:
    neo4j.away = True
    async with intake(tmp_path, neo4j, max_bytes=10) as taking:
        await taking.take(sent(b"12345678"), Reading())
        with pytest.raises(Unavailable, match="no room for more"):
            await taking.take(sent(b"12345678"), Reading())
        assert taking.journal.count == 1


async def test_what_was_taken_before_a_crash_is_processed_by_the_next_service(tmp_path: Path, neo4j: Neo4j) -> None:
    async with intake(tmp_path, neo4j, running=False) as taking:
        await taking.take(sent(b"a"), Reading())
        await taking.take(sent(b"b"), Reading())

    async with intake(tmp_path, neo4j, running=False) as taking:
        assert await taking.catch_up()

    assert neo4j.processed == [b"a", b"b"]


async def test_a_delivery_that_cannot_be_processed_is_put_aside_and_the_rest_goes_on(
    tmp_path: Path, neo4j: Neo4j
) -> None:
    neo4j.chokes_on = b"bad"
    async with intake(tmp_path, neo4j, running=False) as taking:
        for body in (b"a", b"bad", b"b"):
            await taking.take(sent(body), Reading())
        assert await taking.catch_up()

    assert neo4j.processed == [b"a", b"bad", b"b"]
    assert neo4j.kept == [b"bad"]


async def test_a_caller_that_gives_up_takes_nothing_back(tmp_path: Path, neo4j: Neo4j) -> None:
    async with intake(tmp_path, neo4j, running=False) as taking:
        giving_up = asyncio.create_task(taking.take(sent(b"a"), Reading()))
        await asyncio.sleep(0)
        giving_up.cancel()
        await taking.take(sent(b"b"), Reading())
        await taking.catch_up()

    assert neo4j.processed == [b"a", b"b"]
