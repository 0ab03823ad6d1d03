"""The OpenID provider of an organisation: its bearer tokens (JWT) are checked with the keys it publishes.

Keys are read when they are first needed, again after an hour, and at once for a token whose key is not known yet, so
the provider may rotate them at any time; while it does not answer the keys that are known go on to count.
Source: OpenID Connect Discovery 1.0; RFC 7517, RFC 8725 (which algorithms may be trusted).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
import jwt
import structlog

from app.auth.claims import ClaimRules, ScopeClaims, caller_of_claims
from app.auth.model import Credential, Proof, is_loopback
from app.errors import InvalidInput, NotAuthenticated, Unavailable
from app.settings import Settings

_DISCOVERY = "/.well-known/openid-configuration"
# Only what a public key checks: with a shared secret, the key we published would be the secret.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_REQUIRED = ("iss", "aud", "exp", "sub")
_KEPT_SECONDS = 3_600
_AGAIN_AFTER_SECONDS = 10
_TIMEOUT_SECONDS = 5
_MAX_BYTES = 1_000_000
# The last second that a datetime holds: a provider may say any number.
_FAR = 253_402_300_799
_log = structlog.get_logger(__name__)


class OpenIdProvider:
    """Checks tokens of one issuer that are meant for one audience. Safe to share between tasks."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        rules: ClaimRules,
        skew_seconds: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._rules = rules
        self._skew_seconds = skew_seconds
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._read_at: float | None = None

    async def proof_of(self, token: str) -> Proof:
        """The bearer of a token, and until when it is good.

        Raises:
            NotAuthenticated: the token is not good; the sentence says why.
            NotAllowed: its claims grant no role.
            Unavailable: the provider did not say with which keys it signs.
        """
        claims = await self._claims_of(token)
        ends = datetime.fromtimestamp(min(int(claims["exp"]), _FAR), UTC)
        return Proof(caller_of_claims(claims, self._rules), Credential.OPENID, expires_at=ends)

    async def _claims_of(self, token: str) -> dict[str, Any]:
        key = await self._key(_key_id(token))
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(_ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._skew_seconds,
                options={"require": list(_REQUIRED)},
            )
        except jwt.ExpiredSignatureError as error:
            raise NotAuthenticated("the token expired; sign in again") from error
        except jwt.InvalidAudienceError as error:
            raise NotAuthenticated(f"the token is not meant for {self._audience!r}; ask for one that is") from error
        except jwt.InvalidIssuerError as error:
            raise NotAuthenticated(f"the token is not one of {self._issuer}; use one of its tokens") from error
        except jwt.InvalidTokenError as error:
            raise NotAuthenticated(f"the token is not good ({error}); sign in again") from error
        return claims

    async def _key(self, id: str | None) -> jwt.PyJWK:
        if self._is_stale(id):
            async with self._lock:
                if self._is_stale(id):  # nobody has read them while we waited
                    await self._read_keys()
        key = self._keys.get(id) or (next(iter(self._keys.values())) if id is None and len(self._keys) == 1 else None)
        if key is None:
            raise NotAuthenticated(f"the token is signed with a key that {self._issuer} does not publish")
        return key

    def _is_stale(self, id: str | None) -> bool:
        if self._read_at is None:
            return True
        age = self._clock() - self._read_at
        # Whoever makes key ids up must not make us ask all the time.
        return age > _KEPT_SECONDS or (id is not None and id not in self._keys and age > _AGAIN_AFTER_SECONDS)

    async def _read_keys(self) -> None:
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as http:
                about = await _document(http, f"{self._issuer.rstrip('/')}{_DISCOVERY}")
                if about.get("issuer") != self._issuer:
                    raise Unavailable(f"UNDERPIN_OIDC_ISSUER is {self._issuer}, but calls itself {about.get('issuer')}")
                published = jwt.PyJWKSet.from_dict(dict(await _document(http, str(about.get("jwks_uri")))))
        except (httpx2.HTTPError, httpx2.InvalidURL, jwt.PyJWTError, ValueError, Unavailable) as error:
            if not self._keys:
                raise Unavailable(f"{self._issuer} does not tell its keys ({error}); try again later") from error
            _log.warning("the OpenID provider does not tell its keys; the known ones go on", reason=str(error))
        else:
            self._keys = {key.key_id: key for key in published.keys if key.public_key_use in (None, "sig")}
        self._read_at = self._clock()


def openid_provider(settings: Settings) -> OpenIdProvider | None:
    """The provider that the settings name, if they do.

    Raises:
        InvalidInput: they do not say for whom its tokens must be meant, name an unknown role, or trust keys that
            anybody on the way could have changed.
    """
    if settings.oidc_issuer is None:
        return None
    address = urlsplit(settings.oidc_issuer)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        raise InvalidInput(f"UNDERPIN_OIDC_ISSUER must begin with https://, not {settings.oidc_issuer!r:.200}")
    if not settings.oidc_audience:
        raise InvalidInput("UNDERPIN_OIDC_ISSUER needs UNDERPIN_OIDC_AUDIENCE: for whom its tokens must be meant")
    scope = ScopeClaims(settings.oidc_teams_claim, settings.oidc_labels_claim, settings.oidc_organisations_claim)
    rules = ClaimRules.of(
        roles_claim=settings.oidc_roles_claim,
        name_claim=settings.oidc_name_claim,
        roles=settings.oidc_roles,
        scope=scope,
    )
    return OpenIdProvider(
        settings.oidc_issuer, settings.oidc_audience, rules=rules, skew_seconds=settings.oidc_skew_seconds
    )


def _key_id(token: str) -> str | None:
    try:
        id = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated("the token is neither one of ours nor a signed JWT; check it") from error
    return id if isinstance(id, str) else None


async def _document(http: httpx2.AsyncClient, url: str) -> Mapping[str, Any]:
    answer = await http.get(url)
    answer.raise_for_status()
    document = answer.json() if len(answer.content) <= _MAX_BYTES else None
    if not isinstance(document, dict):
        raise ValueError(f"{url} holds no JSON object of at most {_MAX_BYTES:,} bytes")
    return document
