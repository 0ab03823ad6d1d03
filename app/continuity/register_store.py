"""What the register of information is made of, in Neo4j: one wrapper for each query of `cypher/register.cypher`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.continuity.register import Contract, Function, Party, Said
from app.database.client import Reader
from app.database.instants import utc_or_none
from app.database.queries import load_queries

_QUERIES = load_queries("register")


@dataclass(frozen=True, slots=True)
class StoredContract:
    """A contract, whose functions are not known yet, and the keys of the items that it is about."""

    contract: Contract
    items: tuple[str, ...]


async def register_contracts(reader: Reader) -> tuple[StoredContract, ...]:
    """Every contract, by key."""
    rows = await reader.rows(_QUERIES["register_contracts"])
    return tuple(
        StoredContract(
            Contract(
                row["contract"]["key"],
                providers=tuple(sorted(row["providers"])),
                substitutability=row["contract"]["substitutability"],
                exit_plan=row["contract"]["exitPlan"],
                said=_said(row["contract"]),
            ),
            tuple(sorted(row["items"])),
        )
        for row in rows
    )


async def register_parties(reader: Reader) -> dict[Party, tuple[str, ...]]:
    """Every third party, by key, and to whom it subcontracts."""
    rows = await reader.rows(_QUERIES["register_parties"])
    return {_party(row["party"]): tuple(sorted(row["subcontractors"])) for row in rows}


async def register_functions(reader: Reader) -> dict[str, Function]:
    """Every business process, by key."""
    rows = await reader.rows(_QUERIES["register_functions"])
    return {row["function"]["key"]: _function(row["function"], row["reviewed_at"]) for row in rows}


async def register_uncontracted(reader: Reader) -> tuple[tuple[str, str], ...]:
    """What third parties provide under no known contract, and who does, by keys."""
    rows = await reader.rows(_QUERIES["register_uncontracted"])
    return tuple((row["item"], row["party"]) for row in rows)


def _party(stored: Mapping[str, Any]) -> Party:
    return Party(stored["key"], stored["lei"], stored["substitutability"], stored["exitPlan"])


def _function(stored: Mapping[str, Any], reviewed_at: Any) -> Function:
    reviewed = utc_or_none(reviewed_at)
    return Function(
        stored["key"],
        stored["name"] or stored["key"],
        critical=stored["criticalOrImportant"],
        rto_seconds=stored["rtoSeconds"],
        rpo_seconds=stored["rpoSeconds"],
        assessed_on=reviewed.date() if reviewed else None,
        said=_said(stored),
    )


def _said(stored: Mapping[str, Any]) -> Said:
    """What an item says in its attribute `dora`; anything but text under a name says nothing."""
    said = orjson.loads(stored.get("attributes") or "{}").get("dora")
    return {name: text for name, text in said.items() if isinstance(text, str)} if isinstance(said, dict) else {}
