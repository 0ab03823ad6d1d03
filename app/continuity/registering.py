"""Puts the register of information together: what Neo4j holds, and which functions stand on which contract."""

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.continuity import register_store as store
from app.continuity.register import Contract, RegisterEstate, RegisterRow, rows
from app.continuity.register_checks import RegisterProblem, problems
from app.continuity.register_columns import COLUMNS, Template
from app.continuity.register_store import StoredContract
from app.database.client import Reader
from app.inventory.model import ItemType
from app.topology.graph import TYPE_RANKS, Graph
from app.topology.reaching import reach

_PROCESS = TYPE_RANKS[ItemType.BUSINESS_PROCESS]


@dataclass(frozen=True, slots=True)
class Register:
    """One template of the register, and what is wrong with it."""

    template: Template
    graph_version: int
    rows: tuple[RegisterRow, ...]
    problems: tuple[RegisterProblem, ...]

    def csv(self) -> str:
        """The rows with a header of column codes, as a supervisor takes them: text is not changed."""
        out = io.StringIO()
        codes = [column.code for column in COLUMNS[self.template]]
        writer = csv.writer(out)
        writer.writerow(codes)
        writer.writerows([row.cells.get(code, "") for code in codes] for row in self.rows)
        return out.getvalue()


async def register_of_information(
    reader: Reader, graph: Graph, template: Template, *, entity_lei: str | None
) -> Register:
    """One template of the register of the estate; `entity_lei` is that of the financial entity.

    Raises:
        Unavailable: Neo4j did not answer.
    """
    stored = await store.register_contracts(reader)
    parties = await store.register_parties(reader)
    functions = await store.register_functions(reader)
    contracts = await asyncio.to_thread(_with_functions, graph, stored)
    # A process that came after the graph, or went before it, stands on nothing yet.
    known = [replace(one, functions=tuple(key for key in one.functions if key in functions)) for one in contracts]
    estate = RegisterEstate(
        entity_lei,
        known,
        {party.key: party for party in parties},
        {party.key: others for party, others in parties.items()},
        functions,
        await store.register_uncontracted(reader),
    )
    found = rows(template, estate)
    return Register(template, graph.version, found, problems(template, estate, found))


def _with_functions(graph: Graph, stored: Sequence[StoredContract]) -> list[Contract]:
    """The contracts, each with the business processes that stand on what it is about."""
    found = []
    for one in stored:
        starts = np.array(sorted(graph.number[key] for key in one.items if key in graph.number), np.int32)
        above = reach(graph.dependents, starts).items
        processes = above[graph.type_rank[above] == _PROCESS].tolist()
        found.append(replace(one.contract, functions=tuple(sorted(graph.keys[number] for number in processes))))
    return found
