"""Named queries: the `.cypher` files, each query with a header that says what it takes and returns.

// name: items_by_key
// The items with these keys.
// params: keys (list of string, at most 10,000)
// returns: item
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.resources import resource_folder

_HEADER = re.compile(r"^// name: *(?P<name>[a-z][a-z0-9_]*) *$", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-zA-Z_]\w*)")
_LABELLED = re.compile(r"^// (params|returns|scan|example): *(.*)$")


class QueryFileError(Exception):
    """A query file breaks a rule of this module; a programming error, never shown to a caller."""


@dataclass(frozen=True, slots=True)
class Query:
    """One named statement.

    `scan` says why it may read every node, where it may; `example` holds values for its parameters as JSON.
    """

    name: str
    text: str
    description: str
    parameters: frozenset[str]
    columns: tuple[str, ...]
    scan: str | None = None
    example: str | None = None


def load_queries(feature: str) -> Mapping[str, Query]:
    """The queries of `cypher/<feature>.cypher` by name.

    Raises:
        QueryFileError: a repeated name, a missing description, or declared parameters that are not the used ones.
    """
    path = resource_folder("cypher") / f"{feature}.cypher"
    return parse_queries(path.read_text(encoding="utf-8"), path)


def parse_queries(text: str, path: Path) -> Mapping[str, Query]:
    """The queries of one file's text; `path` is for messages only."""
    queries: dict[str, Query] = {}
    starts = list(_HEADER.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends, strict=True):
        query = _parse(start["name"], text[start.end() : end].strip(), path)
        if query.name in queries:
            raise QueryFileError(f"{path.name}: the name {query.name!r} is used twice")
        queries[query.name] = query
    return queries


def _parse(name: str, block: str, path: Path) -> Query:
    description: list[str] = []
    labelled: dict[str, str] = {}
    lines = block.splitlines()
    while lines and lines[0].startswith("//"):
        line = lines.pop(0)
        if match := _LABELLED.match(line):
            labelled[match[1]] = match[2].strip()
        else:
            description.append(line.removeprefix("//").strip())
    text = "\n".join(lines).strip().removesuffix(";")
    parameters = _names(labelled.get("params", ""))
    used = frozenset(_PARAMETER.findall(text))
    if not any(description):
        raise QueryFileError(f"{path.name}: {name} has no description")
    if "returns" not in labelled:
        raise QueryFileError(f"{path.name}: {name} does not say what it returns")
    if frozenset(parameters) != used:
        raise QueryFileError(f"{path.name}: {name} declares {sorted(parameters)} but uses {sorted(used)}")
    columns = _names(labelled["returns"])
    return Query(name, text, " ".join(description), frozenset(parameters), columns, **_optional(labelled))


def _optional(labelled: Mapping[str, str]) -> Mapping[str, str]:
    return {label: labelled[label] for label in ("scan", "example") if label in labelled}


def _names(declared: str) -> tuple[str, ...]:
    """`key (string, CI key), first (integer, 1..500)` gives `key`, `first`; `nothing` gives none."""
    bare = re.sub(r"\([^)]*\)", "", declared)
    names = tuple(part.strip() for part in bare.split(",") if part.strip())
    return () if names == ("nothing",) else names
