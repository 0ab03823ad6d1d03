"""The journal: what it has taken is there after a crash, in order, within its bound, and for one service at a time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Conflict
from app.events.delivery import Delivery
from app.intake.journal import Journal

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


def sent(body: bytes, source: str = "test") -> Delivery:
    return Delivery(source, body, AT, {"content-type": "text/plain"}, {"team": "ops"})


@contextmanager
def opened(folder: Path, max_bytes: int = 1_000) -> Iterator[Journal]:
    journal = Journal(folder, max_bytes=max_bytes)
    try:
        yield journal
    finally:
        journal.close()


def bodies(journal: Journal, after: int = 0, max_bytes: int = 1_000) -> list[bytes]:
    return [one.delivery.body for one in journal.waiting(after=after, max_bytes=max_bytes)]


def test_what_was_written_is_read_as_it_was_and_in_its_order(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        first, second = journal.append([sent(b"\x00\xff"), sent(b"two")])
        found = journal.waiting(after=0, max_bytes=1_000)

    assert first is not None
    assert second is not None
    assert first < second
    assert [one.number for one in found] == [first, second]
    assert [one.delivery for one in found] == [sent(b"\x00\xff"), sent(b"two")]


def test_it_is_the_same_journal_when_it_is_opened_again(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        numbers, id = journal.append([sent(b"a"), sent(b"b")]), journal.id
        journal.forget(numbers[0] or 0)

    with opened(tmp_path) as journal:
        assert (journal.id, journal.count, journal.bytes, bodies(journal)) == (id, 1, 1, [b"b"])
        assert (journal.append([sent(b"c")])[0] or 0) > (numbers[1] or 0)


def test_numbers_rise_even_after_everything_was_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        (before,) = journal.append([sent(b"a")])
        journal.forget(before or 0)
    with opened(tmp_path) as journal:
        (after,) = journal.append([sent(b"b")])

    assert (after or 0) > (before or 0)


def test_what_does_not_fit_is_not_taken_and_the_rest_is(tmp_path: Path) -> None:
    with opened(tmp_path, max_bytes=10) as journal:
        numbers = journal.append([sent(b"12345"), sent(b"1234567"), sent(b"12345"), sent(b"1")])

        assert [number is not None for number in numbers] == [True, False, True, False]
        assert (journal.count, journal.bytes) == (2, 10)
        journal.forget(numbers[0] or 0)
        assert journal.append([sent(b"12345")])[0] is not None


def test_as_many_are_read_at_once_as_fit_but_one_at_least(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        (first, *_) = journal.append([sent(b"12345"), sent(b"123"), sent(b"12")])

        assert bodies(journal, max_bytes=1) == [b"12345"]
        assert bodies(journal, max_bytes=8) == [b"12345", b"123"]
        assert bodies(journal, after=first or 0) == [b"123", b"12"]


def test_another_service_may_not_use_it(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(Conflict, match="another service keeps its events in"):
        Journal(tmp_path, max_bytes=1)


@given(st.lists(st.one_of(st.binary(max_size=40), st.integers(0, 30)), max_size=30))
def test_it_holds_what_was_taken_and_not_forgotten(
    tmp_path_factory: pytest.TempPathFactory, steps: list[bytes | int]
) -> None:
    held: dict[int, bytes] = {}
    with opened(tmp_path_factory.mktemp("journal"), max_bytes=100) as journal:
        for step in steps:
            if isinstance(step, int):
                journal.forget(step)
                held = {number: body for number, body in held.items() if number > step}
            elif (number := journal.append([sent(step)])[0]) is not None:
                held[number] = step

            assert bodies(journal) == list(held.values())
            assert (journal.count, journal.bytes) == (len(held), sum(map(len, held.values())))
            assert journal.bytes <= 100


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.events.delivery import Delivery
from app.intake.journal import Journal

journal = Journal(Path(sys.argv[1]), max_bytes=10**9)
for number in range(10**9):
    journal.append([Delivery("test", b"%d" % number, datetime.now(UTC))])
    print(number, flush=True)
"""


def test_what_it_has_returned_for_survives_a_kill(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(200)]
        os.kill(writer.pid, signal.SIGKILL)
        told += writer.stdout.readlines()

    acknowledged = [line.strip() for line in told if line.endswith(b"\n")]
    with opened(tmp_path) as journal:
        assert bodies(journal, max_bytes=10**9)[: len(acknowledged)] == acknowledged
