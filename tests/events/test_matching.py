"""Which item an alert is about: what it says, how that is spelled, and why a guess is never made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.database.client import Database
from app.events.actions import look_up
from app.events.matching import (
    Directory,
    clues_of_labels,
    clues_of_reference,
    directory_for,
    host_clues,
    match,
)
from app.events.model import Clue, Match, MatchTier
from app.inventory.actions import remove_items
from app.inventory.rules import normalised_identifier
from tests.stored import NOW, Raw, item, upserted

KEY, SERIAL, FQDN, MAC, SERVICE, ALIAS, HOSTNAME, JOB, IP = MatchTier


def identified(key: str, **identifiers: str) -> Raw:
    """An item with identifiers, `kind=value` each."""
    return item(key, identifiers=[{"kind": kind, "value": value} for kind, value in identifiers.items()])


async def matched(database: Database, **labels: str) -> Match:
    clues = clues_of_labels(labels)
    return match(clues, await directory_for(database, clues))


@pytest.mark.parametrize(
    ("value", "clues"),
    [
        pytest.param("db-1.corp.example", [(FQDN, "db-1.corp.example"), (ALIAS, "db-1.corp.example")], id="a host"),
        pytest.param(
            "db-1.corp.example:9100", [(FQDN, "db-1.corp.example"), (ALIAS, "db-1.corp.example")], id="a port"
        ),
        pytest.param(
            "DB-1.Corp.Example.", [(FQDN, "db-1.corp.example"), (ALIAS, "db-1.corp.example.")], id="upper case, dot"
        ),
        pytest.param("db-1:9100", [(HOSTNAME, "db-1"), (ALIAS, "db-1")], id="a short name"),
        pytest.param("db-1.", [(HOSTNAME, "db-1"), (ALIAS, "db-1.")], id="a short name with a dot"),
        pytest.param("10.0.3.17:9100", [(IP, "10.0.3.17")], id="an address"),
        pytest.param("[2001:DB8::0:1]:9100", [(IP, "2001:db8::1")], id="an IPv6 address with a port"),
        pytest.param("2001:db8:0:0:0:0:0:1", [(IP, "2001:db8::1")], id="a long IPv6 address"),
        pytest.param(
            "https://pay.example:8443/health?x=1", [(FQDN, "pay.example"), (ALIAS, "pay.example")], id="a URL"
        ),
        pytest.param("http://[::1]:80/", [(IP, "::1")], id="a URL with an IPv6 address"),
        pytest.param("pay.example:8443/health", [(FQDN, "pay.example"), (ALIAS, "pay.example")], id="a probe's target"),
        pytest.param("http://[broken", [], id="a broken URL"),
        pytest.param("  ", [], id="nothing"),
        pytest.param("\x00", [], id="a control character"),
        pytest.param("ｄｂ-1", [(HOSTNAME, "db-1"), (ALIAS, "db-1")], id="full-width letters"),  # noqa: RUF001
    ],
)
def test_a_host_is_read_without_its_port_and_in_one_spelling(value: str, clues: list[tuple[MatchTier, str]]) -> None:
    assert [(clue.tier, clue.value) for clue in host_clues(value)] == clues


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_every_address_with_a_port_is_that_address(address: object, port: int) -> None:
    text = f"[{address}]:{port}" if ":" in str(address) else f"{address}:{port}"

    assert host_clues(text) == host_clues(str(address)) == [Clue(IP, str(address))]


@given(st.text(max_size=40))
def test_any_text_gives_clues_in_the_spelling_under_which_identifiers_are_stored(text: str) -> None:
    kinds = {FQDN: "fqdn", ALIAS: "alias", HOSTNAME: "hostname", IP: "ip"}

    assert [
        clue for clue in host_clues(text) if normalised_identifier(kinds[clue.tier], clue.value) != clue.value
    ] == []


@given(st.dictionaries(st.sampled_from(["instance", "host", "service", "job", "underpin_key"]), st.text(max_size=20)))
def test_no_labels_are_too_odd_to_read(labels: dict[str, str]) -> None:
    clues = clues_of_labels(labels)

    assert len(set(clues)) == len(clues)


def test_labels_are_read_in_the_order_of_their_tiers() -> None:
    labels = {"job": "shop/Checkout", "service": "Checkout", "instance": "db-1.corp.example:9100", "node": "n-7"}

    clues = clues_of_labels({**labels, "underpin_key": " db-1 "})

    assert clues == (
        Clue(KEY, "db-1"),
        Clue(FQDN, "db-1.corp.example"), Clue(ALIAS, "db-1.corp.example"),
        Clue(HOSTNAME, "n-7"), Clue(ALIAS, "n-7"),
        Clue(SERVICE, "checkout"), Clue(SERVICE, "Checkout"), Clue(ALIAS, "checkout"),
        Clue(JOB, "checkout"), Clue(JOB, "Checkout"),
    )  # fmt: skip


def test_a_reference_may_be_anything() -> None:
    assert clues_of_reference(" 00:1A:2b:3C:4d:5E ") == (
        Clue(KEY, "00:1A:2b:3C:4d:5E"),
        Clue(HOSTNAME, "00:1a:2b:3c:4d:5e"), Clue(ALIAS, "00:1a:2b:3c:4d:5e"),
        Clue(SERIAL, "00:1a:2b:3c:4d:5e"),
        Clue(MAC, "001a2b3c4d5e"),
        Clue(SERVICE, "00:1a:2b:3c:4d:5e"), Clue(SERVICE, "00:1A:2b:3C:4d:5E"),
    )  # fmt: skip


_VALUES = st.sampled_from(["x", "y", "z"])
_CLUES = st.lists(st.builds(Clue, st.sampled_from(MatchTier), _VALUES), max_size=8)
_FOUND = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True).map(tuple)
_DIRECTORIES = st.builds(
    Directory,
    st.dictionaries(
        st.tuples(st.sampled_from(["serial", "fqdn", "mac", "service", "alias", "hostname", "job", "ip"]), _VALUES),
        _FOUND,
    ),
    st.dictionaries(_VALUES, _FOUND),
    st.frozensets(_VALUES),
)


@given(_CLUES, _DIRECTORIES)
def test_the_strongest_tier_that_finds_anything_decides_and_never_guesses(
    clues: list[Clue], directory: Directory
) -> None:
    by_tier = {
        tier: {key for clue in clues if clue.tier is tier for key in directory.items(clue)} for tier in MatchTier
    }
    strongest = next((tier for tier in MatchTier if by_tier[tier]), None)

    found = match(clues, directory)

    assert found.tier is strongest
    assert {found.key, *found.candidates} - {None} == (by_tier[strongest] if strongest else set())
    assert (found.key is None) == (len(found.candidates) != 0 or strongest is None)
    assert len(found.candidates) != 1


@given(_CLUES, _DIRECTORIES)
def test_the_order_of_labels_does_not_change_the_item(clues: list[Clue], directory: Directory) -> None:
    backwards = match(clues[::-1], directory)

    assert (backwards.key, backwards.tier, backwards.candidates) == (
        match(clues, directory).key,
        match(clues, directory).tier,
        match(clues, directory).candidates,
    )


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param({"underpin_key": "db-1", "instance": "web"}, Match("db-1", KEY, "db-1"), id="its key"),
        pytest.param({"underpin_key": "gone", "instance": "web"}, Match("web", HOSTNAME, "web"), id="no such key"),
        pytest.param({"instance": "web.corp.example:443"}, Match("web", FQDN, "web.corp.example"), id="a full name"),
        pytest.param({"instance": "WEB:443"}, Match("web", HOSTNAME, "web"), id="the first label of a full name"),
        pytest.param({"instance": "db-host"}, Match("db-1", HOSTNAME, "db-host"), id="a host name"),
        pytest.param({"instance": "10.0.0.5:80"}, Match("db-1", IP, "10.0.0.5"), id="an address"),
        pytest.param({"instance": "10.0.0.5", "job": "Checkout"}, Match("Checkout", JOB, "Checkout"), id="a job first"),
        pytest.param({"instance": "the-old-name"}, Match("db-1", ALIAS, "the-old-name"), id="an alias"),
        pytest.param({"service": "payments"}, Match("db-1", SERVICE, "payments"), id="a service by identifier"),
        pytest.param({"service": "Checkout"}, Match("Checkout", SERVICE, "Checkout"), id="a service by key as written"),
        pytest.param({"service": "WEB"}, Match("web", SERVICE, "web"), id="a service by key in lower case"),
        pytest.param({"job": "shop/web"}, Match("web", JOB, "web"), id="an OpenTelemetry job"),
        pytest.param({"instance": "web.other.example"}, Match(), id="the same short name elsewhere"),
        pytest.param({"instance": "db"}, Match(), id="part of a name"),
        pytest.param({"alertname": "web"}, Match(), id="a label that names no origin"),
        pytest.param({}, Match(), id="no labels"),
    ],
)  # fmt: skip
async def test_labels_find_their_item(database: Database, labels: dict[str, str], expected: Match) -> None:
    await upserted(
        database,
        [
            identified("db-1", ip="10.0.0.5", hostname="db-host", alias="The-Old-Name", service="Payments"),
            identified("web", fqdn="web.corp.example"),
            item("Checkout", "BUSINESS_SERVICE"),
        ],
    )

    assert await matched(database, **labels) == expected


@pytest.mark.parametrize("kind", ["ip", "fqdn", "hostname", "alias", "service"])
async def test_an_identifier_that_two_items_carry_is_ambiguous(database: Database, kind: str) -> None:
    value = {"ip": "10.0.0.5", "fqdn": "vip.corp.example"}.get(kind, "vip")
    await upserted(database, [identified("b", **{kind: value}), identified("a", **{kind: value})])

    found = await matched(database, **{"service" if kind == "service" else "instance": value})

    assert (found.key, found.tier, found.candidates) == (None, MatchTier(kind), ("a", "b"))


async def test_a_host_name_with_its_domain_is_found_by_either(database: Database) -> None:
    await upserted(database, [identified("db-1", hostname="db-1.corp.example")])

    assert await matched(database, instance="db-1.corp.example:9100") == Match("db-1", FQDN, "db-1.corp.example")
    assert await matched(database, instance="db-1:9100") == Match("db-1", HOSTNAME, "db-1")


async def test_two_hosts_of_the_same_short_name_are_ambiguous(database: Database) -> None:
    await upserted(
        database,
        [identified("db-no", fqdn="db.no.example"), identified("db-se", fqdn="db.se.example")],
    )

    assert (await matched(database, instance="db:9100")).candidates == ("db-no", "db-se")


async def test_an_ambiguous_strong_tier_is_not_overruled_by_a_weak_one(database: Database) -> None:
    await upserted(
        database,
        [identified("a", fqdn="vip.example", job="x"), identified("b", fqdn="vip.example"), item("checkout")],
    )

    found = await matched(database, instance="vip.example", job="checkout")

    assert (found.key, found.tier, found.candidates) == (None, FQDN, ("a", "b"))


async def test_two_labels_that_name_different_hosts_are_ambiguous(database: Database) -> None:
    await upserted(database, [identified("a", fqdn="a.example"), identified("b", fqdn="b.example")])

    assert (await matched(database, instance="a.example", node="b.example")).candidates == ("a", "b")


async def test_a_retired_item_answers_to_nothing(database: Database) -> None:
    old = {**identified("old", fqdn="db.corp.example", ip="10.0.0.5"), "lifecycle": "RETIRED"}
    await upserted(database, [old, identified("new", ip="10.0.0.5")])

    assert await matched(database, underpin_key="old") == Match()
    assert await matched(database, instance="db.corp.example") == Match()
    assert await matched(database, instance="db") == Match()
    assert await matched(database, instance="10.0.0.5") == Match("new", IP, "10.0.0.5")


async def test_an_identifier_follows_the_item_it_was_moved_to(database: Database) -> None:
    await upserted(database, [identified("old", fqdn="db.corp.example"), item("new")])
    await upserted(database, [{**item("old"), "identifiers": []}, identified("new", fqdn="DB.corp.example")])

    assert await matched(database, instance="db.corp.example") == Match("new", FQDN, "db.corp.example")
    assert (await matched(database, instance="db")).key == "new"


async def test_a_removed_item_is_found_no_more(database: Database) -> None:
    await upserted(database, [identified("db", fqdn="db.corp.example"), identified("b", ip="10.0.0.5")])
    await remove_items(database, ["db"], caller="tester", now=NOW)

    assert await matched(database, instance="db.corp.example", service="db") == Match()


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        pytest.param("db-1", Match("db-1", KEY, "db-1"), id="a key"),
        pytest.param(" db-1 ", Match("db-1", KEY, "db-1"), id="a key with spaces around"),
        pytest.param("sn-0042", Match("db-1", SERIAL, "sn-0042"), id="a serial"),
        pytest.param("00-1a-2b-3c-4d-5e", Match("db-1", MAC, "001a2b3c4d5e"), id="a MAC address"),
        pytest.param("https://db-1.corp.example:5432/x", Match("db-1", FQDN, "db-1.corp.example"), id="a URL"),
        pytest.param("[2001:db8::1]:5432", Match("db-1", IP, "2001:db8::1"), id="an address"),
        pytest.param("Ledger", Match("db-1", SERVICE, "ledger"), id="a service"),
        pytest.param("nobody", Match(), id="nothing known"),
    ],
)
async def test_a_person_may_name_an_item_in_many_ways(database: Database, reference: str, expected: Match) -> None:
    names = {"serial": "SN-0042", "mac": "00:1A:2B:3C:4D:5E", "fqdn": "db-1.corp.example", "service": "Ledger"}
    await upserted(database, [identified("db-1", ip="2001:DB8::1", **names)])

    assert await look_up(database, reference) == expected


async def test_a_delivery_is_looked_up_in_three_statements_however_many_alerts(database: Database) -> None:
    await upserted(database, [identified(f"db-{number}", fqdn=f"db-{number}.example") for number in range(50)])
    clues = [clue for number in range(50) for clue in clues_of_labels({"instance": f"db-{number}.example", "job": "x"})]
    sent: list[str] = []
    database.listeners.append(sent.append)

    directory = await directory_for(database, [*clues, Clue(HOSTNAME, "db-7")])

    assert sent == ["items_identified_by", "items_with_short_name", "items_with_keys"]
    assert directory.items(Clue(FQDN, "db-49.example")) == {"db-49"}
