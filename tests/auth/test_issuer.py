"""Tokens of an OpenID provider: good ones name their bearer, and nothing else gets in."""

import time
from collections.abc import Iterator

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from app.auth.claims import ClaimRules
from app.auth.issuer import OpenIdProvider, openid_provider
from app.auth.model import Caller, Role
from app.errors import InvalidInput, NotAllowed, NotAuthenticated, Unavailable
from app.settings import Settings
from tests.auth.openid import AUDIENCE, Provider, providing


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as one:
        yield one


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def checking(provider: Provider, clock: Clock | None = None) -> OpenIdProvider:
    rules = ClaimRules(name_claim="sub")
    return OpenIdProvider(provider.url, AUDIENCE, rules=rules, skew_seconds=60, clock=clock or Clock())


async def test_a_good_token_names_its_bearer_and_keys_are_read_once(provider: Provider) -> None:
    checks = checking(provider)

    found = [await checks.proof_of(provider.token(aud=["other", AUDIENCE])) for _ in range(3)]

    assert [one.caller for one in found] == [Caller("u-1", Role.READER)] * 3
    assert provider.asked == 1


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": int(time.time()) - 61}, "expired"),
        ({"exp": None}, "exp"),
        ({"nbf": int(time.time()) + 3_600}, "not yet valid"),
        ({"aud": "another"}, "not meant for 'underpin'"),
        ({"aud": None}, "aud"),
        ({"iss": "https://evil.example"}, "not one of"),
        ({"sub": None}, "sub"),
    ],
)
async def test_a_token_that_is_not_good_lets_nobody_in(provider: Provider, claims: dict[str, object], why: str) -> None:
    with pytest.raises(NotAuthenticated, match=why):
        await checking(provider).proof_of(provider.token(**claims))


async def test_clocks_may_differ_a_little(provider: Provider) -> None:
    now = int(time.time())

    late = await checking(provider).proof_of(provider.token(exp=now - 30, nbf=now + 30, iat=now + 30))

    assert late.caller.role is Role.READER


async def test_what_the_provider_did_not_sign_lets_nobody_in(provider: Provider) -> None:
    good = provider.token()
    head, body, signature = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    public = provider.keys["first"].public_key().public_numbers().n.to_bytes(256, "big")
    forged = [
        jwt.encode(claims, "", "none", headers={"kid": "first"}),
        jwt.encode(claims, public, "HS256", headers={"kid": "first"}),
        jwt.encode(claims, generate_private_key(65_537, 2_048), "RS256", headers={"kid": "first"}),
        f"{head}.{jwt.utils.base64url_encode(b'{}').decode()}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        "a.b.c",
        "",
    ]
    checks = checking(provider)

    for one in forged:
        with pytest.raises(NotAuthenticated):
            await checks.proof_of(one)


async def test_a_rotated_key_is_read_at_once_but_made_up_ones_do_not_make_us_ask_all_the_time(
    provider: Provider,
) -> None:
    clock = Clock()
    checks = checking(provider, clock)
    before = provider.token()
    await checks.proof_of(before)
    clock.now = 11
    provider.rotate("second")

    assert (await checks.proof_of(provider.token())).caller.name == "u-1"
    for token in (before, before, before):
        with pytest.raises(NotAuthenticated, match="does not publish"):
            await checks.proof_of(token)
    assert provider.asked == 2


async def test_while_the_provider_is_away_the_known_keys_go_on_and_without_any_nobody_is_let_in(
    provider: Provider,
) -> None:
    clock = Clock()
    checks = checking(provider, clock)
    await checks.proof_of(provider.token())
    provider.away, clock.now = True, 4_000

    assert (await checks.proof_of(provider.token())).caller.name == "u-1"
    with pytest.raises(Unavailable, match="does not tell its keys"):
        await checking(provider).proof_of(provider.token())


async def test_a_provider_that_calls_itself_otherwise_is_not_trusted(provider: Provider) -> None:
    checks = OpenIdProvider(f"{provider.url}/", AUDIENCE, rules=ClaimRules(), skew_seconds=0)

    with pytest.raises(Unavailable, match="calls itself"):
        await checks.proof_of(provider.token())


async def test_a_token_without_a_role_is_known_and_may_do_nothing(provider: Provider) -> None:
    with pytest.raises(NotAllowed, match="'u-1' grants no role"):
        await checking(provider).proof_of(provider.token(roles=[]))


def test_settings_that_would_let_others_in_are_refused() -> None:
    with pytest.raises(InvalidInput, match="UNDERPIN_OIDC_AUDIENCE"):
        openid_provider(Settings(oidc_issuer="https://login.example"))
    with pytest.raises(InvalidInput, match="https"):
        openid_provider(Settings(oidc_issuer="http://login.example", oidc_audience=AUDIENCE))
    assert openid_provider(Settings()) is None
