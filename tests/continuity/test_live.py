"""What recovery knows follows the inventory, and is what reading it anew would tell."""

from dataclasses import fields
from typing import Any

from app.continuity.facts import ItemFacts
from app.continuity.live import LiveContinuity
from app.continuity.picture import ContinuityPicture
from app.database.client import Database
from app.inventory.actions import remove_dependencies, remove_items
from app.inventory.model import Relation
from app.topology.current import Topology
from tests.stored import NOW, Raw, item, needs, upserted

EXAMPLE: list[Raw] = [
    item("shop", "BUSINESS_SERVICE", rtoSeconds=4, mtpdSeconds=9, wrtSeconds=2, rpoSeconds=1),
    item("api", "IT_SERVICE", rtoSeconds=3, recoveryTimeSeconds=1, recoveryEvidence="TESTED"),
    item("db", "COMPONENT", replicationLagSeconds=5, backupIntervalSeconds=60),
    item("backup"),
    item("cache"),
    item("bank", "THIRD_PARTY", contractRtoSeconds=7),
    item("team", "TEAM"),
]
NEEDS: list[Raw] = [
    needs("shop", "api"),
    needs("api", "db", dataDependency=True),
    needs("api", "cache", neededForRecovery=False),
    needs("db", "backup", strength="INFO", neededForRecovery=True),
    needs("db", "bank", "PROVIDED_BY"),
    needs("db", "team", "OPERATED_BY"),
]


async def live(database: Database) -> LiveContinuity:
    """Kept current of a new topology."""
    return LiveContinuity(database, Topology(database, lambda: 0.0))


def told(picture: ContinuityPicture) -> dict[str, Any]:
    """Everything a picture knows, by key; an item that says nothing is left out."""
    keys, edges = picture.graph.keys, picture.facts.edges
    columns = {one.name: getattr(picture.facts.items, one.name).tolist() for one in fields(ItemFacts)}
    said = {
        key: {name: values[number] for name, values in columns.items() if values[number] != -1}
        for key, number in picture.graph.number.items()
    }
    pairs = zip(
        edges.dependents.tolist(), edges.providers.tolist(), edges.recovery.tolist(), edges.data.tolist(), strict=True
    )
    waits = {
        (keys[one], keys[other])
        for one in range(picture.graph.size)
        for other, _ in picture.estate.graph.providers.of(one)
    }
    return {
        "items": {key: one for key, one in said.items() if one},
        "edges": {(keys[one], keys[other]): rest for one, other, *rest in pairs},
        "waits": waits,
        "order": sorted(picture.graph.number, key=lambda key: picture.rank[picture.graph.number[key]]),
    }


async def test_everything_that_recovery_has_to_know_is_read(database: Database) -> None:
    await upserted(database, EXAMPLE, NEEDS)

    found = told(await (await live(database)).current())

    assert found == {
        "items": {
            "shop": {"rto_seconds": 4, "mtpd_seconds": 9, "wrt_seconds": 2, "rpo_seconds": 1},
            "api": {"rto_seconds": 3, "evidence": 0},
            "db": {"replication_lag_seconds": 5, "backup_interval_seconds": 60},
            "bank": {"contract_rto_seconds": 7},
        },
        "edges": {
            ("api", "db"): [0, True],
            ("api", "cache"): [-1, False],
            ("db", "backup"): [1, False],
            ("db", "team"): [1, False],
        },
        "waits": {("shop", "api"), ("api", "db"), ("db", "backup"), ("db", "bank"), ("db", "team")},
        "order": ["api", "backup", "bank", "cache", "db", "shop", "team"],
    }


async def test_edits_lead_to_what_reading_it_anew_tells(database: Database) -> None:
    await upserted(database, EXAMPLE, NEEDS)
    kept = await live(database)
    first = await kept.current()

    await upserted(database, [item("shop", "BUSINESS_SERVICE", rtoSeconds=None, wrtSeconds=1)])
    await upserted(database, [item("bb", "BUSINESS_SERVICE", rtoSeconds=8)], [needs("bb", "db", dataDependency=True)])
    await kept.current()
    await upserted(
        database, [item("az")], [needs("api", "cache", neededForRecovery=True), needs("az", "team", "OPERATED_BY")]
    )
    await remove_items(database, ["backup"], caller="tester", now=NOW)
    await remove_dependencies(database, [("db", "team", Relation.OPERATED_BY)], caller="tester", now=NOW)
    last = await kept.current()

    assert last is not first
    assert told(last) == told(await (await live(database)).current())
    assert told(last)["waits"] == {
        ("shop", "api"), ("api", "db"), ("api", "cache"), ("db", "bank"), ("bb", "db"), ("az", "team"),
    }  # fmt: skip


async def test_without_a_write_the_picture_is_the_same(database: Database) -> None:
    await upserted(database, EXAMPLE, NEEDS)
    kept = await live(database)

    assert await kept.current() is await kept.current()


async def test_an_empty_estate_has_a_picture(database: Database) -> None:
    assert told(await (await live(database)).current())["order"] == []
