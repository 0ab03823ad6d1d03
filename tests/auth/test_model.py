"""Who may do what."""

import pytest

from app.auth.model import LOCAL_ADMINISTRATOR, Caller, Permission, Role, is_loopback
from app.errors import NotAllowed

P = Permission


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.READER, {P.READ}),
        (Role.OPERATOR, {P.READ, P.OPERATE}),
        (Role.EDITOR, {P.READ, P.EDIT}),
        (Role.ADMIN, {P.READ, P.OPERATE, P.EDIT, P.ADMINISTER}),
    ],
)
def test_a_role_grants_its_permissions_and_no_other(role: Role, permissions: set[Permission]) -> None:
    assert role.permissions == permissions


def test_a_caller_whose_role_does_not_grant_it_is_told_which_roles_do() -> None:
    with pytest.raises(NotAllowed) as refused:
        Caller("ci", Role.OPERATOR).require(Permission.EDIT)

    assert refused.value.message == (
        "'ci' has the role operator and may not change the inventory or the objectives; "
        "use a token with the role editor or admin"
    )


def test_the_local_administrator_may_administer() -> None:
    LOCAL_ADMINISTRATOR.require(Permission.ADMINISTER)

    with pytest.raises(NotAllowed):
        Caller(LOCAL_ADMINISTRATOR.name, Role.EDITOR).require(Permission.ADMINISTER)


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_an_address_of_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "127.0.0.1.nip.io"])
def test_a_wildcard_another_address_or_another_name_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
