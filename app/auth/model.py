"""Permissions, the roles that grant them, callers, and what they are known by: access tokens, proofs and sessions."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from ipaddress import ip_address

from app.auth.scope import Scope
from app.errors import NotAllowed


class Permission(Enum):
    """What a use case asks for; the value completes "may not …"."""

    READ = "read"
    OPERATE = "report events or plan maintenance"
    EDIT = "change the inventory or the objectives"
    ADMINISTER = "administer"


class Role(Enum):
    """What a token grants; the value is its word everywhere outside."""

    READER = "reader"
    OPERATOR = "operator"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What callers with this role may do."""
        return _GRANTED[self]


_GRANTED = {
    Role.READER: frozenset({Permission.READ}),
    Role.OPERATOR: frozenset({Permission.READ, Permission.OPERATE}),
    Role.EDITOR: frozenset({Permission.READ, Permission.EDIT}),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `name` is what the journal and the log say. Without a scope they see everything."""

    name: str
    role: Role
    scope: Scope | None = None

    def require(self, permission: Permission) -> None:
        """Let the caller pass.

        Raises:
            NotAllowed: the role does not grant it; the sentence names the roles that do.
        """
        if permission in self.role.permissions:
            return
        granting = " or ".join(role.value for role in Role if permission in role.permissions)
        raise NotAllowed(
            f"{self.name!r} has the role {self.role.value} and may not {permission.value}; "
            f"use a token with the role {granting}"
        )

    def require_everything(self, what: str) -> None:
        """Let the caller pass to what tells of the whole estate, or changes it.

        Raises:
            NotAllowed: a scope limits what they see.
        """
        if self.scope is not None:
            raise NotAllowed(
                f"{self.name!r} sees only a part of the estate, and {what} is not limited to parts; "
                "use a token without a scope"
            )


LOCAL_ADMINISTRATOR = Caller("local", Role.ADMIN)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A stored token without its secret; times are UTC, `last_used_at` is exact to a minute."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    scope: Scope | None = None


class Credential(Enum):
    """What a caller may be known by: a token that is stored, the one of the settings, or one of the OpenID provider."""

    STORED = "stored"
    CONFIGURED = "configured"
    OPENID = "openid"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a caller has shown, the id of the token if it is one of ours, and until when it is good."""

    caller: Caller
    credential: Credential
    token_id: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A caller who has logged in with a proof, without the session's secret; times are UTC.

    `expires_at` is its end whatever is done with it, `used_at` is exact to a tenth of how long it may be idle.
    """

    id: str
    caller: Caller
    credential: Credential
    token_id: str | None
    opened_at: datetime
    expires_at: datetime
    used_at: datetime


def is_loopback(host: str) -> bool:
    """Whether a listening address or a Host name stays on this machine; IPv6 with or without brackets.

    A wildcard address does not, and neither does any name but `localhost`: it may resolve to anything.
    """
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
