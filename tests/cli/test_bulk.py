"""Bulk: files that go out and come in."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.bulk import opened_files, write_whole
from app.cli.drawing import Console
from app.errors import Unavailable


def test_a_folder_stands_for_the_files_in_it_that_can_be_imported(tmp_path: Path) -> None:
    for name in ("items.csv", "dependencies.csv", "more.ndjson", "company.yaml", "README.md"):
        (tmp_path / name).write_text(name)

    with opened_files([tmp_path], Console()) as files:
        read = [(name, stream.read()) for name, stream in files]

    assert read == [
        ("company.yaml", b"company.yaml"),
        ("dependencies.csv", b"dependencies.csv"),
        ("items.csv", b"items.csv"),
        ("more.ndjson", b"more.ndjson"),
    ]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "all.json", iter((b"a", b"b")))

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"all.json": b"ab"}


def test_a_file_that_breaks_off_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_bytes(b"old")

    def breaking() -> Iterator[bytes]:
        yield b"new"
        raise Unavailable("the connection broke")

    with pytest.raises(Unavailable):
        write_whole(tmp_path / "all.json", breaking())

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"all.json": b"old"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")

    write_whole(tmp_path / "link", iter((b"a",)))

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"a"


def test_a_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()

    write_whole(pipe, iter((b"a", b"b")))
    reader.join()

    assert found == [b"ab"]
    assert pipe.is_fifo()


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot write .*/all\.json \(No such file or directory\)"):
        write_whole(tmp_path / "nowhere" / "all.json", iter(()))
