"""The ledger over a real Neo4j: an entry with its change, or neither; and how long entries are kept."""

import asyncio
from datetime import datetime, timedelta

import orjson
import pytest

from app.audit import store
from app.audit.chain import chain_document, document_of, verified
from app.audit.keeping import AuditKeeper
from app.audit.ledger import Ledger
from app.audit.model import Act, AuditFilter, Entry, Link
from app.auth.model import Caller, Role
from app.database.client import Database, Transaction
from app.errors import Conflict, InvalidInput
from app.explore.model import SavedQuery
from app.explore.saving import remove, save
from app.inventory.actions import remove_items
from tests.stored import NOW, item, needs, upserted

ANNA = Caller("anna", Role.EDITOR)
EVERYTHING = AuditFilter()


def ledger(database: Database, at: datetime = NOW) -> Ledger:
    return Ledger(database, lambda: at, most_bytes=20_000)


def writing(database: Database, action: str = "test", at: datetime = NOW) -> Database:
    return ledger(database, at).writing(Act(ANNA, "127.0.0.1", action))


async def entries(database: Database) -> list[Entry]:
    chain = await store.audit_chain(database)
    return await store.audit_entries_after(database, chain.start.number, upto=chain.head.number, first=1_000)


async def broken(database: Database) -> str | None:
    """What verifying the stored chain finds."""
    chain = await store.audit_chain(database)
    documents = [chain_document(chain), *map(document_of, await entries(database))]
    return verified([orjson.dumps(one).decode() for one in documents], None).broken


def query(text: str = "RETURN 1 AS one") -> SavedQuery:
    return SavedQuery("mine", "", text, {}, "anna")


async def test_a_change_is_written_down_with_what_was_before(database: Database) -> None:
    await save(writing(database, "saveQuery"), query(), ANNA, now=NOW, most_characters=100)
    await save(writing(database, "saveQuery"), query("RETURN 2 AS two"), ANNA, now=NOW, most_characters=100)
    await remove(writing(database, "removeSavedQuery"), "mine", ANNA)

    made, changed, removed = await entries(database)
    assert [made.number, changed.number, removed.number] == [1, 2, 3]
    assert (changed.caller, changed.role, changed.origin, changed.action) == (
        "anna",
        "editor",
        "127.0.0.1",
        "saveQuery",
    )
    assert (changed.at, changed.keys, changed.key_count) == (NOW, ("mine",), 1)
    assert orjson.loads(changed.details)["changes"] == [
        {"key": "mine", "before": {"query": "RETURN 1 AS one"}, "after": {"query": "RETURN 2 AS two"}}
    ]
    assert orjson.loads(removed.details)["changes"][0]["after"] is None
    assert await broken(database) is None


async def test_a_change_that_is_undone_leaves_no_entry(database: Database) -> None:
    async def work(transaction: Transaction) -> None:
        transaction.account.tell("a", after="b")
        raise Conflict("no")

    with pytest.raises(Conflict):
        await writing(database).write(work)

    assert await entries(database) == []


async def test_what_changes_nothing_leaves_no_entry(database: Database) -> None:
    await upserted(writing(database), [item("a")])

    await upserted(writing(database), [item("a")])
    with pytest.raises(InvalidInput):
        await upserted(writing(database), [item("b")], [needs("b", "nothing")])

    assert [one.keys for one in await entries(database)] == [("a",)]


async def test_an_item_is_told_with_what_leaves_it(database: Database) -> None:
    await upserted(database, [item("shop", "IT_SERVICE", kind="APPLICATION"), item("db")])

    await upserted(writing(database), [item("shop", "IT_SERVICE", kind="TECHNICAL")], [needs("shop", "db")])

    (entry,) = await entries(database)
    assert orjson.loads(entry.details)["changes"] == [
        {
            "key": "shop",
            "before": {"kind": "APPLICATION", "revision": 1},
            "after": {"kind": "TECHNICAL", "revision": 2, "-DEPENDS_ON-> db": {"strength": "HARD"}},
        }
    ]


async def test_a_large_write_is_one_entry_with_all_counted(database: Database) -> None:
    keys = [f"item-{number:04}" for number in range(500)]
    await upserted(writing(database, "importFiles"), [item(key) for key in keys])
    await remove_items(writing(database, "removeItems"), keys, caller="anna", now=NOW)

    made, removed = await entries(database)
    assert (made.key_count, len(made.keys), made.keys_digest) == (500, 100, removed.keys_digest)
    details = orjson.loads(made.details)
    assert len(details["changes"]) + details["omitted"] == 100


async def test_changes_at_once_stand_in_one_chain(database: Database) -> None:
    async def change(number: int) -> None:
        async def work(transaction: Transaction) -> None:
            transaction.account.tell(str(number))

        await writing(database).write(work, counter="events" if number % 2 else "writes")

    await asyncio.gather(*map(change, range(20)))

    found = await entries(database)
    assert [one.number for one in found] == list(range(1, 21))
    assert {one.keys[0] for one in found} == set(map(str, range(20)))
    assert await broken(database) is None


async def test_what_is_asked_is_written_down(database: Database) -> None:
    await ledger(database).note(Act(ANNA, "::1", "cypher"), {"query": "RETURN 1", "limit": None})

    (entry,) = await entries(database)
    assert (entry.action, entry.key_count) == ("cypher", 0)
    assert orjson.loads(entry.details) == {"asked": {"query": "RETURN 1", "limit": None}}


async def test_entries_are_found_by_who_what_and_when(database: Database) -> None:
    day = timedelta(days=1)
    await upserted(writing(database, "first"), [item("a")])
    await ledger(database, NOW + day).note(Act(Caller("ben", Role.READER), "::1", "second"), {})

    async def found(chosen: AuditFilter) -> list[str]:
        listed = await store.audit_entries(database, chosen, before=99, first=10)
        assert await store.count_audit_entries(database, chosen) == len(listed)
        return [one.action for one in listed]

    assert await found(EVERYTHING) == ["second", "first"]
    assert await found(AuditFilter(caller="ben")) == ["second"]
    assert await found(AuditFilter(action="first")) == ["first"]
    assert await found(AuditFilter(key="a")) == ["first"]
    assert await found(AuditFilter(since=NOW + day)) == ["second"]
    assert await found(AuditFilter(until=NOW + day)) == ["first"]


async def test_what_is_old_is_forgotten_and_the_rest_still_verified(database: Database) -> None:
    for days in range(5):
        await ledger(database, NOW + timedelta(days=days)).note(Act(ANNA, "cli", "tokens"), {})
    before = await entries(database)

    await AuditKeeper(database, lambda: NOW + timedelta(days=12), kept=timedelta(days=10)).look()

    assert await entries(database) == before[2:]
    assert (await store.audit_chain(database)).start == before[1].link
    assert await broken(database) is None


async def test_a_late_worker_does_not_forget_less_than_another(database: Database) -> None:
    for _ in range(3):
        await ledger(database).note(Act(ANNA, "cli", "tokens"), {})
    first, second, _ = await entries(database)

    async def forget(upto: Link) -> None:
        await database.write(lambda transaction: store.forget_audit_entries(transaction, upto))

    await forget(second.link)
    await forget(first.link)

    assert (await store.audit_chain(database)).start == second.link
    assert await broken(database) is None
