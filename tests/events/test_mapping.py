"""A source that somebody defines without code: what it reads, and what cannot be one."""

from contextlib import suppress
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.delivery import Delivery, Reading
from app.events.mapping import SourceMapping, checked_mapping, source_of
from app.events.model import EventStatus
from app.events.own_sources import document_of, mapping_of
from tests.graphs import DEGRADED, DOWN

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DOCUMENT = {
    "name": "smoke",
    "title": "Smoke detectors",
    "alerts": "readings[]",
    "fingerprint": "sensor.id",
    "status": "state",
    "resolved": ["clear"],
    "severity": "level",
    "severities": {"red": "DOWN"},
    "summary": "join(' ', [sensor.id, text])",
    "startsAt": "since",
    "url": "link",
    "labels": "sensor.tags",
    "identifiers": {"key": "sensor.ci", "fqdn": "sensor.hosts[]", "smoke_id": "sensor.id"},
}
BODY = {
    "readings": [
        {
            "sensor": {"id": "s-1", "ci": "db-1", "hosts": ["a.example", "b.example"], "tags": {"env": "prod"}},
            "state": "alarm",
            "level": "Red",
            "text": "smoke",
            "since": 1795464300,
            "link": "https://smoke.example/1",
        },
        {"sensor": {"id": "s-2"}, "state": "CLEAR", "level": "odd", "text": "", "since": "2026-11-25T10:00:00Z"},
        {"sensor": {}},
    ]
}


def read(mapping: SourceMapping, body: object) -> Reading:
    return source_of(mapping).read(Delivery(mapping.name, orjson.dumps(body), NOW))


def test_a_mapping_reads_a_body_as_it_says() -> None:
    reading = read(mapping_of(DOCUMENT), BODY)
    first, second = reading.alerts

    assert (first.source, first.fingerprint, first.status) == ("smoke", "s-1", EventStatus.FIRING)
    assert (first.severity, first.state, first.summary) == ("Red", DOWN, "s-1 smoke")
    assert (first.starts_at, first.url) == (datetime(2026, 11, 23, 20, 5, tzinfo=UTC), "https://smoke.example/1")
    assert first.labels == {"env": "prod"}
    assert [(clue.tier.value, clue.value, clue.kind) for clue in first.clues] == [
        ("key", "db-1", None),
        ("fqdn", "a.example", None),
        ("alias", "a.example", None),
        ("fqdn", "b.example", None),
        ("alias", "b.example", None),
        ("vendor", "s-1", "smoke_id"),
    ]
    assert (second.status, second.state) == (EventStatus.RESOLVED, DEGRADED)
    assert reading.problems == ("alerts[2] has no fingerprint by 'sensor.id'",)


def test_without_a_path_to_the_alerts_the_body_is_one() -> None:
    (alert,) = read(SourceMapping("one", "id"), {"id": 7}).alerts

    assert alert.fingerprint == "7"


def test_a_mapping_is_what_describes_it() -> None:
    mapping = mapping_of(DOCUMENT)

    assert mapping_of(document_of(mapping)) == mapping


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "Not/a name"}, "name must be 1-50 of a-z, 0-9, - and _, a letter first, not 'Not/a name'"),
        ({"fingerprint": " "}, "fingerprint must say which field names the trouble, the same when it is over"),
        ({"status": "shout(a)"}, "status calls shout(), which is no function of JMESPath"),
        ({"status": "a["}, "status is no JMESPath expression: "),
        ({"identifiers": {"fqdn": "]"}}, "identifiers.fqdn is no JMESPath expression: "),
        ({"summary": "a" * 501}, "summary has 501 characters, at most 500 are taken"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_mapping(mapping_of({**DOCUMENT, **changed}))

    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"name": "a"}, "a source mapping must have a fingerprint"),
        ({**DOCUMENT, "colour": "x"}, "a source mapping has no field 'colour'; its fields are alerts, "),
        ({**DOCUMENT, "resolved": "ok"}, "resolved must be a list of words, not 'ok'"),
        ({**DOCUMENT, "severities": {"red": "BROKEN"}}, "severities.red must be OPERATIONAL, DEGRADED or DOWN, not "),
        ({**DOCUMENT, "summary": 7}, "summary must be a text, not 7"),
    ],
)
def test_a_document_that_describes_no_mapping_is_refused(document: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        mapping_of(document)

    assert refused.value.message.startswith(message)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.text(max_size=5), st.just("inf")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["readings", "sensor", "id", "state", "text", "since"]), inner, max_size=4),
    ),
    max_leaves=20,
)
_EXPRESSIONS = st.sampled_from(
    [
        *("id", "sensor.id", "readings[]", "@", "[0]", "keys(@)", "sort(@)"),
        *("join(' ', id)", "sum(id)", "to_number(id)", "ceil(to_number(id))"),
    ]
)


@given(_JSON, _EXPRESSIONS, _EXPRESSIONS, _EXPRESSIONS)
def test_any_body_is_read_or_refused_whatever_the_expressions(body: object, one: str, two: str, three: str) -> None:
    mapping = SourceMapping("x", one, alerts=two, summary=three, starts_at=three, labels=two, identifiers={"fqdn": two})

    with suppress(InvalidInput):
        assert isinstance(read(mapping, body), Reading)
