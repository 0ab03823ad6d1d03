"""The shipped operations fit the schema and answer as recorded, against the demo company with one array down.

After a wanted change `RECORD_ANSWERS=1 uv run pytest tests/test_operations.py` records the answers again; read the
difference before you commit it.
"""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, OperationType, build_schema, parse, validate

from app.database.client import Connection
from app.resources import resource_folder
from tests.service import Client, Json, emptied, running

SCHEMA = build_schema((resource_folder("graphql") / "schema.graphql").read_text(encoding="utf-8"))
OPERATIONS = {path.stem: path for path in sorted((resource_folder("graphql") / "operations").glob("*.graphql"))}
ANSWERS = Path(__file__).parent / "api" / "answers"
# What differs from run to run, or follows from what does.
VOLATILE = {
    *("asOf", "createdAt", "updatedAt", "receivedAt", "graphVersion", "startCursor", "endCursor"),
    *("at", "checkedAt", "firstSeenAt", "startsAt", "since", "start", "end", "breachAt", "observedAt", "computedAt"),
}
# The times in sentences, and the ids of events, which are made of when they started.
_VOLATILE_WORDS = re.compile(r"(\d{4}-\d\d-\d\d )?\d\d:\d\d UTC|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ARRAY_DOWN = {
    "version": "4",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "ArrayDown", "underpin_key": "san-1", "severity": "critical"},
            "annotations": {"summary": "no paths to the array"},
            # Neither overdue nor past any tolerance, whenever this runs.
            "startsAt": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "fingerprint": "9fedf8a53e0a22c9",
        }
    ],
}


def document(name: str) -> DocumentNode:
    return parse(OPERATIONS[name].read_text(encoding="utf-8"))


def variables(name: str) -> Json:
    return json.loads(OPERATIONS[name].with_suffix(".json").read_text(encoding="utf-8"))


def operation(name: str) -> OperationDefinitionNode:
    (found,) = [one for one in document(name).definitions if isinstance(one, OperationDefinitionNode)]
    return found


def steady(answer: Json) -> Json:
    """The answer with everything volatile replaced."""
    if isinstance(answer, dict):
        return {name: "…" if name in VOLATILE and value else steady(value) for name, value in answer.items()}
    if isinstance(answer, str):
        return _VOLATILE_WORDS.sub("…", answer)
    return [steady(one) for one in answer] if isinstance(answer, list) else answer


@pytest.fixture(scope="module")
def client(connection: Connection) -> Iterator[Client]:
    with running(emptied(connection), demo=True) as service:
        client = service.client()
        client.http.post("/webhooks/alertmanager", json=ARRAY_DOWN).raise_for_status()
        service.record_health()
        client.graphql("mutation { checkNow { checkedAt } }")
        yield client


@pytest.fixture(scope="module")
def answers(client: Client) -> dict[str, Json]:
    """What every operation answers: the queries first, then the mutations, each by name."""
    order = sorted(OPERATIONS, key=lambda name: (operation(name).operation is not OperationType.QUERY, name))
    return {name: client.answer(OPERATIONS[name].read_text(encoding="utf-8"), variables(name)) for name in order}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_fits_the_schema(name: str) -> None:
    assert validate(SCHEMA, document(name)) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_first_who_wants_it(name: str) -> None:
    assert OPERATIONS[name].read_text(encoding="utf-8").startswith("# For ")


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_the_name_of_its_file(name: str) -> None:
    named = operation(name).name

    assert named is not None
    assert named.value == "".join(word.capitalize() for word in name.split("-"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_recorded(answers: dict[str, Json], name: str) -> None:
    recorded = ANSWERS / f"{name}.json"
    answer = json.dumps(steady(answers[name]), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("RECORD_ANSWERS"):
        recorded.parent.mkdir(exist_ok=True)
        recorded.write_text(answer, encoding="utf-8")

    assert answer == recorded.read_text(encoding="utf-8")
    assert "errors" not in answers[name]


def test_no_answer_is_recorded_of_an_operation_that_is_gone() -> None:
    assert {path.stem for path in ANSWERS.glob("*.json")} == set(OPERATIONS)
