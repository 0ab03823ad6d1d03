"""A notification reaches the internet and what is allowed, whatever its target's name resolves to, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest

from app.errors import InvalidInput
from app.notify.guard import Guard, GuardedTransport, Refused, Resolver, is_public
from app.notify.http import MAX_ANSWER_BYTES, Http, Unanswered
from app.notify.model import Outcome
from tests.notify.receiver import Reply, guarded, receiving
from tests.notify.tls import certificate_for, serving_tls


def names(**known: Sequence[str]) -> Resolver:
    """A resolver that knows these names (`_` stands for a dot), and says which it was asked for."""

    async def resolver(host: str, port: int) -> Sequence[str]:
        if host.replace(".", "_") not in known:
            raise OSError("no such name")
        return known[host.replace(".", "_")]

    return resolver


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "0.0.0.0", "255.255.255.255"),
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::"),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/", "https://0x7f.1/"),
        *("https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data", "https://0/"),
    ],
)
async def test_no_spelling_of_a_private_address_gets_through(url: str) -> None:
    with pytest.raises(Refused):
        await Guard().addresses(httpx2.URL(url))


async def test_a_name_with_one_private_address_is_refused() -> None:
    guard = Guard(resolver=names(mixed_example=["93.184.215.14", "10.0.0.1"]))

    with pytest.raises(Refused, match=r"mixed\.example is in a private network"):
        await guard.addresses(httpx2.URL("https://mixed.example/"))


async def test_what_is_allowed_is_reached_by_network_and_by_name() -> None:
    guard = replace(
        Guard.allowing(["10.1.0.0/16", "hooks.corp.example"]),
        resolver=names(a_example=["10.1.2.3"], b_example=["10.2.0.1"], hooks_corp_example=["192.168.7.7"]),
    )

    assert await guard.addresses(httpx2.URL("http://a.example/")) == ("10.1.2.3",)
    assert await guard.addresses(httpx2.URL("http://hooks.corp.example./")) == ("192.168.7.7",)
    with pytest.raises(Refused):
        await guard.addresses(httpx2.URL("https://b.example/"))


async def test_without_tls_only_what_is_allowed_is_reached() -> None:
    guard = Guard(resolver=names(public_example=["93.184.215.14"]))

    assert await guard.addresses(httpx2.URL("https://public.example/")) == ("93.184.215.14",)
    with pytest.raises(Refused, match="without TLS"):
        await guard.addresses(httpx2.URL("http://public.example/"))


@pytest.mark.parametrize("url", ["ftp://public.example/", "https:///x", "file:///etc/passwd", "https://gone.example/"])
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        await Guard(resolver=names(public_example=["93.184.215.14"])).addresses(httpx2.URL(url))


def test_what_is_no_network_is_refused_with_the_setting_to_mend() -> None:
    with pytest.raises(InvalidInput, match=r"UNDERPIN_OUTGOING_NETWORKS: '10\.0\.0\.0/99' is no network"):
        Guard.allowing(["10.0.0.0/99"])


async def test_the_connection_goes_to_the_address_that_was_judged_and_keeps_the_name() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    async with receiving() as receiver:
        port = httpx2.URL(receiver.url).port
        guard = replace(Guard.allowing(["127.0.0.0/8"]), resolver=rebinding)
        async with Http(guard) as http:
            response = await http.send("POST", f"http://hooks.example:{port}/x", body=b"{}")

    assert response.status == 200
    assert asked == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{port}"


async def test_the_certificate_must_name_the_host_although_the_address_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_for("hooks.example", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    known = names(hooks_example=["127.0.0.1"], other_example=["127.0.0.1"])
    guard = replace(Guard.allowing(["127.0.0.0/8"]), resolver=known)
    async with serving_tls(certificate) as port, Http(guard) as http:
        named = await http.send("POST", f"https://hooks.example:{port}/")
        with pytest.raises(Unanswered, match="certificate"):
            await http.send("POST", f"https://other.example:{port}/")

    assert named.status == 204


async def test_a_receiver_that_signs_its_certificate_itself_is_refused_with_what_to_do(tmp_path: Path) -> None:
    certificate = certificate_for("localhost", tmp_path)
    async with serving_tls(certificate) as port, guarded() as http:
        with pytest.raises(Unanswered, match="start Underpin with SSL_CERT_FILE"):
            await http.send("POST", f"https://localhost:{port}/")


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async with receiving() as receiver:
        port = httpx2.URL(receiver.url).port
        guard = replace(
            Guard.allowing(["127.0.0.0/8", "::1"]), resolver=names(hooks_example=["127.0.0.2", "::1", "127.0.0.1"])
        )
        async with httpx2.AsyncClient(transport=GuardedTransport(guard)) as client:
            response = await client.post(f"http://hooks.example:{port}/x")

    assert response.status_code == 200


async def test_a_redirect_is_not_followed() -> None:
    reply = Reply(302, {"location": "http://127.0.0.1/secret"})
    async with receiving(reply) as receiver, guarded() as http:
        response = await http.send("POST", receiver.url)

    assert response.status == 302
    assert len(receiver.received) == 1


async def test_a_long_answer_is_cut() -> None:
    async with receiving(Reply(body=b"x" * 3 * MAX_ANSWER_BYTES)) as receiver, guarded() as http:
        response = await http.send("GET", receiver.url)

    assert len(response.body) == MAX_ANSWER_BYTES


async def test_a_target_that_is_not_allowed_is_never_connected_to() -> None:
    async with receiving() as receiver, Http(Guard()) as http:
        with pytest.raises(Unanswered) as refused:
            await http.send("POST", receiver.url.replace("http:", "https:"))

    assert refused.value.answer.outcome is Outcome.FAILED
    assert refused.value.answer.detail == (
        "127.0.0.1 is in a private network or one that is not to be used; allow it in UNDERPIN_OUTGOING_NETWORKS"
    )
    assert receiver.received == []
