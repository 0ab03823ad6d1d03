"""Claims: what a verified token of an OpenID provider says of its bearer, and the role and scope that follow. Pure.

Threat: a claim that should limit a caller and is not in the token, or says nothing we can read, shows them nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.auth.model import Caller, Permission, Role
from app.auth.scope import Scope, scope_of
from app.errors import InvalidInput, NotAllowed

Claims = Mapping[str, object]
MAX_NAME = 200
EVERYTHING = "*"
"""The value of a claim that lifts the limits of a scope."""
_BY_NAME = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class ScopeClaims:
    """The claims that list a caller's teams, labels (`name=value`) and organisations; `None` where none does."""

    teams: str | None = None
    labels: str | None = None
    organisations: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """How claims are read: `name_claim` is what a caller is called (else `sub`), `roles_claim` lists what they are,
    where a dot leads into an object, and `roles` are the roles by the values of that claim. `scope` names the claims
    that limit what callers see; without any they see everything."""

    roles_claim: str = "roles"
    name_claim: str = "preferred_username"
    roles: Mapping[str, Role] = field(default_factory=lambda: _BY_NAME)
    scope: ScopeClaims = ScopeClaims()

    @classmethod
    def of(
        cls, *, roles_claim: str, name_claim: str, roles: Mapping[str, str], scope: ScopeClaims = ScopeClaims()
    ) -> "ClaimRules":
        """The rules with roles by their words; without any the values of the claim are the words.

        Raises:
            InvalidInput: a word is no role.
        """
        unknown = sorted(set(roles.values()) - _BY_NAME.keys())
        if unknown:
            words = ", ".join(_BY_NAME)
            raise InvalidInput(f"UNDERPIN_OIDC_ROLES gives the role {unknown[0]!r}, which is unknown; use {words}")
        by_value = {value: _BY_NAME[word] for value, word in roles.items()} or _BY_NAME
        return cls(roles_claim, name_claim, by_value, scope)


def caller_of_claims(claims: Claims, rules: ClaimRules) -> Caller:
    """The bearer, with the role of theirs that may do most, and the scope that limits what they see.

    Raises:
        NotAllowed: the claims grant no role.
    """
    name = _text(claims.get(rules.name_claim)) or _text(claims.get("sub"))
    granted = {rules.roles[value] for value in _values(claims, rules.roles_claim) if value in rules.roles}
    if not granted:
        raise NotAllowed(
            f"the token of {name!r} grants no role; its claim {rules.roles_claim!r} must hold one of "
            f"{', '.join(sorted(rules.roles))}"
        )
    return Caller(name, _together(granted), _scope(claims, rules.scope))


def _scope(claims: Claims, named: ScopeClaims) -> Scope | None:
    teams, labels, organisations = (
        _values(claims, claim) if claim else [] for claim in (named.teams, named.labels, named.organisations)
    )
    if named == ScopeClaims() or EVERYTHING in (*teams, *labels, *organisations):
        return None
    return scope_of(teams, labels, organisations)


def _together(roles: set[Role]) -> Role:
    """The least role that may do what these may together."""
    wanted = frozenset[Permission]().union(*(role.permissions for role in roles))
    return min((role for role in Role if wanted <= role.permissions), key=lambda role: len(role.permissions))


def _values(claims: Claims, path: str) -> list[str]:
    found: object = claims
    # A claim may be called by a whole URL, with dots that lead nowhere.
    if path in claims:
        found = claims[path]
    else:
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return found.split()
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _text(value: object) -> str:
    """A name as the log and the history show it."""
    return "".join(filter(str.isprintable, value)).strip()[:MAX_NAME] if isinstance(value, str) else ""
