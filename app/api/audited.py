"""What the audit hears of GraphQL: what mutations change, and what is asked of fields that are sensitive to read."""

from collections.abc import Mapping

from app.api.relay import RequestInfo
from app.database.client import Database


def acting(info: RequestInfo) -> Database:
    """The database for what a mutation changes: it writes down who did it, by the name of the field."""
    return info.context.runtime.ledger.writing(info.context.act(info.field_name))


async def note(info: RequestInfo, asked: Mapping[str, object]) -> None:
    """Write down what is asked of a field before it is answered; raises as `Ledger.note`."""
    await info.context.runtime.ledger.note(info.context.act(info.field_name), asked)
