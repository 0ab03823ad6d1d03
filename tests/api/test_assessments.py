"""Business impact analyses over GraphQL: drafted, approved into their items, listed."""

import pytest

from tests.api.questions import nodes
from tests.service import Client, Json

DRAFT = """mutation ($key: String!, $input: AssessmentInput!) { draftAssessment(key: $key, input: $input) {
  id version status mtpdSeconds mtpdCategories contradictions
  bands { category afterSeconds level cumulativeLoss } } }"""
APPROVE = """mutation ($id: ID!, $accept: [Proposal!]) {
  approveAssessment(id: $id, accept: $accept) { status approvedBy reviewedBy } }"""
CHANGE = "mutation ($id: ID!) { %s(id: $id) { status } }"
ITEM = """query ($key: String!) { item(key: $key) { ... on BusinessImpact {
  mtpdSeconds rtoSeconds lossCurrency lossBands { afterSeconds cumulativeLoss }
  assessment { id version status } } } }"""
LIST = """query ($key: String, $statuses: [AssessmentStatus!], $first: Int, $after: String) {
  assessments(key: $key, statuses: $statuses, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { item { key } node { id version status } } } }"""
BANDS = [
    {"category": "FINANCIAL", "afterSeconds": 3600, "level": 2, "cumulativeLoss": "1000"},
    {"category": "CUSTOMER", "afterSeconds": 7200, "level": 4},
]


@pytest.fixture
def shop(client: Client) -> Client:
    """A process with an impact tolerance of an hour, and a component."""
    pay = {"key": "pay", "type": "BUSINESS_PROCESS", "impactToleranceSeconds": 3600}
    client.add([pay, {"key": "db", "type": "COMPONENT"}])
    return client


def draft(client: Client, key: str = "pay", **more: Json) -> Json:
    return client.graphql(DRAFT, key=key, input={"bands": BANDS, "currency": "EUR", **more})["draftAssessment"]


def listed(client: Client, **arguments: Json) -> Json:
    return client.graphql(LIST, **arguments)["assessments"]


def test_a_draft_shows_what_follows_from_it(shop: Client) -> None:
    found = draft(shop, rtoSeconds=5400, wrtSeconds=1801)

    assert (found["status"], found["mtpdSeconds"], found["mtpdCategories"]) == ("DRAFT", 7200, ["CUSTOMER"])
    assert found["bands"] == [
        {"category": "FINANCIAL", "afterSeconds": 3600, "level": 2, "cumulativeLoss": "1000.00"},
        {"category": "CUSTOMER", "afterSeconds": 7200, "level": 4, "cumulativeLoss": None},
    ]
    assert found["contradictions"] == [
        "RTO 5400 s + WRT 1801 s is more than the MTPD of 7200 s; shorten what is allowed by 1 s",
        "RTO 5400 s is more than the impact tolerance of 3600 s; shorten it by 1800 s",
    ]


def test_the_item_shows_what_was_approved_and_not_what_is_drafted(shop: Client) -> None:
    first = draft(shop, rtoSeconds=1800)
    assert shop.graphql(ITEM, key="pay")["item"]["assessment"] is None

    done = shop.graphql(APPROVE, id=first["id"])["approveAssessment"]
    draft(shop, rtoSeconds=60)

    assert done == {"status": "APPROVED", "approvedBy": "local", "reviewedBy": "local"}
    assert shop.graphql(ITEM, key="pay")["item"] == {
        "mtpdSeconds": 7200,
        "rtoSeconds": 1800,
        "lossCurrency": "EUR",
        "lossBands": [{"afterSeconds": 3600, "cumulativeLoss": "1000.00"}],
        "assessment": {"id": first["id"], "version": first["version"], "status": "APPROVED"},
    }


def test_only_what_is_accepted_reaches_the_item(shop: Client) -> None:
    shop.graphql(APPROVE, id=draft(shop, rtoSeconds=1800)["id"], accept=[])

    found = shop.graphql(ITEM, key="pay")["item"]
    assert (found["mtpdSeconds"], found["rtoSeconds"]) == (7200, None)


def test_versions_are_listed_page_by_page_with_their_items(shop: Client) -> None:
    before = {node["id"] for node in nodes(listed(shop, key="pay", first=500))}
    drafts = [draft(shop) for _ in range(3)]

    first = listed(shop, key="pay", first=2, statuses=["DRAFT"])
    last_version = first["edges"][0]["node"]["version"]
    whole = listed(shop, key="pay", first=500)
    new = [node for node in nodes(whole) if node["id"] not in before]

    assert first["pageInfo"]["hasNextPage"]
    assert last_version == drafts[-1]["version"]
    assert [node["id"] for node in new] == [one["id"] for one in reversed(drafts)]
    assert first["edges"][0]["item"] == {"key": "pay"}
    assert whole["totalCount"] == len(before) + 3


def test_a_wrong_band_is_refused_with_its_row(shop: Client) -> None:
    wrong = [BANDS[0], {**BANDS[0], "afterSeconds": 60}]

    refusal = shop.refusal(DRAFT, key="pay", input={"bands": wrong, "currency": "EUR"})

    assert refusal.code == "INVALID_INPUT"
    assert refusal.problems == (
        ("bands[1]", "afterSeconds must be more than 3600, as the band of FINANCIAL before it says"),
    )


def test_a_version_is_confirmed_and_retired(shop: Client) -> None:
    made = draft(shop)
    refusal = shop.refusal(CHANGE % "reviewAssessment", id=made["id"])
    shop.graphql(APPROVE, id=made["id"])

    reviewed = shop.graphql(CHANGE % "reviewAssessment", id=made["id"])["reviewAssessment"]
    retired = shop.graphql(CHANGE % "retireAssessment", id=made["id"])["retireAssessment"]

    assert refusal.code == "CONFLICT"
    assert (reviewed["status"], retired["status"]) == ("APPROVED", "RETIRED")
    assert shop.graphql(ITEM, key="pay")["item"]["assessment"] is None
    assert shop.refusal(CHANGE % "retireAssessment", id="nothing").code == "NOT_FOUND"
