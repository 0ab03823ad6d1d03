"""Which permission a root field asks for. A test fails when a root field declares none."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types import Info

from app.api.audited import note
from app.auth.model import Permission


class Requires(FieldExtension):
    """Lets the resolver run only for a caller with the permission."""

    def __init__(self, permission: Permission, *, noted: bool = False) -> None:
        self.permission = permission
        self._noted = noted

    async def resolve_async(  # type: ignore[override]
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info[Any, Any], /, **arguments: Any
    ) -> Any:
        """Check, then resolve. Positional only: a field may have an argument `source`."""
        info.context.caller.require(self.permission)
        if self._noted:
            await note(info, arguments)
        return await next_(source, info, **arguments)


Resolver = Callable[..., Awaitable[Any]]


def readable(description: str, *, noted: bool = False) -> Callable[[Resolver], Any]:
    """A root field for everyone who may read; the audit has it `noted` who asks for what is sensitive."""
    return partial(strawberry.field, description=description, extensions=[Requires(Permission.READ, noted=noted)])


def readable_to_operators(description: str, *, noted: bool = False) -> Callable[[Resolver], Any]:
    """A root field for those who handle events: what others sent may hold anything."""
    return partial(strawberry.field, description=description, extensions=[Requires(Permission.OPERATE, noted=noted)])


def readable_to_administrators(description: str, *, noted: bool = False) -> Callable[[Resolver], Any]:
    """A root field for administrators."""
    extensions = [Requires(Permission.ADMINISTER, noted=noted)]
    return partial(strawberry.field, description=description, extensions=extensions)


def operates(description: str) -> Callable[[Resolver], Any]:
    """A mutation for those who report events and plan maintenance."""
    return partial(strawberry.mutation, description=description, extensions=[Requires(Permission.OPERATE)])


def administers(description: str) -> Callable[[Resolver], Any]:
    """A mutation for administrators."""
    return partial(strawberry.mutation, description=description, extensions=[Requires(Permission.ADMINISTER)])


def edits(description: str) -> Callable[[Resolver], Any]:
    """A mutation for those who may change the inventory."""
    return partial(strawberry.mutation, description=description, extensions=[Requires(Permission.EDIT)])
