"""The schema: the root types put together, the limits, and errors turned into answers."""

import inspect
from collections.abc import Iterator
from typing import Any

import strawberry
import structlog
from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
)
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.scalar import ScalarDefinition

from app.api.assessments import AssessmentsMutation, AssessmentsQuery
from app.api.audit import AuditQuery
from app.api.change_gate import ChangeGateQuery
from app.api.cypher import CypherQuery
from app.api.events import EventsMutation, EventsQuery
from app.api.explore import ExploreQuery
from app.api.findings import FindingsMutation, FindingsQuery
from app.api.health import HealthQuery
from app.api.impact import ImpactQuery
from app.api.inventory import InventoryMutation, InventoryQuery
from app.api.item_types import ITEM_TYPES, Threshold
from app.api.limits import Limits
from app.api.maintenance import MaintenanceMutation, MaintenanceQuery
from app.api.matching import MatchingMutation, MatchingQuery
from app.api.notifications import NotificationMutation, NotificationQuery
from app.api.objectives import ObjectivesQuery
from app.api.quarantine import QuarantineMutation, QuarantineQuery
from app.api.recovery import RecoveryMutation, RecoveryQuery
from app.api.register import RegisterQuery
from app.api.saved_queries import SavedQueriesMutation, SavedQueriesQuery
from app.api.scenarios import ScenarioMutation, ScenarioQuery
from app.api.scopes import Scopes
from app.api.situations import SituationsQuery
from app.api.sources import SourcesMutation, SourcesQuery
from app.api.subscriptions import Subscription
from app.api.weak_points import WeakPointsQuery
from app.errors import InvalidInput, UnderpinError
from app.settings import Settings

_log = structlog.get_logger(__name__)
REPETITIVE = "the query repeats fields or fragments too often to be checked; name each of them once"
HIDDEN = "an internal error occurred; it was logged with the request id of this answer"


@strawberry.type
class Query(
    InventoryQuery,
    ImpactQuery,
    ExploreQuery,
    CypherQuery,
    SavedQueriesQuery,
    EventsQuery,
    SituationsQuery,
    MaintenanceQuery,
    HealthQuery,
    QuarantineQuery,
    MatchingQuery,
    NotificationQuery,
    SourcesQuery,
    ObjectivesQuery,
    RecoveryQuery,
    WeakPointsQuery,
    ScenarioQuery,
    ChangeGateQuery,
    AssessmentsQuery,
    FindingsQuery,
    RegisterQuery,
    AuditQuery,
):
    """Everything that can be read."""


@strawberry.type
class Mutation(
    InventoryMutation,
    MaintenanceMutation,
    EventsMutation,
    QuarantineMutation,
    MatchingMutation,
    NotificationMutation,
    SourcesMutation,
    RecoveryMutation,
    ScenarioMutation,
    AssessmentsMutation,
    FindingsMutation,
    SavedQueriesMutation,
):
    """Everything that can be changed."""


class Taxonomy(SchemaExtension):
    """Gives every error its code, and hides what is none of ours."""

    def on_operation(self) -> Iterator[None]:
        """After the operation, before the answer.

        Raises:
            GraphQLError: hiding a bug outside of every field.
        """
        try:
            yield
        except (GraphQLError, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            raise
        except Exception as error:
            _log.exception("graphql operation failed")
            raise GraphQLError(HIDDEN, extensions={"code": "INTERNAL"}) from error
        result = self.execution_context.result
        if isinstance(result, GraphQLExecutionResult | ExecutionResult) and result.errors:
            result.errors = [coded(error) for error in result.errors]


class OneOperation(SchemaExtension):
    """Refuses several operations of which none is named; Strawberry would run the first (GraphQL, 6.1)."""

    def on_validate(self) -> Iterator[None]:
        """After validation.

        Raises:
            GraphQLError: it is not said which operation is to run.
        """
        yield
        context = self.execution_context
        definitions = context.graphql_document.definitions if context.graphql_document else ()
        operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1 and not context.pre_execution_errors and not context._provided_operation_name:
            message = "the query has several operations; name one of them in operationName"
            raise GraphQLError(message, extensions={"code": InvalidInput.code})


def coded(error: GraphQLError) -> GraphQLError:
    """The error as callers see it: with `extensions.code`, and without anything internal."""
    cause = _cause(error)
    extensions: dict[str, Any] = dict(error.extensions or {})
    message = error.message
    if isinstance(cause, UnderpinError):
        extensions["code"] = cause.code
        if isinstance(cause, InvalidInput) and cause.problems:
            extensions["problems"] = [{"where": one.where, "message": one.message} for one in cause.problems[:100]]
    elif error.path is None:
        extensions["code"] = InvalidInput.code  # the document or its variables are wrong
        if error.message == "Validation aborted.":  # graphql-core's own budget
            message = REPETITIVE
    else:
        extensions["code"], message = "INTERNAL", HIDDEN
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _cause(error: GraphQLError) -> BaseException | None:
    """What was raised, under the layers that graphql-core wraps it in."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


class Schema(strawberry.Schema):
    """Logs bugs with their traceback; expected errors are answers, not log entries."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log what is none of ours."""
        for error in errors:
            cause = _cause(error)
            if cause is not None and not isinstance(cause, UnderpinError):
                _log.error("graphql field failed", path=error.path, exc_info=cause)


def _threshold(value: object) -> object:
    """Checked by `inventory.rules`, which also names the row; here only the JSON type matters."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise GraphQLError('Threshold must be a whole number or a percentage as "60%"')
    return value


_SCALARS: dict[object, ScalarDefinition | GraphQLScalarType] = {
    Threshold: strawberry.scalar(
        name="Threshold",
        description='A whole number of members (or of their weight), or a percentage as "60%".',
        serialize=_threshold,
        parse_value=_threshold,
    )
}


def build_schema(settings: Settings) -> Schema:
    """The schema with the limits of these settings."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=ITEM_TYPES,
        extensions=[Taxonomy, OneOperation, Scopes, lambda: Limits(settings)],
        config=StrawberryConfig(scalar_map=_SCALARS),  # type: ignore[arg-type]
    )
    _document(schema._schema)
    return schema


def _document(schema: GraphQLSchema) -> None:
    """Give every type its docstring, and take the `= null` from arguments that may be left out."""
    for one in schema.type_map.values():
        definition = one.extensions.get("strawberry-definition")
        origin = getattr(definition, "origin", None) or getattr(definition, "wrapped_cls", None)
        if origin is not None and one.description is None:
            one.description = inspect.getdoc(origin)
        fields = one.fields.values() if isinstance(one, GraphQLObjectType | GraphQLInterfaceType) else ()
        for argument in (each for field in fields for each in field.args.values()):
            if argument.default_value is None:
                argument.default_value = Undefined
        for given in one.fields.values() if isinstance(one, GraphQLInputObjectType) else ():
            if given.default_value is None:
                given.default_value = Undefined


def sdl() -> str:
    """The schema in its definition language, as `graphql/schema.graphql` holds it."""
    return build_schema(Settings()).as_str() + "\n"
