"""Signatures that other programs accept: the reference library of Standard Webhooks, and Ed25519 as it is."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.errors import InvalidInput
from app.notify.signing import check_secret, new_secret, public_key, signed_headers

BODY = '{"type": "test", "data": {"ä": 1}}'.encode()
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = "whsk_" + base64.b64encode(bytes(range(32))).decode()


def now() -> datetime:
    """The reference library refuses what is more than five minutes off."""
    return datetime.now(UTC)


def test_the_example_of_the_specification_is_signed_as_there() -> None:
    # Source: standard-webhooks, libraries/python/tests/test_webhooks.py.
    headers = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_reference_library_accepts_a_secret_that_we_made() -> None:
    secret = new_secret()

    headers = signed_headers([secret], id="msg_1", at=now(), body=BODY)

    assert Webhook(secret).verify(BODY, dict(headers)) == {"type": "test", "data": {"ä": 1}}


def test_while_a_secret_is_replaced_either_is_accepted() -> None:
    old, new = new_secret(), new_secret()

    headers = dict(signed_headers([new, old], id="msg_1", at=now(), body=BODY))

    Webhook(old).verify(BODY, headers)
    Webhook(new).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


@given(st.binary(min_size=24, max_size=64), st.text(max_size=50))
def test_any_secret_of_the_right_length_signs_any_body(secret: bytes, body: str) -> None:
    told = "whsec_" + base64.b64encode(secret).decode()

    headers = signed_headers([told], id="msg_1", at=now(), body=body.encode())

    Webhook(told).verify(body, dict(headers), json_parse=False)


def test_a_private_key_signs_what_its_public_key_verifies() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed_headers([KEY], id="msg_1", at=at, body=BODY)

    version, _, signature = headers["webhook-signature"].partition(",")
    told = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key(KEY).removeprefix("whpk_")))
    assert version == "v1a"
    told.verify(base64.b64decode(signature), b"msg_1.1614265330." + BODY)
    with pytest.raises(InvalidSignature):
        told.verify(base64.b64decode(signature), b"msg_2.1614265330." + BODY)


@pytest.mark.parametrize("length", [32, 64])
def test_a_private_key_may_have_its_public_one_behind_it(length: int) -> None:
    raw = (bytes(range(32)) + PRIVATE.public_key().public_bytes_raw())[:length]

    assert public_key("whsk_" + base64.b64encode(raw).decode()) == public_key(KEY)


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        ("hunter2", "a secret must begin with whsec_ or whsk_; leave it out and one is made"),
        ("whsec_c2hvcnQ=", "a secret whsec_… must hold 24 to 64 bytes, not 5; leave it out and one is made"),
        ("whsec_???", "what follows the prefix of a secret must be Base64"),
        ("whsk_c2hvcnQ=", "a secret whsk_… must hold an Ed25519 key of 32 bytes, not 5"),
    ],
)
def test_what_cannot_sign_is_refused(secret: str, complaint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_secret(secret)

    assert refused.value.message == complaint
