"""Signatures of outgoing webhooks: Standard Webhooks, symmetric (v1) and with Ed25519 (v1a).

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import InvalidInput

SYMMETRIC = "whsec_"
PRIVATE = "whsk_"
PUBLIC = "whpk_"
_KEY_BYTES = 32


def new_secret() -> str:
    """A random symmetric secret."""
    return SYMMETRIC + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def public_key(secret: str) -> str:
    """What a receiver checks the signatures of a private key with."""
    raw = _private(secret).public_key().public_bytes_raw()
    return PUBLIC + base64.b64encode(raw).decode()


def check_secret(secret: str) -> None:
    """Refuse what cannot sign.

    Raises:
        InvalidInput: it is neither `whsec_` with 24 to 64 bytes nor `whsk_` with an Ed25519 key, in Base64.
    """
    _sign(secret, b"")


def signed_headers(secrets: Sequence[str], *, id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a webhook, with a signature for each of the secrets.

    Raises:
        InvalidInput: a secret cannot sign.
    """
    stamp = str(int(at.timestamp()))
    content = b".".join((id.encode(), stamp.encode(), body))
    headers = {"webhook-id": id, "webhook-timestamp": stamp}
    if secrets:
        headers["webhook-signature"] = " ".join(_sign(secret, content) for secret in secrets)
    return headers


def _sign(secret: str, content: bytes) -> str:
    if secret.startswith(PRIVATE):
        return "v1a," + base64.b64encode(_private(secret).sign(content)).decode()
    if not secret.startswith(SYMMETRIC):
        raise InvalidInput(f"a secret must begin with {SYMMETRIC} or {PRIVATE}; leave it out and one is made")
    key = _decoded(secret.removeprefix(SYMMETRIC))
    if not 24 <= len(key) <= 64:
        raise InvalidInput(
            f"a secret {SYMMETRIC}… must hold 24 to 64 bytes, not {len(key)}; leave it out and one is made"
        )
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def _private(secret: str) -> Ed25519PrivateKey:
    raw = _decoded(secret.removeprefix(PRIVATE))
    # Some write the public key behind the private one, as libsodium does.
    if len(raw) not in (32, 64):
        raise InvalidInput(f"a secret {PRIVATE}… must hold an Ed25519 key of 32 bytes, not {len(raw)}")
    return Ed25519PrivateKey.from_private_bytes(raw[:32])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise InvalidInput("what follows the prefix of a secret must be Base64") from error
