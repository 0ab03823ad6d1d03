"""The register of information of DORA over GraphQL, with its types."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import strawberry

from app.api.pages import Listing, page_size
from app.api.permissions import readable
from app.api.relay import Connection, Edge, PageInfo, RequestInfo, counter_of, page_info
from app.continuity import register as model
from app.continuity import register_checks as checks
from app.continuity.register_columns import COLUMNS, Template
from app.continuity.registering import Register, register_of_information

R = TypeVar("R")
N = TypeVar("N")

strawberry.enum(Template, name="RegisterTemplate")


@strawberry.type
class RegisterColumn:
    """A column of a template: its code, as c0010, and what it holds."""

    code: str
    words: str


@strawberry.type
class RegisterRow:
    """One row: the key of the contract or business process it is of, and its cells in the order of the columns, null
    where the estate does not tell."""

    key: str
    cells: list[str | None]


@strawberry.type
class RegisterProblem:
    """What is missing or wrong with what the register says of an item; without a column it is about whole rows."""

    key: str
    column: str | None
    sentence: str


@strawberry.type
class RegisterRowConnection(Connection[Edge[RegisterRow]]):
    """The rows of a template, by contract or business process."""


@strawberry.type
class RegisterProblemConnection(Connection[Edge[RegisterProblem]]):
    """What is wrong with a template, by item and column."""


@strawberry.type
class RegisterOfInformation:
    """A template of Implementing Regulation (EU) 2024/2956, as far as the estate tells it; never a guess."""

    register: strawberry.Private[Register]
    template: Template
    graph_version: str
    columns: list[RegisterColumn]

    @strawberry.field(description="The rows of the template.")
    def rows(self, info: RequestInfo, first: int | None = None, after: str | None = None) -> RegisterRowConnection:
        codes = [column.code for column in COLUMNS[self.template]]

        def row(one: model.RegisterRow) -> RegisterRow:
            return RegisterRow(key=one.key, cells=[one.cells.get(code) for code in codes])

        found = self.register.rows
        where, edges = self._page(info, "rows", found, first, after, row)
        return RegisterRowConnection(page_info=where, edges=edges, counter=counter_of(found))

    @strawberry.field(description="What is missing or wrong, before a supervisor says so.")
    def problems(
        self, info: RequestInfo, first: int | None = None, after: str | None = None
    ) -> RegisterProblemConnection:
        def problem(one: checks.RegisterProblem) -> RegisterProblem:
            return RegisterProblem(key=one.key, column=one.column, sentence=one.sentence)

        found = self.register.problems
        where, edges = self._page(info, "problems", found, first, after, problem)
        return RegisterProblemConnection(page_info=where, edges=edges, counter=counter_of(found))

    def _page(
        self,
        info: RequestInfo,
        name: str,
        found: Sequence[R],
        first: int | None,
        after: str | None,
        node: Callable[[R], N],
    ) -> tuple[PageInfo, list[Edge[N]]]:
        """A page of what was found; a cursor is a place in it, and of this version of the graph only."""
        size = page_size(first, info.context.runtime.settings.max_page_size)
        listing = Listing(name, (self.template, self.graph_version))
        place = listing.place(after, (int,))
        begin = int(str(place[0])) + 1 if place else 0
        edges = [
            Edge(cursor=listing.cursor(at), node=node(one))
            for at, one in enumerate(found[begin : begin + size], start=begin)
        ]
        more = len(found) > begin + size
        return page_info([e.cursor for e in edges], more_after=more, more_before=begin > 0), edges


@strawberry.type
class RegisterQuery:
    """What supervisors ask of the estate."""

    @readable(
        "A template of DORA's register of information, as far as the estate tells it, and what is missing in it.",
        noted=True,
    )
    async def register_of_information(self, info: RequestInfo, template: Template) -> RegisterOfInformation:
        runtime = info.context.runtime
        graph = await info.context.graph()
        found = await register_of_information(runtime.database, graph, template, entity_lei=runtime.settings.entity_lei)
        return RegisterOfInformation(
            register=found,
            template=template,
            graph_version=str(found.graph_version),
            columns=[RegisterColumn(code=one.code, words=one.words) for one in COLUMNS[template]],
        )
