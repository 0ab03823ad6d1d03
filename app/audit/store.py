"""The chain in Neo4j: one wrapper for each query of `cypher/audit.cypher`."""

from dataclasses import asdict

from app.audit.chain import document_of
from app.audit.model import AuditFilter, Chain, Entry, Link
from app.database.client import Reader, Row, Transaction
from app.database.instants import utc
from app.database.queries import load_queries

_QUERIES = load_queries("audit")


async def take_audit_head(transaction: Transaction) -> Link:
    """The last link; until the commit nobody else appends to it."""
    (row,) = await transaction.rows(_QUERIES["take_audit_head"])
    return Link(row["number"], row["hash"])


async def append_audit_entry(transaction: Transaction, entry: Entry) -> None:
    """Write the entry behind the head that was taken."""
    properties = {**document_of(entry), "at": entry.at}
    await transaction.rows(_QUERIES["append_audit_entry"], number=entry.number, hash=entry.hash, properties=properties)


async def audit_chain(reader: Reader) -> Chain:
    """Where the kept entries begin and end."""
    (row,) = await reader.rows(_QUERIES["audit_chain"])
    return Chain(Link(row["start_number"], row["start_hash"]), Link(row["number"], row["hash"]))


async def audit_entries(reader: Reader, chosen: AuditFilter, *, before: int, first: int) -> list[Entry]:
    """Entries before a number, the last one first."""
    rows = await reader.rows(_QUERIES["audit_entries"], **asdict(chosen), before=before, first=first)
    return [_entry(row["entry"]) for row in rows]


async def count_audit_entries(reader: Reader, chosen: AuditFilter) -> int:
    """How many entries the filter leaves."""
    (row,) = await reader.rows(_QUERIES["count_audit_entries"], **asdict(chosen))
    return int(row["count"])


async def audit_entries_after(reader: Reader, after: int, *, upto: int, first: int) -> list[Entry]:
    """Entries after a number up to another, the first one first."""
    rows = await reader.rows(_QUERIES["audit_entries_after"], after=after, upto=upto, first=first)
    return [_entry(row["entry"]) for row in rows]


async def forget_audit_entries(transaction: Transaction, upto: Link) -> None:
    """Drop the entries up to this one; the next follows its hash."""
    await transaction.rows(_QUERIES["forget_audit_entries"], number=upto.number, hash=upto.hash)


def _entry(row: Row) -> Entry:
    return Entry(
        number=row["number"],
        at=utc(row["at"]),
        caller=row["caller"],
        role=row["role"],
        origin=row["origin"],
        action=row["action"],
        keys=tuple(row["keys"]),
        key_count=row["keyCount"],
        keys_digest=row["keysDigest"],
        details=row["details"],
        previous=row["previous"],
        hash=row["hash"],
    )
