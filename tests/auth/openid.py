"""An OpenID provider on loopback: it publishes its keys over HTTP and signs whatever a test wants signed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.http_server import served

AUDIENCE = "underpin"


@dataclass(slots=True)
class Provider:
    """The provider; `asked` counts how often its keys were read, and while it is `away` it answers nothing."""

    url: str = ""
    keys: dict[str, RSAPrivateKey] = field(default_factory=dict)
    asked: int = 0
    away: bool = False

    def rotate(self, id: str) -> None:
        """Sign with another key from now on; those before are gone."""
        self.keys = {id: generate_private_key(65_537, 2_048)}

    def token(self, **claims: object) -> str:
        """A good token for five minutes, but for these claims; `None` leaves one out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "u-1", "iat": now, "exp": now + 300, "roles": ["reader"]}
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        ((id, key),) = self.keys.items()
        return jwt.encode(said, key, "RS256", headers={"kid": id})

    async def discovery(self, request: Request) -> Response:
        if self.away:
            return Response(status_code=503)
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def published(self, request: Request) -> Response:
        self.asked += 1
        keys: list[dict[str, Any]] = [
            orjson.loads(RSAAlgorithm.to_jwk(key.public_key())) | {"kid": id, "use": "sig", "alg": "RS256"}
            for id, key in self.keys.items()
        ]
        return JSONResponse({"keys": keys})


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider with the key `first`."""
    provider = Provider()
    provider.rotate("first")
    routes = [
        Route("/.well-known/openid-configuration", provider.discovery),
        Route("/keys", provider.published),
    ]
    with served(Starlette(routes=routes)) as url:
        provider.url = url
        yield provider
