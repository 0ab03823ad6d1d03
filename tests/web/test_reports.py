"""The continuity report over HTTP, and `underpin report`: the worked example W2 as a risk manager reads it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database.client import Connection
from tests.api.w2 import add_w2
from tests.journeys.up import underpin
from tests.service import Client, Service, emptied, running


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as opened:
        client = opened.client()
        add_w2(client)
        client.add(
            [
                {"key": "a/b", "type": "BUSINESS_SERVICE", "name": "<script>alert(1)</script> & co"},
                *({"key": key, "type": "COMPONENT", "availability": 0.9} for key in ("one", "two")),
                {
                    "key": "pair",
                    "type": "REDUNDANCY_GROUP",
                    "minAvailable": 1,
                    "members": [{"key": "one"}, {"key": "two"}],
                },
            ],
            *("a/b -> pair", "one -> two", "two -> one"),
        )
        yield opened


@pytest.fixture(scope="module")
def client(service: Service) -> Client:
    return service.client()


def text_of(page: str) -> str:
    """What a reader sees of a page, without its style."""
    body = page.split("</style>")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_report_says_first_what_matters(client: Client) -> None:
    answer = client.http.get("/continuity/s1/report")
    text = text_of(answer.text)

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "After the loss of everything it stands on, s1 is back after 5 h: 1 h too late." in text
    assert "4 things it stands on can take s1 DOWN alone." in text
    assert "By what is known it is up 100 % of the time." in text


def test_the_report_proves_what_it_says(client: Client) -> None:
    text = text_of(client.http.get("/continuity/san/report").text)

    assert "Recovery time (RTO) 2 h 2 h 1 h breached" in text
    assert "How soon it has to be up follows from who needs it: san → db → a → s1." in text
    assert "RTO_CONFLICT" in text


def test_what_is_missing_or_cyclic_is_in_the_report_and_does_not_keep_it_from_being_made(client: Client) -> None:
    text = text_of(client.http.get("/continuity/a/b/report").text)

    assert "nobody said how soon it has to be" in text
    assert "one does not say its recoveryTimeSeconds." in text
    assert "CYCLIC_DEPENDENCY" in text


def test_a_name_is_never_part_of_the_page(client: Client) -> None:
    answer = client.http.get("/continuity/a/b/report")

    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co (a/b)" in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def test_the_picture_of_the_plan_is_in_the_page(client: Client) -> None:
    page = client.http.get("/continuity/s1/report").text

    assert page.count("<svg ") == 1
    assert "everything is up 5 h after the failure" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_an_unknown_key_has_no_report(client: Client) -> None:
    answer = client.http.get("/continuity/nothing/report")

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_underpin_report_writes_the_page(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "s1.html"

    told = underpin("report", "s1", "--output", str(file), "--url", service.url)

    assert told.returncode == 0
    assert "Continuity report: s1" in file.read_text(encoding="utf-8")


def test_the_approved_analysis_and_how_well_it_is_mapped_are_in_the_report(client: Client) -> None:
    bands = [
        {"category": "REGULATORY", "afterSeconds": hours * 3_600, "level": level} for hours, level in ((1, 2), (8, 4))
    ]
    drafting = "mutation ($key: String!, $input: AssessmentInput!) { draftAssessment(key: $key, input: $input) { id } }"
    drafted = client.graphql(drafting, key="s2", input={"bands": bands})["draftAssessment"]
    client.graphql("mutation ($id: ID!) { approveAssessment(id: $id) { id } }", id=drafted["id"])

    text = text_of(client.http.get("/continuity/s2/report").text)

    assert "After 8 h an outage is intolerable (MTPD)." in text
    assert "regulatory 8 h 4 -" in text
    assert "Of 3 dependencies 3 were never verified and 0 too long ago." in text
    assert "There is no approved business impact analysis." in text_of(client.http.get("/continuity/s1/report").text)
