"""A delivery is believed when one accepted secret made one of its signatures, over these very bytes, just now."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NotAuthenticated
from app.events.delivery import Delivery, Signature
from app.events.signatures import hmac_signature

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
OLD, NEW = b"old secret", b"new secret"
BODY = b'{"alerts": []}'


def digest(secret: bytes, content: bytes = BODY) -> bytes:
    return hmac.digest(secret, content, "sha256")


def sent(body: bytes = BODY, /, **headers: str) -> Delivery:
    return Delivery("grafana", body, NOW, {name.replace("_", "-"): text for name, text in headers.items()})


def refusal(signature: Signature, delivery: Delivery, *secrets: bytes) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        signature.verify(delivery, secrets)
    return refused.value.message


def test_a_body_signed_with_an_accepted_secret_is_believed() -> None:
    hmac_signature("X-Signature").verify(sent(x_signature=digest(OLD).hex()), [NEW, OLD])


def test_hex_may_be_in_capitals() -> None:
    hmac_signature("X-Signature").verify(sent(x_signature=digest(OLD).hex().upper()), [OLD])


def test_base64_is_taken_as_written() -> None:
    signature = hmac_signature("X-Signature", encoding="base64")

    signature.verify(sent(x_signature=b64encode(digest(OLD)).decode()), [OLD])

    assert "fits no secret" in refusal(signature, sent(x_signature=b64encode(digest(OLD)).decode().swapcase()), OLD)


def test_one_of_several_signatures_is_enough() -> None:
    signature = hmac_signature("X-PagerDuty-Signature", prefix="v1=", separator=",")

    signature.verify(sent(x_pagerduty_signature=f"v1={digest(OLD).hex()}, v1={digest(NEW).hex()}"), [NEW])


def test_a_signature_of_another_scheme_is_passed_over() -> None:
    signature = hmac_signature("X-PagerDuty-Signature", prefix="v1=", separator=",")

    message = refusal(signature, sent(x_pagerduty_signature=f"v2={digest(OLD).hex()}"), OLD)

    assert message == "the header X-PagerDuty-Signature must hold v1=<HMAC-SHA256 in hex>"


def test_an_altered_body_is_refused() -> None:
    delivery = sent(BODY + b" ", x_signature=digest(OLD).hex())

    assert refusal(hmac_signature("X-Signature"), delivery, OLD, NEW) == (
        "the signature in X-Signature fits no secret of the source 'grafana'"
    )


@pytest.mark.parametrize("headers", [{}, {"x_signature": ""}, {"x_signature": "  "}])
def test_a_delivery_without_a_signature_is_refused(headers: dict[str, str]) -> None:
    message = refusal(hmac_signature("X-Signature"), sent(**headers), OLD)

    assert message == "the header X-Signature must hold <HMAC-SHA256 in hex>"


def test_without_a_secret_nothing_is_believed() -> None:
    assert "fits no secret" in refusal(hmac_signature("X-Signature"), sent(x_signature=digest(b"").hex()))


def stamped(at: datetime | str) -> tuple[Signature, Delivery]:
    stamp = at if isinstance(at, str) else str(int(at.timestamp()))
    signature = hmac_signature(
        "X-Signature",
        scheme=lambda delivery: delivery.headers.get("x-stamp", "").encode() + b":" + delivery.body,
        timestamp_header="X-Stamp",
    )
    return signature, sent(x_signature=digest(OLD, stamp.encode() + b":" + BODY).hex(), x_stamp=stamp)


@pytest.mark.parametrize(
    "at", [NOW, NOW - timedelta(minutes=5), NOW + timedelta(minutes=5), "2026-11-25T13:00:00+01:00"]
)
def test_a_fresh_timestamp_is_believed(at: datetime | str) -> None:
    signature, delivery = stamped(at)

    signature.verify(delivery, [OLD])


@pytest.mark.parametrize("at", [NOW - timedelta(seconds=301), NOW + timedelta(seconds=301)])
def test_a_stale_timestamp_is_a_replay(at: datetime) -> None:
    assert refusal(*stamped(at), OLD) == (
        "the header x-stamp is more than 300 s from our clock; set both clocks, then send anew"
    )


@pytest.mark.parametrize("at", ["", "today", "nan", "1e400"])
def test_what_is_no_timestamp_is_refused(at: str) -> None:
    assert refusal(*stamped(at), OLD).startswith("x-stamp must be an instant")


@given(st.text(), st.sampled_from(["hex", "base64"]))
def test_no_header_breaks_the_check(written: str, encoding: str) -> None:
    signature = hmac_signature("X-Signature", encoding="base64" if encoding == "base64" else "hex", separator=",")

    assert refusal(signature, sent(x_signature=written), OLD)
