"""Claims of a verified token become a caller with a role, or nobody."""

import pytest

from app.auth.claims import ClaimRules, Claims, ScopeClaims, caller_of_claims
from app.auth.model import Caller, Role
from app.auth.scope import Scope, scope_of
from app.errors import InvalidInput, NotAllowed

GROUPS = ClaimRules.of(
    roles_claim="realm_access.roles", name_claim="email", roles={"ops": "operator", "cmdb": "editor", "all": "admin"}
)


def role_of(*values: str) -> Role:
    return caller_of_claims({"sub": "u-1", "realm_access": {"roles": [*values]}}, GROUPS).role


def test_the_values_of_a_claim_are_roles_if_nothing_else_was_said() -> None:
    rules = ClaimRules.of(roles_claim="roles", name_claim="preferred_username", roles={})

    assert caller_of_claims({"sub": "u-1", "roles": "editor"}, rules) == Caller("u-1", Role.EDITOR)


def test_a_caller_is_called_by_the_claim_that_names_them() -> None:
    claims: Claims = {"sub": "u-1", "email": " ada@bank.example\n", "realm_access": {"roles": ["ops", "other"]}}

    assert caller_of_claims(claims, GROUPS) == Caller("ada@bank.example", Role.OPERATOR)


def test_who_has_several_roles_may_do_what_all_of_them_may_do() -> None:
    assert role_of("ops") is Role.OPERATOR
    # Only an administrator may both edit and operate.
    assert role_of("ops", "cmdb") is Role.ADMIN
    assert role_of("cmdb", "all") is Role.ADMIN


def test_a_claim_that_is_called_by_a_url_is_read_as_it_stands() -> None:
    rules = ClaimRules.of(roles_claim="https://bank.example/roles", name_claim="sub", roles={})

    assert caller_of_claims({"sub": "u", "https://bank.example/roles": ["reader"]}, rules).role is Role.READER


@pytest.mark.parametrize("roles", [[], ["nobody"], "nobody", None, 7, {"ops": True}, [["ops"]]])
def test_who_is_granted_nothing_may_do_nothing(roles: object) -> None:
    with pytest.raises(NotAllowed, match="grants no role"):
        caller_of_claims({"sub": "u-1", "realm_access": {"roles": roles}}, GROUPS)


def test_an_unknown_role_is_refused_when_the_settings_are_read() -> None:
    with pytest.raises(InvalidInput, match="the role 'boss'"):
        ClaimRules.of(roles_claim="roles", name_claim="sub", roles={"x": "boss"})


def scope_by(claims: Claims, **named: str) -> Scope | None:
    rules = ClaimRules.of(roles_claim="roles", name_claim="sub", roles={}, scope=ScopeClaims(**named))
    return caller_of_claims({"sub": "u-1", "roles": "reader", **claims}, rules).scope


def test_claims_limit_a_caller_to_teams_labels_and_organisations() -> None:
    claims: Claims = {"groups": ["pay", "shop"], "see": {"labels": "env=prod tier=gold"}, "org": "acme"}

    scope = scope_by(claims, teams="groups", labels="see.labels", organisations="org")

    assert scope == scope_of(["pay", "shop"], ["env=prod", "tier=gold"], ["acme"])


def test_without_a_claim_that_limits_everything_is_seen() -> None:
    assert scope_by({"groups": ["pay"]}) is None
    assert scope_by({"groups": ["pay", "*"]}, teams="groups") is None


@pytest.mark.parametrize("value", [None, [], {}, 7, True, "", [["pay"]]])
def test_a_claim_that_should_limit_and_says_nothing_shows_nothing(value: object) -> None:
    assert scope_by({"groups": value}, teams="groups") == Scope()
    assert scope_by({}, labels="labels") == Scope()


def test_what_is_no_label_shows_nothing() -> None:
    assert scope_by({"labels": ["prod", "=prod"]}, labels="labels") == Scope()
