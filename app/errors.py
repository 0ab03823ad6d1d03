"""The error taxonomy: six classes, each with a GraphQL code and an HTTP status.

A message is one sentence that names what was wrong and says what to do. Anything that is not an `UnderpinError`
is a bug: it is logged with its traceback and hidden from the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class UnderpinError(Exception):
    """Base of everything we tell a caller on purpose."""

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one row of the input: `where` names the row (`items[3].tier`, `items.csv:12`)."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class InvalidInput(UnderpinError):
    """The request cannot be right, whatever the data; `problems` lists every row at fault."""

    code = "INVALID_INPUT"
    status = 422

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class NotAuthenticated(UnderpinError):
    """We do not know who asks."""

    code = "UNAUTHENTICATED"
    status = 401


class NotAllowed(UnderpinError):
    """We know who asks, and they may not."""

    code = "FORBIDDEN"
    status = 403


class NotFound(UnderpinError):
    """The key names nothing."""

    code = "NOT_FOUND"
    status = 404


class Conflict(UnderpinError):
    """It would break a rule about what is already there."""

    code = "CONFLICT"
    status = 409


class Unavailable(UnderpinError):
    """Neo4j or a remote service did not answer; trying again may help."""

    code = "UNAVAILABLE"
    status = 503


def one_message(problems: Sequence[Problem], consequence: str) -> str:
    """One sentence for all of them, which names the first and says what came of it."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}; {consequence}"
