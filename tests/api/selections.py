"""Everything that an answer can tell: selections of all fields of a type that are open to callers with a scope."""

from collections.abc import Mapping

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from app.api.scopes import is_open
from tests.api.test_roles import SCHEMA


def everything(root: str, arguments: str = "", nesting: int = 2) -> str:
    """A query for all that is open of a root field."""
    name = get_named_type(fields_of("Query")[root].type).name
    return f"{{ {root}{arguments} {Selections(SCHEMA).of(name, nesting)} }}"


def fields_of(name: str) -> Mapping[str, GraphQLField]:
    """The fields of a type of the schema."""
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    fields: Mapping[str, GraphQLField] = kind.fields
    return fields


class Selections:
    """Writes selections; items lie in items `nesting` times at most, and the innermost have their own values only."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def of(self, name: str, nesting: int) -> str:
        """All that may be asked of a type, with its braces."""
        kind = self._schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        inner = nesting - 1 if self._is_item(kind) else nesting
        fields = [field for name in kind.fields if is_open(kind, name) and (field := self._field(kind, name, inner))]
        if isinstance(kind, GraphQLInterfaceType):
            for one in self._schema.get_possible_types(kind):
                own = [name for name in one.fields if name not in kind.fields and is_open(one, name)]
                more = [field for name in own if (field := self._field(one, name, inner))]
                fields += [f"... on {one.name} {{ {' '.join(more)} }}"] if more else []
        return f"{{ __typename {' '.join(fields)} }}"

    def _field(self, kind: GraphQLObjectType | GraphQLInterfaceType, name: str, nesting: int) -> str:
        inside = get_named_type(kind.fields[name].type)
        if is_leaf_type(inside):
            return name
        return f"{name} {self.of(inside.name, nesting)}" if nesting > 0 else ""

    def _is_item(self, kind: GraphQLObjectType | GraphQLInterfaceType) -> bool:
        item = self._schema.type_map["ConfigurationItem"]
        return kind is item or item in kind.interfaces
