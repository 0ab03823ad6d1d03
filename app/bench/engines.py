"""Engines: the same reach by ours and by four others, each on the data structure it likes best."""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from app.bench import store
from app.bench.model import WrongAnswer
from app.database.client import Database
from app.errors import InvalidInput
from app.topology.graph import Adjacency, Graph
from app.topology.reaching import reach

Search = Callable[[int], Collection[int]]
"""Everything that needs an item; with or without the item itself."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A library's way to search, by name."""

    name: str
    search: Search


def check_installed() -> None:
    """Raises:
    InvalidInput: a library that we compare ourselves with is not there.
    """
    missing = [name for name in ("scipy", "rustworkx") if find_spec(name) is None]
    if missing:
        raise InvalidInput(f"the benchmark compares with {' and '.join(missing)}; install underpin[bench]")


def engines_of(graph: Graph) -> list[Engine]:
    """Ours first, then the others that run in this process."""
    along = graph.dependents
    return [
        Engine("underpin", lambda item: reach(along, np.array([item], np.int32)).items),
        Engine("scipy", _scipy(along)),
        Engine("rustworkx", _rustworkx(along)),
        Engine("plain Python", _plain_python(along)),
    ]


def _scipy(along: Adjacency) -> Search:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    size = len(along.start) - 1
    # Floats and short indices, as the search wants them: anything else it would convert at every call.
    matrix = csr_matrix((np.ones(len(along.index)), along.index, along.start.astype(np.int32)), shape=(size, size))

    def search(item: int) -> Collection[int]:
        found: Collection[int] = breadth_first_order(matrix, item, return_predecessors=False)
        return found

    return search


def _rustworkx(along: Adjacency) -> Search:
    import rustworkx

    size = len(along.start) - 1
    graph = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(size))
    providers = np.repeat(np.arange(size), np.diff(along.start))
    graph.extend_from_edge_list(list(zip(providers.tolist(), along.index.tolist(), strict=True)))

    def search(item: int) -> Collection[int]:
        found: Collection[int] = rustworkx.descendants(graph, item)
        return found

    return search


def _plain_python(along: Adjacency) -> Search:
    ends = along.index.tolist()
    spans = zip(along.start[:-1].tolist(), along.start[1:].tolist(), strict=True)
    dependents = [ends[begin:end] for begin, end in spans]

    def search(item: int) -> Collection[int]:
        seen, queue = {item}, deque([item])
        while queue:
            for dependent in dependents[queue.popleft()]:
                if dependent not in seen:
                    seen.add(dependent)
                    queue.append(dependent)
        return seen

    return search


async def cypher_search(database: Database, graph: Graph, item: int) -> Collection[int]:
    """The same by Neo4j."""
    keys = await store.reached_by_expansion(database, graph.keys[item])
    return [graph.number[key] for key in keys]


def check_agreement(graph: Graph, item: int, answers: Iterable[tuple[str, Collection[int]]]) -> None:
    """Raises:
    WrongAnswer: not all engines found the same.
    """
    found = [(name, {int(one) for one in answer} - {item}) for name, answer in answers]
    for name, one in found[1:]:
        if one != found[0][1]:
            raise WrongAnswer(
                f"of {graph.keys[item]} {found[0][0]} reaches {len(found[0][1])} items and {name} {len(one)}, "
                f"of which {len(one ^ found[0][1])} differ; no figure of this run is right"
            )
