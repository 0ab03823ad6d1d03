"""Amazon SNS: believed by its signature alone, for the topics we were told of, and confirmed once it is believed."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from fastapi.responses import Response
from pydantic import SecretStr
from structlog.testing import capture_logs

from app.database.client import Connection
from app.errors import NotAllowed, NotAuthenticated
from app.events.delivery import Delivery
from app.events.sns import certificate_url, signed_text
from app.web.sns import SnsGate
from tests.events.sources.reading import captured
from tests.http_server import served
from tests.service import emptied, running

TOPIC = "arn:aws:sns:eu-central-1:1:alarms"
KEY = rsa.generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.emulator")])
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(1)
    .not_valid_before(NOW)
    .not_valid_after(NOW + timedelta(days=3650))
    .sign(KEY, SHA256())
    .public_bytes(Encoding.PEM)
)


class Emulator:
    """Where certificates lie and subscriptions are confirmed; it counts what it is asked."""

    def __init__(self, url: str, asked: list[str]) -> None:
        self.url = url
        self.asked = asked

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def gate(self, *topics: str, clock: Callable[[], float] = lambda: 0.0) -> SnsGate:
        return SnsGate(topics, [self.host], clock)

    def message(self, version: str = "2", *, says: str = "{}", **changed: str) -> dict[str, str]:
        """A message that says this, signed as SNS does, then changed."""
        told = {
            "Type": "Notification",
            "MessageId": "m-1",
            "TopicArn": TOPIC,
            "Subject": "ALARM",
            "Message": says,
            "Timestamp": "2026-11-25T10:00:01.000Z",
            "SignatureVersion": version,
            "SigningCertURL": f"{self.url}/certificate.pem",
        }
        if changed.get("Type") == "SubscriptionConfirmation":
            told |= {"Type": changed.pop("Type"), "Token": "t", "SubscribeURL": f"{self.url}/confirm"}
        algorithm = SHA256() if version == "2" else SHA1()
        signature = KEY.sign(signed_text(told).encode(), PKCS1v15(), algorithm)
        return {**told, "Signature": b64encode(signature).decode(), **changed}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    asked: list[str] = []
    async with served(_application(asked)) as url:
        yield Emulator(url, asked)


def _application(asked: list[str]) -> FastAPI:
    app = FastAPI()

    @app.get("/{path}")
    async def answer(path: str) -> Response:
        asked.append(path)
        return Response(CERTIFICATE)

    return app


def delivered(message: object) -> Delivery:
    return Delivery("cloudwatch", json.dumps(message).encode(), NOW)


@pytest.mark.parametrize("version", ["1", "2"])
async def test_what_is_signed_for_a_topic_of_ours_is_let_in(emulator: Emulator, version: str) -> None:
    gate = emulator.gate(TOPIC)

    assert await gate.admits(delivered(emulator.message(version)))
    assert await gate.admits(delivered(emulator.message(version)))
    assert emulator.asked == ["certificate.pem"]


async def test_a_certificate_is_fetched_again_once_it_is_an_hour_old(emulator: Emulator) -> None:
    now = [0.0]
    gate = emulator.gate(TOPIC, clock=lambda: now[0])

    for seconds in (0.0, 3_000.0, 4_000.0, 4_010.0, 7_000.0):
        now[0] = seconds
        assert await gate.admits(delivered(emulator.message()))

    assert len(emulator.asked) == 2


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "SignatureVersion", "Signature"])
async def test_what_was_altered_is_refused(emulator: Emulator, field: str) -> None:
    altered = emulator.message(**{field: "1" if field == "SignatureVersion" else "b3RoZXI="})

    with pytest.raises(NotAuthenticated, match="does not hold"):
        await emulator.gate(TOPIC).admits(delivered(altered))


async def test_another_topic_is_refused_before_anything_is_fetched(emulator: Emulator) -> None:
    with pytest.raises(NotAllowed, match="UNDERPIN_SNS_TOPICS"):
        await emulator.gate("arn:aws:sns:eu-central-1:1:other").admits(delivered(emulator.message()))

    assert emulator.asked == []


async def test_a_subscription_is_confirmed_once_its_signature_holds(emulator: Emulator) -> None:
    gate = emulator.gate(TOPIC)
    right = emulator.message(Type="SubscriptionConfirmation")

    with pytest.raises(NotAuthenticated):
        await gate.admits(delivered({**right, "Token": "another"}))
    assert "confirm" not in emulator.asked

    assert await gate.admits(delivered(right))
    assert emulator.asked == ["certificate.pem", "confirm"]


async def test_what_is_no_message_of_sns_is_left_to_other_checks(emulator: Emulator) -> None:
    assert not await emulator.gate(TOPIC).admits(delivered({"AlarmName": "x"}))
    assert not await emulator.gate().admits(delivered(emulator.message()))


def test_over_http_the_signature_alone_lets_an_alarm_in_and_an_altered_one_is_refused(connection: Connection) -> None:
    asked: list[str] = []
    with served(_application(asked)) as url:
        emulator = Emulator(url, asked)
        with running(
            emptied(connection),
            local_mode=False,
            sns_topics=[TOPIC],
            sns_hosts=[emulator.host],
            webhook_answer_seconds=10,
        ) as service:
            sender = service.client().http
            signed = emulator.message(says=captured("cloudwatch")[0]["Message"])
            messages = [emulator.message(Type="SubscriptionConfirmation"), signed, {**signed, "Message": "{}"}]

            answers = [sender.post("/webhooks/cloudwatch", content=json.dumps(one)) for one in messages]

    assert [one.status_code for one in answers] == [200, 200, 401]
    assert [one.json()["stored"] for one in answers[:2]] == [0, 1]
    assert asked == ["certificate.pem", "confirm"]


def test_what_sns_delivers_raw_is_asked_for_the_password_of_its_url(connection: Connection) -> None:
    secrets = {"cloudwatch": [SecretStr("s3cret")]}
    with running(
        emptied(connection), local_mode=False, sns_topics=[TOPIC], webhook_secrets=secrets, webhook_answer_seconds=10
    ) as service:
        sender, raw = service.client().http, captured("cloudwatch")[0]["Message"]
        with capture_logs() as logs:
            refused = sender.post("/webhooks/cloudwatch", content=raw)
        # As SNS does: without the password until it is asked for it.
        taken = sender.post("/webhooks/cloudwatch", content=raw, auth=("sns", "s3cret"))

    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Basic realm="underpin"')
    assert "as the password in the URL; SNS needs neither once UNDERPIN_SNS_TOPICS" in refused.json()["detail"]
    assert refused.json()["detail"] in [entry.get("reason") for entry in logs]
    assert (taken.status_code, taken.json()["stored"]) == (200, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/x.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/x.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/x.pem",
        "https://sns.eu-central-1.amazonaws.com/x.txt",
        "https://[broken/x.pem",
        "",
    ],
)
def test_a_certificate_that_is_not_amazons_is_refused(url: str) -> None:
    with pytest.raises(NotAuthenticated, match=r"is not a certificate of Amazon SNS.* in UNDERPIN_SNS_HOSTS"):
        certificate_url({"SigningCertURL": url}, frozenset())


def test_a_certificate_of_amazon_is_taken_in_every_region() -> None:
    for host in ("sns.eu-central-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"):
        url = f"https://{host}/SimpleNotificationService-1.pem"
        assert certificate_url({"SigningCertUrl": url}, frozenset()) == url
