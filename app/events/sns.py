"""Amazon SNS: the envelope in which it delivers, and whether Amazon signed it. Pure.

Source: "Verifying the signatures of Amazon SNS messages", versions 1 (SHA-1) and 2 (SHA-256).
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from app.errors import InvalidInput, NotAuthenticated
from app.events.fields import parsed_json, text_of

CONFIRMATION = "SubscriptionConfirmation"
NOTIFICATION = "Notification"
OF_AN_EMULATOR = "if it is an emulator's, name its host and port in UNDERPIN_SNS_HOSTS"
_AMAZON = re.compile(r"sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?")
_TYPES = (NOTIFICATION, CONFIRMATION, "UnsubscribeConfirmation")
# Version 1 signs with SHA-1: what Amazon still sends unless the topic is set to version 2.
_ALGORITHMS = {"1": SHA1(), "2": SHA256()}  # noqa: S303
_SIGNED = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def envelope_of(body: bytes) -> Mapping[str, Any] | None:
    """The envelope of a body; `None` if it is none."""
    try:
        value = parsed_json(body)
    except InvalidInput:
        return None
    return value if isinstance(value, Mapping) and value.get("Type") in _TYPES and "TopicArn" in value else None


def certificate_url(envelope: Mapping[str, Any], hosts: frozenset[str]) -> str:
    """Where the certificate lies; `hosts` are names with ports of an emulator, trusted like Amazon's own.

    Raises:
        NotAuthenticated: somewhere that is not Amazon's.
    """
    # A Lambda wrapper spells it otherwise.
    url = text_of(envelope.get("SigningCertURL") or envelope.get("SigningCertUrl"))
    if not is_trusted(url, hosts) or not urlsplit(url).path.endswith(".pem"):
        raise NotAuthenticated(f"SigningCertURL {url!r:.200} is not a certificate of Amazon SNS; {OF_AN_EMULATOR}")
    return url


def is_trusted(url: str, hosts: frozenset[str]) -> bool:
    """Whether an address is one of Amazon SNS by https, or of a named host."""
    try:
        parts = urlsplit(url)
        return parts.netloc in hosts or (
            parts.scheme == "https" and parts.port in (None, 443) and bool(_AMAZON.fullmatch(parts.hostname or ""))
        )
    except ValueError:
        return False


def verify(envelope: Mapping[str, Any], certificate: bytes) -> None:
    """Hold an envelope to its signature.

    Raises:
        NotAuthenticated: it does not hold, or the certificate is none.
    """
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        signature = b64decode(text_of(envelope.get("Signature")), validate=True)
        if not isinstance(key, RSAPublicKey):
            raise NotAuthenticated("the certificate of this SNS message holds no RSA key")
        algorithm = _ALGORITHMS.get(text_of(envelope.get("SignatureVersion")))
        if algorithm is None:
            raise NotAuthenticated("SignatureVersion of an SNS message must be 1 or 2")
        key.verify(signature, signed_text(envelope).encode(), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError) as error:
        raise NotAuthenticated("the signature of this SNS message does not hold") from error


def signed_text(envelope: Mapping[str, Any]) -> str:
    """What is signed: some fields, each with its name, a line each."""
    names = _SIGNED if envelope.get("Type") == NOTIFICATION else _SIGNED_CONFIRMATION
    told = ((name, envelope[name]) for name in names if envelope.get(name) is not None)
    return "".join(f"{name}\n{value}\n" for name, value in told)
