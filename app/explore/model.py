"""What exploring speaks of: a query as it was asked, the server's plan of it, and what answering it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Operator:
    """One step of a plan. `details` is the server's own text of what the step does, in Cypher."""

    name: str
    database: str
    details: str
    estimated_rows: float
    sources: tuple["Operator", ...] = ()

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> "Operator":
        """The step that the driver describes as `{"operatorType": "Expand(All)@neo4j", "args": …, "children": …}`."""
        name, _, database = str(plan["operatorType"]).partition("@")
        arguments = plan.get("args") or {}
        return cls(
            name.partition("(")[0],
            database,
            str(arguments.get("Details") or ""),
            float(arguments.get("EstimatedRows") or 0),
            tuple(cls.of(child) for child in plan.get("children") or ()),
        )

    def steps(self) -> Iterator["Operator"]:
        """This step and all that it stands on."""
        yield self
        for source in self.sources:
            yield from source.steps()


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its parameters; no more than `limit` rows are answered."""

    query: str
    parameters: Mapping[str, object]
    limit: int


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query by its name, with values for its parameters; one that came with the service has no owner."""

    name: str
    description: str
    query: str
    parameters: Mapping[str, object]
    owner: str | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What the server's planner expects: how many rows, and which labels or types it reads from end to end."""

    estimated_rows: float
    scans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a query. `cut` says why rows were left out, if any were."""

    rows: int
    cut: str | None
    elapsed_milliseconds: int
    cost: Cost
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. Rows hold values as `database/values.py` writes them."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Drawing:
    """The nodes and relationships that occur anywhere in an answer, each once, by the ids they have in it."""

    nodes: list[Mapping[str, object]] = field(default_factory=list)
    edges: list[Mapping[str, object]] = field(default_factory=list)
