"""Connections of clients that do not get on, or do not speak HTTP: they are let go, and others are still answered."""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import httpx2
import orjson
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.database.client import Connection
from tests.service import Service, emptied, eventually, running

MOST = 20
START = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
QUESTION = b'{"query": "{ __typename }"}'
IMPORT = b"POST /imports?format=csv HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(
        emptied(connection),
        header_timeout_seconds=2,
        slow_client_seconds=1,
        max_connections=MOST,
        max_body_bytes=100_000,
    ) as found:
        yield found


@pytest.fixture
def raw(service: Service) -> Iterator[socket.socket]:
    with opened(service) as made:
        yield made


def opened(service: Service) -> socket.socket:
    """A connection on which nothing was sent yet."""
    return socket.create_connection(("127.0.0.1", urlsplit(service.url).port), timeout=20)


def rest(raw: socket.socket) -> bytes:
    """All that is answered until the service closes the connection."""
    answer = b""
    with suppress(ConnectionResetError):
        while more := raw.recv(65_536):
            answer += more
    return answer


def dribbled(raw: socket.socket, sent: bytes) -> bytes:
    """What is answered to something sent byte by byte, for as long as it can be sent."""
    try:
        for byte in sent:
            raw.sendall(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return b""
    return rest(raw)


@contextmanager
def silent(service: Service, count: int) -> Iterator[list[socket.socket]]:
    """So many connections on which nothing was sent yet, in the order in which they were opened."""
    with ExitStack() as stack:
        yield [stack.enter_context(opened(service)) for _ in range(count)]


@contextmanager
def talking(service: Service) -> Iterator[ClientConnection]:
    """An open websocket."""
    address = service.url.replace("http", "ws") + "/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as talk:
        talk.send('{"type": "connection_init"}')
        assert talk.recv() == b'{"type":"connection_ack"}'
        yield talk


def is_well(service: Service) -> bool:
    """Whether another client is answered."""
    return httpx2.get(f"{service.url}/health/live").status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET", START, START + b"X: y"])
def test_a_client_that_does_not_finish_its_headers_is_let_go(service: Service, raw: socket.socket, sent: bytes) -> None:
    raw.sendall(sent)

    assert is_well(service)
    assert rest(raw) == b""


def test_a_client_that_sends_its_headers_byte_by_byte_is_let_go(service: Service, raw: socket.socket) -> None:
    assert dribbled(raw, START * 20) == b""
    assert is_well(service)


def test_a_client_that_does_not_finish_the_headers_of_its_second_request_is_let_go(raw: socket.socket) -> None:
    raw.sendall(GET + GET[:-1])

    assert rest(raw).count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.parametrize("start", [START, IMPORT])
@pytest.mark.parametrize(
    "part", [b"Content-Length: 50\r\n\r\ntype,key\n", b"Transfer-Encoding: chunked\r\n\r\n9\r\ntype,key\n\r\n"]
)
def test_a_client_that_stops_in_its_body_is_let_go_and_nothing_is_written(
    service: Service, raw: socket.socket, start: bytes, part: bytes
) -> None:
    raw.sendall(start + part)

    assert is_well(service)
    assert rest(raw) == b""
    assert service.client().graphql("{ items { totalCount } }")["items"]["totalCount"] == 0


def test_a_client_that_sends_its_body_byte_by_byte_is_let_go(raw: socket.socket) -> None:
    raw.sendall(IMPORT + b"Content-Length: 1000\r\n\r\n")

    assert dribbled(raw, b"x" * 1_000) == b""


def test_a_client_that_sends_slowly_but_enough_is_answered(service: Service, raw: socket.socket) -> None:
    body = QUESTION + b" " * 60_000
    raw.sendall(START + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
    for part in range(0, len(body), 6_003):
        raw.sendall(body[part : part + 6_003])
        time.sleep(0.2)

    assert rest(raw).endswith(b'{"data":{"__typename":"Query"}}')


@pytest.mark.parametrize("read", [0, 1])
def test_a_client_that_takes_too_little_of_its_answer_is_let_go(
    service: Service, raw: socket.socket, log: io.StringIO, read: int
) -> None:
    raw.sendall(GET * 200)

    def waited_for() -> list[str]:
        raw.recv(read)
        lines = map(orjson.loads, log.getvalue().splitlines())
        return [line["waited_for"] for line in lines if line["event"] == "let go of a client"]

    eventually(waited_for, ["answer"])
    assert is_well(service)
    assert 0 < rest(raw).count(b"HTTP/1.1 200 OK") < 200


def test_a_client_that_takes_its_answer_slowly_but_enough_gets_all_of_it(raw: socket.socket) -> None:
    raw.sendall(GET * 30 + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    answer = b""
    while more := raw.recv(200_000):
        answer += more
        time.sleep(0.1)

    assert answer.count(b"HTTP/1.1 200 OK") == 31
    assert answer.endswith(b"}")


def test_the_connection_that_has_waited_longest_makes_room(service: Service) -> None:
    with silent(service, MOST + 5) as connections:
        connections[-1].sendall(GET)

        assert connections[-1].recv(15) == b"HTTP/1.1 200 OK"
        assert is_well(service)
        assert [rest(one) for one in connections[:5]] == [b""] * 5


def test_a_connection_in_use_does_not_make_room(service: Service) -> None:
    with talking(service) as talk, silent(service, MOST + 5) as connections:
        assert rest(connections[0]) == b""

        talk.send('{"type": "ping"}')

        assert talk.recv() == b'{"type":"pong"}'


NOT_HTTP = {
    "one header of a megabyte": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "many headers of a megabyte": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a: b\r\n" * 170_000 + b"\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "two lengths": START + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a length that is none": START + b"Content-Length: +3\r\n\r\nabc",
    "a space before a colon": START + b"Content-Length : 3\r\n\r\nabc",
    "another encoding": START + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "two encodings": START + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "a chunk whose size is none": START + b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
    "a chunk that is longer than it says": START + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    "a chunk with a megabyte beside it": START + b"Transfer-Encoding: chunked\r\n\r\n3;" + b"x" * 1_000_000,
}


@pytest.mark.parametrize("sent", NOT_HTTP.values(), ids=NOT_HTTP.keys())
def test_what_is_not_http_is_refused_and_the_connection_closed(
    service: Service, raw: socket.socket, sent: bytes
) -> None:
    with suppress(OSError):  # it may be closed before all is sent
        raw.sendall(sent + GET)

    answer = rest(raw)

    # An answer may be lost when the connection is closed while one still sends.
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n") or (not answer and len(sent) > 100_000)
    assert answer.count(b"HTTP/1.1") <= 1
    assert is_well(service)


def test_a_body_with_two_lengths_is_refused_and_hides_no_second_request(raw: socket.socket) -> None:
    raw.sendall(START + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET)

    answer = rest(raw)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"detail":"the body has a Content-Length and a Transfer-Encoding; send one of them"' in answer
    assert answer.count(b"HTTP/1.1") == 1


def test_what_follows_a_body_is_another_request_and_refused_if_it_is_none(raw: socket.socket) -> None:
    raw.sendall(START + b"Content-Length: %d\r\n\r\n" % len(QUESTION) + QUESTION + b"and more\r\n\r\n")

    answer = rest(raw)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.count(b"HTTP/1.1 400 Bad Request\r\n") == answer.count(b"HTTP/1.1") - 1 == 1


def test_a_body_that_ends_early_is_not_imported(service: Service, raw: socket.socket) -> None:
    raw.sendall(IMPORT + b"Content-Length: 500\r\n\r\ntype,key\nCOMPONENT,a\n")
    raw.shutdown(socket.SHUT_WR)

    rest(raw)

    assert service.client().graphql("{ items { totalCount } }")["items"]["totalCount"] == 0


def test_ten_thousand_small_headers_are_read(raw: socket.socket) -> None:
    raw.sendall(GET[:-2] + b"a:b\r\n" * 10_000 + b"\r\n")

    assert raw.recv(15) == b"HTTP/1.1 200 OK"


def test_an_open_websocket_may_be_silent_for_longer_than_headers_may_take(service: Service) -> None:
    with talking(service) as talk:
        time.sleep(2.5)
        talk.send('{"type": "ping"}')

        assert talk.recv() == b'{"type":"pong"}'


def test_a_websocket_takes_no_larger_message_than_a_body(service: Service) -> None:
    with talking(service) as talk:
        talk.send(" " * 100_001)
        with pytest.raises(ConnectionClosedError) as closed:
            talk.recv()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
