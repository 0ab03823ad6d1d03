"""Saved queries over GraphQL: listed, run, saved and removed."""

import strawberry
from strawberry.scalars import JSON

from app.api.audited import acting
from app.api.cypher import CypherResult, gone_of, parameters_of, result_of
from app.api.permissions import edits, readable
from app.api.relay import RequestInfo
from app.explore import model, saving


@strawberry.type
class SavedQuery:
    """A query in Cypher by its name, with values for its parameters."""

    name: str
    description: str
    query: str
    parameters: JSON
    owner: str | None = strawberry.field(description="Who saved it; null if it came with Underpin.")


@strawberry.type
class SavedQueriesQuery:
    """Queries that are kept."""

    @readable("The questions that came with Underpin and those that were saved, each by name.")
    async def saved_queries(self, info: RequestInfo) -> list[SavedQuery]:
        return [_saved(one) for one in await saving.known_queries(info.context.runtime.database)]

    @readable(
        "The answer to a saved query; parameters that are given stand in place of those saved with it.", noted=True
    )
    async def run_saved_query(
        self, info: RequestInfo, name: str, parameters: JSON | None = None, limit: int | None = None
    ) -> CypherResult:
        runtime = info.context.runtime
        saved = await saving.known_query(runtime.database, name)
        values = {**saved.parameters, **parameters_of(parameters)}
        asked = runtime.explorer.asked(saved.query, values, limit)
        return result_of(await runtime.explorer.answer(info.context.caller, asked, gone_of(info)))


@strawberry.type
class SavedQueriesMutation:
    """What those who edit do with queries."""

    @edits("Save a query under a name, for everybody to run; its owner may save another in its place.")
    async def save_query(
        self, info: RequestInfo, name: str, query: str, description: str = "", parameters: JSON | None = None
    ) -> SavedQuery:
        runtime, caller = info.context.runtime, info.context.caller
        saved = model.SavedQuery(name, description, query, parameters_of(parameters), caller.name)
        most = runtime.settings.cypher_max_characters
        await saving.save(acting(info), saved, caller, now=runtime.clock(), most_characters=most)
        return _saved(saved)

    @edits("Forget a query that was saved.")
    async def remove_saved_query(self, info: RequestInfo, name: str) -> str:
        await saving.remove(acting(info), name, info.context.caller)
        return name


def _saved(saved: model.SavedQuery) -> SavedQuery:
    return SavedQuery(
        name=saved.name,
        description=saved.description,
        query=saved.query,
        parameters=JSON(dict(saved.parameters)),
        owner=saved.owner,
    )
