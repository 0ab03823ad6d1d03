"""Signatures: whether a body comes from somebody who knows a secret (HMAC-SHA256). Pure.

What is signed is the body as it arrived: verify before anything parses it.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from app.errors import InvalidInput, NotAuthenticated
from app.events.delivery import Delivery, Signature
from app.events.fields import epoch, instant

TOLERANCE_SECONDS = 300
Encoding = Literal["hex", "base64"]


def whole_body(delivery: Delivery) -> bytes:
    """What most senders sign: the body and nothing else."""
    return delivery.body


def hmac_signature(
    header: str,
    *,
    scheme: Callable[[Delivery], bytes] = whole_body,
    prefix: str = "",
    encoding: Encoding = "hex",
    separator: str | None = None,
    timestamp_header: str | None = None,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> Signature:
    """An HMAC-SHA256 in a header, of the bytes that `scheme` puts together.

    `prefix` stands before the digest, as in `v1=ab12…`; what begins otherwise is another scheme and is passed over.
    `separator`: the header may hold several signatures, while the sender changes its secret, of which one must fit.
    With a `timestamp_header`, which the scheme has to cover, a delivery that was signed longer ago is a replay.
    """
    name = header.lower()
    clock = timestamp_header.lower() if timestamp_header else None

    def verify(delivery: Delivery, secrets: Sequence[bytes]) -> None:
        written = delivery.headers.get(name, "")
        parts = [part.strip() for part in (written.split(separator) if separator else [written])]
        given = [part.removeprefix(prefix) for part in parts if part.startswith(prefix) and part != prefix]
        if not given:
            raise NotAuthenticated(f"the header {header} must hold {prefix}<HMAC-SHA256 in {encoding}>")
        if clock:
            _refuse_stale(delivery, clock, tolerance_seconds)
        content = scheme(delivery)
        if not any(_equal(one, _digest(secret, content, encoding), encoding) for secret in secrets for one in given):
            raise NotAuthenticated(f"the signature in {header} fits no secret of the source {delivery.source!r}")

    return Signature(name, verify)


def _digest(secret: bytes, content: bytes, encoding: Encoding) -> bytes:
    digest = hmac.digest(secret, content, "sha256")
    return digest.hex().encode() if encoding == "hex" else b64encode(digest)


def _equal(given: str, expected: bytes, encoding: Encoding) -> bool:
    text = given.lower() if encoding == "hex" else given
    return hmac.compare_digest(text.encode(errors="replace"), expected)


def _refuse_stale(delivery: Delivery, header: str, tolerance_seconds: int) -> None:
    age = abs(delivery.received_at - _signed_at(delivery.headers.get(header), header))
    if age > timedelta(seconds=tolerance_seconds):
        raise NotAuthenticated(
            f"the header {header} is more than {tolerance_seconds} s from our clock; set both clocks, then send anew"
        )


def _signed_at(value: str | None, header: str) -> datetime:
    try:
        return epoch(value, header)
    except InvalidInput:
        pass
    try:
        return instant(value, header)
    except InvalidInput as error:
        raise NotAuthenticated(error.message) from error
