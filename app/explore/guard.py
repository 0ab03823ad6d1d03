"""Which queries of callers may run: judged by their text, then by the plan that the server makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.database.adhoc import planned
from app.database.client import Database
from app.errors import NotAllowed
from app.explore.labelling import with_labels
from app.explore.model import Cost, Operator
from app.explore.plan import check_plan, cost_of, unproven
from app.explore.text import checked_text

LABELLED = "patterns without a label mean every node of the model"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A query that may run: its text as it is sent, what it will cost, and what was made of it."""

    text: str
    cost: Cost
    notes: tuple[str, ...] = ()


async def admit(
    database: Database,
    query: str,
    parameters: Mapping[str, object],
    *,
    most_characters: int,
    timeout_seconds: int,
) -> Admitted:
    """Let a query pass that reads nothing but the model.

    Raises:
        InvalidInput: the query cannot be right.
        NotAllowed: it would do more than read, or may read what is not of the model.
        Unavailable: Neo4j did not answer.
    """

    async def judged(text: str) -> Operator:
        found = await planned(database, text, parameters, timeout_seconds=timeout_seconds)
        plan = Operator.of(found.plan)
        check_plan(found.query_type, plan, database.connection.database)
        return plan

    text = checked_text(query, parameters, most_characters=most_characters)
    plan = await judged(text)
    if not unproven(plan):
        return Admitted(text, cost_of(plan))
    labelled = with_labels(text)
    if labelled != text:
        plan = await judged(labelled)
    if places := unproven(plan):
        raise NotAllowed(
            f"{places[0]!r} may be something that is not of the model; give every pattern a label or a type of "
            "relationship that `underpin model` lists, and look items up by key"
        )
    return Admitted(labelled, cost_of(plan), (LABELLED,))
