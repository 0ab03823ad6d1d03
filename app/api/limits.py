"""Limits on a document, judged before it runs: its tokens, depth, aliases, and how many objects it may ask for.

A list multiplies what is inside it by its `first`, `last` or a default; every object field counts one. Each fragment
is measured once: fragments that spread each other twice would otherwise take exponential time, as they do in
Strawberry's own limiters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    ValueNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

from app.api.pages import DEFAULT_PAGE
from app.errors import InvalidInput
from app.settings import Settings

_PAGED = {
    "items",
    "dependencies",
    "dependents",
    "impacted",
    "businessProcesses",
    "businessServices",
    "atRisk",
    "singlePoints",
    "reach",
    "events",
    "situations",
    "healthHistory",
    "maintenanceWindows",
    "notifications",
    "notificationSubscriptions",
    "quarantine",
    "queuedEvents",
    "occurrences",
    "search",
    "paths",
    "commonCauses",
    "neighbourhood",
    "recoveryGaps",
    "assessments",
    "findings",
    "rows",
    "problems",
    "missing",
    "planSteps",
    "recoveries",
    "concentration",
    "scenarios",
    "scenarioRuns",
    "outcomes",
    "changes",
    "concentrationChanges",
    "pairsGained",
    "pairsLost",
    "hurts",
    "knockedOut",
    "sets",
    "importance",
    "assumed",
    "audit",
}
_SIZES = ("first", "last", "limit")
# A path or a list of causes has no `first`; it is rarely longer.
_UNPAGED = {
    "path": 10,
    "causes": 3,
    "repairs": 3,
    "explanation": 10,
    "supports": 3,
    "members": 3,
    "lossBands": 5,
    "bands": 20,
    "pillars": 5,
    "columns": 20,
    "fields": 30,
    "trace": 5,
    "suggestions": 5,
    "business": 20,
    "criticalPath": 10,
    "demandPath": 10,
    "conflicts": 3,
    "targets": 3,
    "done": 10,
    "groups": 10,
}

MAX_NESTING = 50
"""Brackets in brackets, in any part of a document: the parser is recursive."""
_OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
_CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection adds up to; `depth` is how deep selections lie in it."""

    depth: int = 0
    aliases: int = 0
    objects: int = 0


class Limits(SchemaExtension):
    """Refuses a document that is too long or too deep, has too many aliases, or asks for too many objects."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def on_parse(self) -> Iterator[None]:
        """Before the document is parsed.

        Raises:
            GraphQLError: it has too many tokens, or they are nested too deeply for the parser.
        """
        query = self.execution_context.query
        if query and (reason := self._unparsable(query)):
            raise _refusal(reason)
        yield

    def _unparsable(self, query: str) -> str | None:
        most = self._settings.graphql_max_tokens
        nesting = 0
        for count, kind in enumerate(_tokens(query), 1):
            nesting += (kind in _OPENING) - (kind in _CLOSING)
            if count > most:
                return f"the query has more than {most} tokens; put values into variables, or split it"
            if nesting > MAX_NESTING:
                return f"the query is nested more than {MAX_NESTING} brackets deep; put values into variables"
        return None

    def on_validate(self) -> Iterator[None]:
        """After validation, which has refused fragments that spread themselves, and before execution.

        Raises:
            GraphQLError: it is too deep, has too many aliases or asks for too many objects.
        """
        yield
        context = self.execution_context
        if context.graphql_document is None or context.pre_execution_errors:
            return
        # A longer page is refused by its own argument, with a better sentence.
        longest = max(self._settings.max_page_size, self._settings.max_paths)
        size = document_size(context.graphql_document, context.variables or {}, longest)
        if reason := self._reason(size):
            raise _refusal(reason)

    def _reason(self, size: Size) -> str | None:
        most = self._settings
        if size.depth > most.graphql_max_depth:
            return (
                f"the query is {size.depth} selections deep, at most {most.graphql_max_depth} are taken; ask in steps"
            )
        if size.aliases > most.graphql_max_aliases:
            return f"the query has {size.aliases} aliases, at most {most.graphql_max_aliases} are answered; split it"
        if size.objects > most.graphql_max_cost:
            return (
                f"the query asks for up to {size.objects} objects, at most {most.graphql_max_cost} are given; "
                "ask for smaller pages"
            )
        return None


def _refusal(reason: str) -> GraphQLError:
    # What is raised here leaves the operation before the taxonomy sees it.
    return GraphQLError(reason, extensions={"code": InvalidInput.code})


def _tokens(query: str) -> Iterator[TokenKind]:
    """The tokens up to the end or to the first that is none, which the parser will name."""
    lexer = Lexer(Source(query))
    try:
        while (kind := lexer.advance().kind) is not TokenKind.EOF:
            yield kind
    except GraphQLSyntaxError:
        return


def document_size(document: DocumentNode, variables: Mapping[str, object], longest_page: int) -> Size:
    """The size of the document's largest operation; its fragments must not spread themselves."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    sizes = [
        _Measure(fragments, _values(one, variables), longest_page).of(one.selection_set)
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode)
    ]
    return Size(
        max((one.depth for one in sizes), default=0),
        max((one.aliases for one in sizes), default=0),
        max((one.objects for one in sizes), default=0),
    )


def _values(operation: OperationDefinitionNode, variables: Mapping[str, object]) -> dict[str, object]:
    """The variables of one operation: as given, else by default."""
    defaults = {one.variable.name.value: one.default_value for one in operation.variable_definitions or ()}
    return {**{name: value for name, value in defaults.items() if value is not None}, **variables}


class _Measure:
    """Measures the selections of one operation."""

    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], values: Mapping[str, object], longest_page: int
    ) -> None:
        self._fragments = fragments
        self._values = values
        self._longest_page = longest_page
        self._measured: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode) -> Size:
        """The size of a selection set.

        Raises:
            GraphQLError: it is empty; the parser lets that pass.
        """
        if not selections.selections:
            raise _refusal("a selection is empty; name at least one field in every pair of braces")
        sizes = [self._selection(one) for one in selections.selections]
        return Size(
            max(one.depth for one in sizes), sum(one.aliases for one in sizes), sum(one.objects for one in sizes)
        )

    def _selection(self, node: SelectionNode) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        assert isinstance(node, FieldNode)
        return self._field(node)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            self._measured[name] = self.of(self._fragments[name].selection_set)
        return self._measured[name]

    def _field(self, node: FieldNode) -> Size:
        alias = 1 if node.alias else 0
        if node.selection_set is None:
            return Size(aliases=alias)
        inside = self.of(node.selection_set)
        # Introspection reads nothing but the schema, and its own standard query is deeper than any of ours.
        if node.name.value.startswith("__"):
            return Size(aliases=alias + inside.aliases)
        return Size(inside.depth + 1, alias + inside.aliases, self._times(node) * (1 + inside.objects))

    def _times(self, node: FieldNode) -> int:
        """How many objects the field answers at most."""
        return min(self._asked(node), self._longest_page)

    def _asked(self, node: FieldNode) -> int:
        name = node.name.value
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "ids" in arguments:
            return self._length(arguments["ids"])
        if name not in _PAGED:
            return _UNPAGED.get(name, 1)
        sizes = [self._number(arguments[size]) for size in _SIZES if size in arguments]
        return max((size for size in sizes if size is not None), default=DEFAULT_PAGE)

    def _length(self, value: ValueNode) -> int:
        given = self._value(value)
        if isinstance(given, ListValueNode):
            return len(given.values)
        return len(given) if isinstance(given, list) else 1

    def _number(self, value: ValueNode) -> int | None:
        given = self._value(value)
        if isinstance(given, IntValueNode):
            return max(int(given.value), 0)
        return max(given, 0) if isinstance(given, int) else None

    def _value(self, value: ValueNode) -> object:
        return self._values.get(value.name.value) if isinstance(value, VariableNode) else value
