"""The jar cache against a real HTTP server on loopback, with a list of one tiny jar."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.database.jar_download import Jar
from app.database.jars import fetch_jars, jars_of, known_versions, read_list
from app.errors import InvalidInput, Unavailable

CONTENT = b"a jar, as far as anybody here can tell"
TINY = Jar(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "org.example:tiny:1.0")
PATH = "org/example/tiny/1.0/tiny-1.0.jar"


class Mirror:
    """A Maven repository that answers `answers` in turn, then the last one for ever."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers[min(len(mirror.asked), len(answers) - 1)]
                mirror.asked.append(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing in the test's output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/maven"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    good = Mirror((200, CONTENT))
    yield good
    good.close()


def stored(cache: Path) -> list[str]:
    return [str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()]


def test_a_missing_jar_is_fetched_into_the_maven_layout(mirror: Mirror, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    paths = fetch_jars((TINY,), tmp_path, maven_url=mirror.url, progress=lambda done, total: told.append((done, total)))

    assert paths == (tmp_path / PATH,)
    assert paths[0].read_bytes() == CONTENT
    assert stored(tmp_path) == [PATH]
    assert mirror.asked == [f"/maven/{PATH}"]
    assert told == [(len(CONTENT), len(CONTENT))]


def test_a_sound_jar_is_not_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    assert len(mirror.asked) == 1


def test_a_damaged_jar_of_the_right_size_is_fetched_again(mirror: Mirror, tmp_path: Path) -> None:
    damaged = tmp_path / PATH
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"X" + CONTENT[1:])

    fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    assert damaged.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "body", [b"X" + CONTENT[1:], CONTENT[:-1], CONTENT + b"!"], ids=["changed", "too short", "too long"]
)
def test_a_file_that_is_not_in_the_list_is_refused_by_name_and_thrown_away(body: bytes, tmp_path: Path) -> None:
    mirror = Mirror((200, body))

    with pytest.raises(Unavailable, match=r"org\.example:tiny:1\.0 .* is not the file we know"):
        fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    mirror.close()
    assert stored(tmp_path) == []


def test_a_passing_failure_of_the_mirror_is_tried_again(tmp_path: Path) -> None:
    mirror = Mirror((503, b"busy"), (200, CONTENT))

    fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    mirror.close()
    assert len(mirror.asked) == 2
    assert stored(tmp_path) == [PATH]


def test_a_jar_that_the_mirror_lacks_is_asked_for_once(tmp_path: Path) -> None:
    mirror = Mirror((404, b"no"))

    with pytest.raises(Unavailable, match="answered 404"):
        fetch_jars((TINY,), tmp_path, maven_url=mirror.url)

    mirror.close()
    assert len(mirror.asked) == 1


def test_offline_says_how_much_is_needed_and_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"

        with pytest.raises(Unavailable, match=r"0\.0 MB in 1 jars .* UNDERPIN_MAVEN_URL, .* NEO4J_URI"):
            fetch_jars((TINY,), tmp_path, maven_url=nobody)

    assert stored(tmp_path) == []


def test_a_cancelled_fetch_keeps_nothing(mirror: Mirror, tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()

    with pytest.raises(Unavailable, match="stopped"):
        fetch_jars((TINY,), tmp_path, maven_url=mirror.url, cancelled=cancelled)

    assert stored(tmp_path) == []


def test_two_fetches_into_one_cache_do_not_disturb_each_other(mirror: Mirror, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(fetch_jars, (TINY,), tmp_path, maven_url=mirror.url) for _ in range(2)]

    assert {future.result() for future in both} == {(tmp_path / PATH,)}
    assert stored(tmp_path) == [PATH]


def test_a_list_has_sum_size_and_coordinates_a_line() -> None:
    jars = read_list("# how it was made\nab12 7 io.netty:netty-epoll:4.2:linux-x86_64\n")

    assert jars == (Jar("ab12", 7, "io.netty:netty-epoll:4.2:linux-x86_64"),)
    assert jars[0].path == "io/netty/netty-epoll/4.2/netty-epoll-4.2-linux-x86_64.jar"


def test_both_supported_versions_have_a_list() -> None:
    assert known_versions() == ("2026.08.1", "5.26.30")
    assert {len(jars_of("2026.08.1")), len(jars_of("5.26.30"))} == {231, 216}


def test_a_version_without_a_list_is_refused_with_the_choice() -> None:
    with pytest.raises(InvalidInput, match=r"set UNDERPIN_NEO4J_VERSION to 2026\.08\.1 or 5\.26\.30"):
        jars_of("../../4.4")
