"""Judges the server's plan of a query: it only reads, and what it reads is of the model.

Every operator must be known. A plan begins at sources; each of them must say that it begins at labels or types of the
model. From there all steps lead to nodes of the model only, for none is tied to any other. So the answer cannot depend
on anything else, and that stays true when the server later chooses another plan for the same query.
"""

import re
from collections.abc import Iterator

from app.errors import NotAllowed
from app.explore.allowed import (
    LABELS,
    NODE_SOURCES,
    OPEN_SOURCES,
    PASSING,
    PROCEDURES,
    RELATION_SOURCES,
    RELATIONS,
)
from app.explore.model import Cost, Operator
from app.explore.nested import unproven_parts

READS = "r"
_KNOWN = PASSING | NODE_SOURCES | RELATION_SOURCES | OPEN_SOURCES | {"ProcedureCall"}
_MODEL = LABELS | RELATIONS
_SCANS = re.compile(r"(Nodes?By|AllNodes|AllRelationships|Types?|Index)\w*Scan$")
_QUOTED = re.compile(r"`((?:[^`]|``)*)`")
# `n:Component`, `[r:DEPENDS_ON|HAS_MEMBER]`; not `{key: n.key}`, not `IS :: INTEGER`.
_NAMED = re.compile(r"(?<!:):(?![:\s])([^\s(){}\[\],*]+)")
_NODE = re.compile(r"\(([^()]*)\)")
_EDGE = re.compile(r"\[([^\]]*)\]")


def check_plan(query_type: str, plan: Operator, database: str) -> None:
    """Let a plan pass that only reads, in this database, by operators and names that we know.

    Raises:
        NotAllowed: it does anything else.
    """
    for step in plan.steps():
        if step.name == "ProcedureCall":
            _check_procedure(step)
        elif step.name == "LoadCSV":
            raise NotAllowed("LOAD CSV is not allowed; import files with `underpin import`")
        elif query_type == READS and step.name not in _KNOWN:
            raise NotAllowed(f"{step.name} is not allowed; a query may only read the model")
        if step.database and step.database != database:
            raise NotAllowed(f"the query asks the graph {step.database!r}; leave out USE, there is one graph")
        for name in _names(step):
            if name not in _MODEL:
                raise NotAllowed(f"{name!r} is no label or type of the model; `underpin model` lists them")
    if query_type != READS:
        raise NotAllowed("the query does more than read; change the inventory with upsertItems or `underpin import`")


def _check_procedure(step: Operator) -> None:
    name = step.details.partition("(")[0].strip()
    if name not in PROCEDURES:
        raise NotAllowed(f"the procedure {name} is not allowed; these are: {', '.join(sorted(PROCEDURES))}")


def _names(step: Operator) -> Iterator[str]:
    """The labels and types that a step names."""
    if step.name in ("ProcedureCall", "ProduceResults"):
        return  # `:: (node :: NODE)`, and columns called by the text they stand for
    for expression in _NAMED.findall(_bare(step.details)):
        yield from (name for name in re.split(r"[|&!:]+", expression) if name)


def _bare(details: str) -> str:
    """The details without quotes: a quoted name is a plain one, or `_`, which is the name of nothing."""
    return _QUOTED.sub(lambda quoted: quoted[1] if re.fullmatch(r"\w+", quoted[1]) else "_", details)


def unproven(plan: Operator) -> tuple[str, ...]:
    """Where a plan that was checked may come upon what is not of the model, for it says no label; empty if nowhere."""
    return tuple(dict.fromkeys(place for step in plan.steps() for place in _unproven(step)))


def _unproven(step: Operator) -> Iterator[str]:
    if step.name in OPEN_SOURCES:
        yield step.details
    elif step.name == "NodeCountFromCountStore":
        yield from (f"({one})" for one in _NODE.findall(_counted(step)) if not _is_of_model(one, LABELS))
    elif step.name == "RelationshipCountFromCountStore":
        yield from (f"[{one}]" for one in _EDGE.findall(_counted(step)) if not _is_of_model(one, RELATIONS))
    elif step.name in NODE_SOURCES | RELATION_SOURCES:
        known = LABELS if step.name in NODE_SOURCES else RELATIONS
        where = _bare(step.details).partition(" WHERE ")[0]
        if not all(_is_of_model(f":{one}", known) for one in _NAMED.findall(where) or [""]):
            yield step.details
    yield from unproven_parts(step.details)


def _counted(step: Operator) -> str:
    """`count( (:Component), (:Team) ) AS both` without its name and its outer brackets."""
    return _bare(step.details).partition(" AS ")[0].removeprefix("count(").rpartition(")")[0]


def _is_of_model(place: str, known: frozenset[str]) -> bool:
    """Whether `name:Component&!Team` can only be of the model: it says what it is, not only what it is not."""
    positive = [one for one in re.split(r"[|&]", place.partition(":")[2].strip()) if not one.startswith("!")]
    return bool(positive) and known.issuperset(positive) and bool(positive[0])


def cost_of(plan: Operator) -> Cost:
    """What the planner expects of the plan."""
    scans = [step.details for step in plan.steps() if _SCANS.search(step.name)]
    return Cost(plan.estimated_rows, tuple(dict.fromkeys(scans)))
