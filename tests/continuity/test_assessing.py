"""Business impact analyses in Neo4j: drafted as versions, approved into their items, and never overwritten."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.continuity import assessment_store as store
from app.continuity.assessing import approve_assessment, draft_assessment, retire_assessment, review_assessment
from app.continuity.assessment import Assessment, AssessmentStatus, Proposal
from app.continuity.assessment_rules import AssessmentLimits
from app.database.client import Database
from app.errors import Conflict, InvalidInput, NotFound
from app.history.store import changes_since, graph_version
from app.inventory.actions import remove_items
from app.inventory.losses import LossBand
from app.inventory.model import Item
from app.inventory.store import items_by_key
from tests.stored import NOW, item, upserted

LATER = NOW + timedelta(days=1)
DRAFT, APPROVED, SUPERSEDED, RETIRED = AssessmentStatus
BANDS = [
    {"category": "FINANCIAL", "afterSeconds": 3600, "level": 2, "cumulativeLoss": "1000"},
    {"category": "FINANCIAL", "afterSeconds": 14400, "level": 4, "cumulativeLoss": "9000"},
]


async def drafted(database: Database, key: str = "pay", **more: object) -> Assessment:
    raw = {"bands": BANDS, "currency": "EUR", **more}
    return await draft_assessment(database, key, raw, limits=AssessmentLimits(4, 200), caller="ann", now=NOW)


async def approved(database: Database, id: str, *accepted: Proposal) -> Assessment:
    return await approve_assessment(database, id, accepted or None, caller="bob", now=LATER, keep_changes=100)


async def stored(database: Database, key: str = "pay") -> Item:
    return (await items_by_key(database, [key]))[key]


@pytest.fixture
async def pay(database: Database) -> Database:
    """A database with a process and a component."""
    await upserted(database, [item("pay", "BUSINESS_PROCESS", rtoSeconds=7200), item("db")])
    return database


async def test_a_draft_is_read_back_as_it_was_given_and_changes_nothing(pay: Database) -> None:
    before = await stored(pay)

    draft = await drafted(pay, rtoSeconds=1800, minimumStaff=2)

    assert (draft.version, draft.status, draft.drafted_by, draft.contents.mtpd_seconds) == (1, DRAFT, "ann", 14400)
    assert await store.assessment_by_id(pay, draft.id) == draft
    assert await stored(pay) == before


async def test_approval_gives_the_item_what_follows_in_one_write(pay: Database) -> None:
    draft = await drafted(pay, rtoSeconds=1800, wrtSeconds=600, rpoSeconds=60, mbco="half of the orders")
    version = await graph_version(pay)

    done = await approved(pay, draft.id)

    assert (done.status, done.approved_by, done.approved_at, done.reviewed_at) == (APPROVED, "bob", LATER, LATER)
    found = await stored(pay)
    assert found.properties == {
        "rtoSeconds": 1800,
        "wrtSeconds": 600,
        "rpoSeconds": 60,
        "mbco": "half of the orders",
        "mtpdSeconds": 14400,
        "lossCurrency": "EUR",
    }
    assert found.loss_bands == (LossBand(3600, Decimal("1000.00")), LossBand(14400, Decimal("9000.00")))
    (change,) = await changes_since(pay, version)
    assert (change.version, change.touched) == (version + 1, ("pay",))


async def test_only_what_is_accepted_is_given_to_the_item(pay: Database) -> None:
    draft = await drafted(pay, rtoSeconds=1800, rpoSeconds=60)

    await approved(pay, draft.id, Proposal.RPO)

    properties = (await stored(pay)).properties
    assert (properties["rtoSeconds"], properties["rpoSeconds"]) == (7200, 60)


async def test_a_new_version_never_overwrites_the_old_one(pay: Database) -> None:
    first = await drafted(pay)
    await approved(pay, first.id)
    second = await drafted(pay, intolerableLevel=2)

    assert await store.approved_assessments(pay, ["pay", "db"]) == {"pay": await store.assessment_by_id(pay, first.id)}
    await approved(pay, second.id)

    versions = await store.assessments(pay, key="pay", statuses=(), before=None, first=10)
    assert {(one.version, one.status) for one in versions} == {(1, SUPERSEDED), (2, APPROVED)}
    assert {one.version: one.contents for one in versions} == {1: first.contents, 2: second.contents}
    assert (await stored(pay)).properties["mtpdSeconds"] == 3600


async def test_an_outage_that_is_never_intolerable_takes_the_mtpd_away(pay: Database) -> None:
    await upserted(pay, [item("pay", "BUSINESS_PROCESS", mtpdSeconds=60)])
    draft = await drafted(pay, intolerableLevel=5)

    await approved(pay, draft.id)

    assert "mtpdSeconds" not in (await stored(pay)).properties


async def test_an_approval_that_changes_nothing_of_the_item_is_an_approval(pay: Database) -> None:
    await approved(pay, (await drafted(pay)).id)
    before = await stored(pay)

    again = await approved(pay, (await drafted(pay)).id)

    assert (again.version, again.status) == (2, APPROVED)
    assert await stored(pay) == before


async def test_what_was_approved_cannot_be_approved_again(pay: Database) -> None:
    draft = await drafted(pay)
    await approved(pay, draft.id)
    before, version = await stored(pay), await graph_version(pay)

    with pytest.raises(Conflict) as refused:
        await approved(pay, draft.id)

    assert refused.value.message == "version 1 of 'pay' is APPROVED and cannot be approved; only a DRAFT can"
    assert (await stored(pay), await graph_version(pay)) == (before, version)


async def test_the_approved_version_can_be_confirmed_and_a_draft_cannot(pay: Database) -> None:
    draft = await drafted(pay)
    with pytest.raises(Conflict):
        await review_assessment(pay, draft.id, caller="cleo", now=LATER)
    await approved(pay, draft.id)

    seen = await review_assessment(pay, draft.id, caller="cleo", now=LATER + timedelta(days=300))

    assert (seen.reviewed_by, seen.reviewed_at) == ("cleo", LATER + timedelta(days=300))
    assert (seen.approved_by, seen.approved_at) == ("bob", LATER)


async def test_a_retired_version_counts_no_more_and_cannot_come_back(pay: Database) -> None:
    draft = await drafted(pay)
    await approved(pay, draft.id)
    before = await stored(pay)

    retired = await retire_assessment(pay, draft.id, now=LATER)
    again = await retire_assessment(pay, draft.id, now=LATER + timedelta(days=1))

    assert (retired.status, retired.ended_at) == (RETIRED, LATER)
    assert again == retired
    assert await store.approved_assessments(pay, ["pay"]) == {}
    assert await stored(pay) == before
    with pytest.raises(Conflict):
        await approved(pay, draft.id)


async def test_only_business_items_are_assessed(pay: Database) -> None:
    with pytest.raises(InvalidInput) as refused:
        await drafted(pay, "db")
    with pytest.raises(NotFound) as unknown:
        await drafted(pay, "nothing")

    assert refused.value.message == (
        "'db' is a COMPONENT; assess the BUSINESS_PROCESS or BUSINESS_SERVICE that needs it"
    )
    assert unknown.value.message == "no configuration item has the key 'nothing'; look it up with search(text:)"
    assert await store.count_assessments(pay, key=None, statuses=()) == 0


async def test_assessments_outlive_their_item_and_cannot_bring_it_back(pay: Database) -> None:
    draft = await drafted(pay)
    await remove_items(pay, ["pay"], caller="tester", now=LATER)

    with pytest.raises(NotFound):
        await approved(pay, draft.id)

    assert await items_by_key(pay, ["pay"]) == {}
    assert await store.assessment_by_id(pay, draft.id) == draft


async def test_a_list_shows_the_last_ones_first_and_goes_on(pay: Database) -> None:
    ids = {(await drafted(pay)).id for _ in range(3)}

    first = await store.assessments(pay, key="pay", statuses=(DRAFT,), before=None, first=2)
    last = first[-1]
    rest = await store.assessments(pay, key=None, statuses=(), before=(last.drafted_at, last.id), first=2)

    assert {one.id for one in (*first, *rest)} == ids
    assert await store.count_assessments(pay, key="pay", statuses=(DRAFT,)) == 3
    assert await store.count_assessments(pay, key=None, statuses=(APPROVED,)) == 0
