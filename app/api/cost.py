"""Cost: how many objects a query may ask for, judged before it runs.

A list multiplies what is inside it by its `first`, `last` or a default; every object field counts one.
"""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

from app.api.pages import DEFAULT_PAGE

_PAGED = {"items", "dependencies", "dependents", "impacted", "reach", "events", "search", "paths"}
_SIZES = ("first", "last", "limit")
# A path or a list of causes has no `first`; it is rarely longer.
_UNPAGED = {"path": 10, "causes": 3, "members": 3}


class CostLimiter(SchemaExtension):
    """Refuses a document that asks for more than `most` objects."""

    def __init__(self, most: int) -> None:
        self._most = most

    def on_validate(self) -> Iterator[None]:
        """After validation, before execution."""
        yield
        context = self.execution_context
        if context.graphql_document is None or context.pre_execution_errors:
            return
        cost = _Cost(context.graphql_document, context.variables or {}).total()
        if cost > self._most:
            message = f"the query asks for up to {cost} objects, at most {self._most} are given; ask for smaller pages"
            context.pre_execution_errors = [GraphQLError(message)]


class _Cost:
    def __init__(self, document: DocumentNode, variables: dict[str, Any]) -> None:
        self._variables = variables
        self._operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def total(self) -> int:
        """The most any operation of the document asks for."""
        return max((self._set(one.selection_set) for one in self._operations), default=0)

    def _set(self, selections: SelectionSetNode | None) -> int:
        return sum(self._selection(one) for one in selections.selections) if selections else 0

    def _selection(self, node: object) -> int:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments.get(node.name.value)
            return self._set(fragment.selection_set) if fragment else 0
        if isinstance(node, InlineFragmentNode):
            return self._set(node.selection_set)
        if isinstance(node, FieldNode) and node.selection_set:
            return self._times(node) * (1 + self._set(node.selection_set))
        return 0

    def _times(self, node: FieldNode) -> int:
        name = node.name.value
        if name not in _PAGED:
            return self._listed(node) or _UNPAGED.get(name, 1)
        for argument in node.arguments or ():
            if argument.name.value in _SIZES:
                size = self._number(argument.value)
                return DEFAULT_PAGE if size is None else max(size, 0)
        return DEFAULT_PAGE

    def _listed(self, node: FieldNode) -> int | None:
        """`nodes(ids:)` answers as many as it is asked for."""
        for argument in node.arguments or ():
            if argument.name.value == "ids":
                if isinstance(argument.value, ListValueNode):
                    return len(argument.value.values)
                if isinstance(argument.value, VariableNode):
                    given = self._variables.get(argument.value.name.value)
                    return len(given) if isinstance(given, list) else 1
        return None

    def _number(self, value: object) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            given = self._variables.get(value.name.value)
            return given if isinstance(given, int) else None
        return None
