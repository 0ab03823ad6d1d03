"""Claims: what a verified token of an OpenID provider says of its bearer, and the role that follows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.auth.model import Caller, Permission, Role
from app.errors import InvalidInput, NotAllowed

Claims = Mapping[str, object]
MAX_NAME = 200
_BY_NAME = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """How claims are read: `name_claim` is what a caller is called (else `sub`), `roles_claim` lists what they are,
    where a dot leads into an object, and `roles` are the roles by the values of that claim."""

    roles_claim: str = "roles"
    name_claim: str = "preferred_username"
    roles: Mapping[str, Role] = field(default_factory=lambda: _BY_NAME)

    @classmethod
    def of(cls, *, roles_claim: str, name_claim: str, roles: Mapping[str, str]) -> "ClaimRules":
        """The rules with roles by their words; without any the values of the claim are the words.

        Raises:
            InvalidInput: a word is no role.
        """
        unknown = sorted(set(roles.values()) - _BY_NAME.keys())
        if unknown:
            words = ", ".join(_BY_NAME)
            raise InvalidInput(f"UNDERPIN_OIDC_ROLES gives the role {unknown[0]!r}, which is unknown; use {words}")
        return cls(roles_claim, name_claim, {value: _BY_NAME[word] for value, word in roles.items()} or _BY_NAME)


def caller_of_claims(claims: Claims, rules: ClaimRules) -> Caller:
    """The bearer, with the role of theirs that may do most.

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
    return Caller(name, _together(granted))


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
