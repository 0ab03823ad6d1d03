"""Limits of the queries of callers, on a real Neo4j."""

import asyncio

import pytest

from app.auth.model import Caller, Role
from app.database.client import Database
from app.errors import InvalidInput, NotAllowed, Unavailable
from app.explore.actions import Explorer
from app.explore.guard import LABELLED
from app.settings import Settings
from tests.stored import item, upserted

ARCHITECT = Caller("architect", Role.READER)
LONG = "UNWIND range(1, 1000000000000) AS x RETURN count(x)"


@pytest.fixture
async def estate(database: Database) -> Database:
    await upserted(database, [item(f"c-{number}") for number in range(5)])
    return database


def explorer(database: Database, **settings: object) -> Explorer:
    return Explorer(database, Settings.model_validate({"cypher_timeout_seconds": 20, **settings}))


async def test_an_answer_is_cut_at_its_limit_and_says_so(estate: Database) -> None:
    explore = explorer(estate)

    cut = await explore.answer(ARCHITECT, explore.asked("MATCH (c:Component) RETURN c.key ORDER BY c.key", {}, 3))
    whole = await explore.answer(ARCHITECT, explore.asked("MATCH (c:Component) RETURN c.key ORDER BY c.key", {}, 5))

    assert (cut.rows, cut.summary.cut) == (
        [["c-0"], ["c-1"], ["c-2"]],
        "there are more than 3 rows; raise the limit, or aggregate",
    )
    assert (len(whole.rows), whole.summary.cut) == (5, None)
    assert whole.summary.cost.scans == ("c:Component",)


async def test_an_answer_is_cut_at_its_bytes(estate: Database) -> None:
    explore = explorer(estate, cypher_max_bytes=20)

    answer = await explore.answer(ARCHITECT, explore.asked("UNWIND range(1, 9) AS x RETURN 'aaaa' AS a", {}, None))

    assert len(answer.rows) == 2
    assert answer.summary.cut == "the rows have more than 20 bytes; return fewer properties"


async def test_parameters_are_passed(estate: Database) -> None:
    explore = explorer(estate)

    answer = await explore.answer(ARCHITECT, explore.asked("UNWIND $keys AS key RETURN key", {"keys": ["a", 2]}, None))

    assert answer.rows == [["a"], [2]]


@pytest.mark.parametrize(
    ("parameters", "limit", "sentence"),
    [
        ({}, 0, "limit must be from 1 to 10000, not 0"),
        ({}, 10_001, "limit must be from 1 to 10000, not 10001"),
        ({"n": 2**63}, 1, "the parameter n holds 9223372036854775808, which is beyond 64 bits; pass it as text"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_a_sentence(
    estate: Database, parameters: dict[str, object], limit: int, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        explorer(estate).asked("RETURN 1", parameters, limit)

    assert refusal.value.message == sentence


async def test_a_pattern_without_a_label_means_the_model_only(estate: Database) -> None:
    explore = explorer(estate)

    answer = await explore.answer(ARCHITECT, explore.asked("MATCH (n) RETURN count(n) AS n", {}, None))

    # Five items and the one change that brought them; the counters and the migrations are not of the model.
    assert answer.rows == [[6]]
    assert answer.summary.notes == (LABELLED,)


async def test_a_query_that_takes_too_long_is_stopped(estate: Database) -> None:
    explore = explorer(estate, cypher_timeout_seconds=1)

    with pytest.raises(Unavailable) as refusal:
        await explore.answer(ARCHITECT, explore.asked(LONG, {}, None))

    assert refusal.value.message == (
        "the query was stopped after 1 s; ask for less, or raise UNDERPIN_CYPHER_TIMEOUT_SECONDS"
    )


async def test_a_caller_runs_so_many_at_once_and_others_are_not_held_up(estate: Database) -> None:
    explore = explorer(estate, cypher_max_running=1)
    first = asyncio.create_task(explore.answer(ARCHITECT, explore.asked(LONG, {}, None)))
    await asyncio.sleep(0)  # it has begun, and counts

    with pytest.raises(Unavailable) as refusal:
        await explore.answer(ARCHITECT, explore.asked("RETURN 1 AS x", {}, None))
    other = await explore.answer(Caller("other", Role.READER), explore.asked("RETURN 1 AS x", {}, None))
    first.cancel()
    await asyncio.wait([first])

    assert refusal.value.message == "1 queries of 'architect' run already; wait for one of them, or stop it"
    assert other.rows == [[1]]
    assert (await explore.answer(ARCHITECT, explore.asked("RETURN 2 AS x", {}, None))).rows == [[2]]


async def test_a_query_that_nobody_waits_for_is_ended_in_the_server(estate: Database) -> None:
    explore = explorer(estate, cypher_max_running=1)
    looks = 0

    async def gone() -> bool:
        nonlocal looks
        looks += 1
        return looks > 2

    with pytest.raises(Unavailable):
        await explore.answer(ARCHITECT, explore.asked(LONG, {}, None), gone)

    # Its place is free: it no longer runs.
    assert (await explore.answer(ARCHITECT, explore.asked("RETURN 1 AS x", {}, None))).rows == [[1]]


async def test_a_role_may_be_kept_from_asking(estate: Database) -> None:
    explore = explorer(estate, cypher_roles=["admin"])

    with pytest.raises(NotAllowed) as refusal:
        await explore.answer(ARCHITECT, explore.asked("RETURN 1 AS x", {}, None))

    assert refusal.value.message == (
        "'architect' has the role reader and may not ask in Cypher; that may admin (UNDERPIN_CYPHER_ROLES)"
    )
