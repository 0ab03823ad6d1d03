"""Which item an alert is about: the strongest tier decides, and a guess is never made."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.database.client import Database
from app.database.queries import Query
from app.events.actions import look_up
from app.events.directory import items_identified_by
from app.events.identifiers import KINDS, clues_of_labels
from app.events.looking_up import directory_for, matches_of_subjects
from app.events.match_rules import MatchRule, RuleKind, compiled
from app.events.matching import Bearer, Directory, Pair, Subject, find, match, pairs_to_ask
from app.events.model import Clue, Match, MatchTier
from app.events.sorting import put_rule
from app.inventory.actions import remove_items
from app.inventory.store import forget_identifiers
from tests.stored import NOW, Raw, item, needs, upserted

KEY, SERIAL, FQDN, MAC, SERVICE = (MatchTier[name] for name in ("KEY", "SERIAL", "FQDN", "MAC", "SERVICE"))
ALIAS, HOSTNAME, JOB, IP = (MatchTier[name] for name in ("ALIAS", "HOSTNAME", "JOB", "IP"))


def identified(key: str, **identifiers: str) -> Raw:
    """An item with identifiers, `kind=value` each."""
    return item(key, identifiers=[{"kind": kind, "value": value} for kind, value in identifiers.items()])


async def matched(database: Database, **labels: str) -> Match:
    return await matched_at(database, None, labels)


async def matched_at(database: Database, at: datetime | None, labels: Mapping[str, str]) -> Match:
    (found,) = await matches_of_subjects(database, [Subject(clues_of_labels(labels), labels, at)])
    return found


_VALUES = st.sampled_from(["x", "y", "z"])
_CLUES = st.lists(st.builds(Clue, st.sampled_from(MatchTier), _VALUES), max_size=8).map(tuple)
_KEYS = ("a", "b", "c")
_FOUND = st.lists(st.builds(Bearer, st.sampled_from(_KEYS)), max_size=2, unique=True).map(tuple)
_KINDS = sorted({kind for kinds in KINDS.values() for kind in kinds})
_DIRECTORIES = st.builds(
    Directory,
    st.dictionaries(st.tuples(st.sampled_from(_KINDS), _VALUES), _FOUND),
    st.dictionaries(_VALUES, st.lists(st.sampled_from(_KEYS), max_size=2, unique=True).map(tuple)),
    st.frozensets(_VALUES),
)
_RELATED = st.frozensets(st.tuples(st.sampled_from([*_KEYS, "x", "y", "z"]), st.sampled_from([*_KEYS, "x", "y", "z"])))


def by_tier(clues: Sequence[Clue], directory: Directory) -> dict[MatchTier, set[str]]:
    found = {tier: {key for clue in clues if clue.tier is tier for key in directory.items(clue)} for tier in MatchTier}
    return {tier: keys for tier, keys in found.items() if keys}


@given(_CLUES, _DIRECTORIES)
def test_the_strongest_tier_that_finds_anything_decides_and_never_guesses(
    clues: tuple[Clue, ...], directory: Directory
) -> None:
    tiers = by_tier(clues, directory)
    strongest = next(iter(tiers), None)

    found = match(find(Subject(clues, {}), directory))

    assert found.tier is strongest
    assert {found.key, *found.candidates} - {None} == (tiers[strongest] if strongest else set())
    assert (found.key is None) == (len(found.candidates) != 0 or strongest is None)
    assert len(found.candidates) != 1


@given(_CLUES, _DIRECTORIES, _RELATED)
def test_whatever_stands_on_what_only_items_that_were_found_are_matched_and_the_order_of_clues_never_matters(
    clues: tuple[Clue, ...], directory: Directory, related: frozenset[Pair]
) -> None:
    found = match(find(Subject(clues, {}), directory), related)
    other = match(find(Subject(clues[::-1], {}), directory), related)
    everything = set().union(*by_tier(clues, directory).values())

    assert (found.key, found.tier, found.candidates, found.context) == (
        other.key,
        other.tier,
        other.candidates,
        other.context,
    )
    assert {found.key, *found.candidates, *found.context} - {None} <= everything
    assert found.key not in found.context


@given(_CLUES, _DIRECTORIES, _RELATED)
def test_only_the_pairs_that_were_asked_for_make_a_difference(
    clues: tuple[Clue, ...], directory: Directory, related: frozenset[Pair]
) -> None:
    findings = find(Subject(clues, {}), directory)
    asked = related & frozenset(pairs_to_ask(findings))

    assert match(findings, asked) == match(findings, related)


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


async def test_a_delivery_is_looked_up_in_four_statements_however_many_alerts(database: Database) -> None:
    await upserted(database, [identified(f"db-{number}", fqdn=f"db-{number}.example") for number in range(50)])
    labels = [{"instance": f"db-{number}.example", "job": "x"} for number in range(50)]
    subjects = [Subject(clues_of_labels(one), one) for one in [*labels, {"instance": "db-7"}]]
    sent: list[str] = []
    database.listeners.append(sent.append)

    directory = await directory_for(database, subjects)

    assert sent == ["match_rules", "items_identified_by", "items_with_short_name", "items_with_keys"]
    assert directory.items(Clue(FQDN, "db-49.example")) == {"db-49"}


@pytest.mark.parametrize(
    ("relation", "tier", "key", "context"),
    [
        pytest.param("DEPENDS_ON", SERVICE, "checkout", ("web01",), id="a service on a host"),
        pytest.param("OPERATED_BY", FQDN, "web01", (), id="a service elsewhere"),
    ],
)
async def test_an_alert_of_a_host_and_a_service_on_it_is_about_the_service(
    database: Database, relation: str, tier: MatchTier, key: str, context: tuple[str, ...]
) -> None:
    team = [item("ops", "TEAM")] if relation == "OPERATED_BY" else []
    edge = needs("checkout", "ops" if team else "web01", relation)
    await upserted(database, [identified("web01", fqdn="web01.example"), item("checkout", "IT_SERVICE"), *team], [edge])

    found = await matched(database, instance="web01.example:9100", service="checkout")

    assert (found.key, found.tier, found.context) == (key, tier, context)


async def test_a_service_that_would_survive_the_host_is_not_what_the_alert_is_about(database: Database) -> None:
    group = item("web", "REDUNDANCY_GROUP", minAvailable=1, members=["web01", "web02"])
    hosts = [identified("web01", fqdn="web01.example"), item("web02")]
    await upserted(database, [*hosts, group, item("checkout", "IT_SERVICE")], [needs("checkout", "web")])

    assert (await matched(database, instance="web01.example", service="checkout")).key == "web01"


async def test_of_two_items_in_one_tier_the_one_that_stands_on_the_other_is_meant(database: Database) -> None:
    both = {"fqdn": "db-1.example"}
    await upserted(database, [identified("postgres", **both), identified("db-1", **both)], [needs("postgres", "db-1")])

    found = await matched(database, instance="db-1.example:5432")

    assert (found.key, found.tier, found.context) == ("postgres", FQDN, ("db-1",))


async def test_an_identifier_is_that_of_the_item_that_had_it_when_the_alert_began(database: Database) -> None:
    moved = NOW + timedelta(hours=1)
    await upserted(database, [identified("old", ip="10.0.0.5"), item("new")], now=NOW)
    await upserted(database, [{**item("old"), "identifiers": []}, identified("new", ip="10.0.0.5")], now=moved)

    keys = [
        (await matched_at(database, at, {"instance": "10.0.0.5"})).key
        for at in (NOW, moved - timedelta(seconds=1), moved, moved + timedelta(days=1), NOW - timedelta(days=1))
    ]

    assert keys == ["old", "old", "new", "new", "new"]


async def test_who_had_an_identifier_is_forgotten_in_time_and_who_has_it_is_not(database: Database) -> None:
    moved = NOW + timedelta(hours=1)
    await upserted(database, [identified("old", ip="10.0.0.5", alias="gone"), item("new")], now=NOW)
    await upserted(database, [{**item("old"), "identifiers": []}, identified("new", ip="10.0.0.5")], now=moved)

    early = await database.write(lambda transaction: forget_identifiers(transaction, moved, 100))
    late = await database.write(lambda transaction: forget_identifiers(transaction, moved + timedelta(days=1), 100))
    found = await items_identified_by(database, [("ip", "10.0.0.5"), ("alias", "gone")])

    assert (early, late) == (0, 2)
    assert found == {("ip", "10.0.0.5"): (Bearer("new", moved),)}
    assert await database.rows(
        Query("left", "MATCH (one:Identifier) RETURN one.value AS value", "", frozenset(), ("value",))
    ) == [{"value": "10.0.0.5"}]


async def test_the_trace_says_what_was_looked_up_and_what_decided(database: Database) -> None:
    await upserted(database, [identified("web01", fqdn="web01.example"), item("checkout")])

    found = await matched(database, instance="web01.example:9100", job="checkout", node="n-7")

    assert [(step.clue.tier, step.clue.value, step.clue.origin, step.found, step.outcome) for step in found.trace] == [
        (FQDN, "web01.example", "instance", ("web01",), "the match"),
        (ALIAS, "web01.example", "instance", (), "nothing of this name"),
        (ALIAS, "n-7", "node", (), "nothing of this name"),
        (HOSTNAME, "n-7", "node", (), "nothing of this name"),
        (JOB, "checkout", "job", ("checkout",), "passed over: another tier decides"),
    ]


async def test_a_service_of_another_environment_is_not_meant(database: Database) -> None:
    names = [{"kind": "service", "value": "checkout"}]
    await upserted(database, [item("checkout-live", "IT_SERVICE", identifiers=names, environment="production")])

    keys = [(await matched(database, service="checkout", env=env)).key for env in ("prod", " Production", "dev", "")]
    of_dev = await matched(database, service="checkout", env="dev")

    assert keys == ["checkout-live", "checkout-live", None, "checkout-live"]
    assert of_dev.candidates == ()
    assert ("service", ("checkout-live",), "in another environment") in [
        (step.clue.tier.value, step.found, step.outcome) for step in of_dev.trace
    ]


async def test_of_two_services_of_one_name_the_one_of_its_environment_is_meant(database: Database) -> None:
    names = [{"kind": "service", "value": "checkout"}]
    for environment in ("staging", "production"):
        await upserted(database, [item(environment, "IT_SERVICE", identifiers=names, environment=environment)])

    assert (await matched(database, service="checkout", environment="stg")).key == "staging"
    assert (await matched(database, service="checkout")).candidates == ("production", "staging")


def ruled(labels: Mapping[str, str], *rules: tuple[RuleKind, str], known: Mapping[tuple[str, str], str] = {}) -> Match:
    """The match where every rule leads to the item `ruled`, and these identifiers are known."""
    table = compiled(MatchRule(pattern, kind, pattern, "ruled") for kind, pattern in rules)
    identified = {named: (Bearer(key),) for named, key in known.items()}
    directory = Directory(identified, {}, frozenset({"ruled", "checkout"}), table)
    return match(find(Subject(clues_of_labels(labels), labels), directory))


def test_a_host_that_is_known_is_not_what_a_rule_about_its_domain_leads_to() -> None:
    rule = (RuleKind.DOMAIN, "*.pay.example")
    known = {("fqdn", "db-1.pay.example"): "db-1", ("alias", "old.pay.example"): "db-2"}

    keys = [ruled({"instance": f"{name}.pay.example"}, rule, known=known).key for name in ("db-1", "old", "db-9")]

    assert keys == ["db-1", "db-2", "ruled"]


def test_a_rule_about_a_domain_counts_before_the_name_of_a_service_as_the_host_would() -> None:
    labels = {"instance": "db-9.pay.example", "service": "checkout"}

    assert ruled(labels, (RuleKind.DOMAIN, "*.pay.example")).key == "ruled"


def test_a_rule_about_a_network_counts_when_nothing_else_is_known() -> None:
    rule = (RuleKind.NETWORK, "10.0.0.0/8")

    assert ruled({"instance": "10.0.0.5:80"}, rule).key == "ruled"
    assert ruled({"instance": "10.0.0.5:80", "service": "checkout"}, rule).key == "checkout"
    assert (
        ruled({"host": "db-1.example", "host_ip": "10.0.0.5"}, rule, known={("fqdn", "db-1.example"): "db-1"}).key
        == "db-1"
    )


def test_a_rule_about_a_label_counts_before_any_host() -> None:
    known = {("fqdn", "db-1.example"): "db-1"}

    found = ruled({"instance": "db-1.example", "team": "pay"}, (RuleKind.LABEL, "team=pay"), known=known)

    assert (found.key, found.tier, found.identifier) == ("ruled", MatchTier.RULE, "team=pay")


async def test_a_rule_that_leads_to_an_item_that_is_gone_leads_nowhere(database: Database) -> None:
    await upserted(database, [item("pay")])
    await put_rule(database, RuleKind.DOMAIN, "*.pay.example", "pay", by="tester", now=NOW)
    before = await matched(database, instance="db-1.pay.example")
    await remove_items(database, ["pay"], caller="tester", now=NOW)

    assert (before.key, before.trace[0].found) == ("pay", ("pay",))
    assert await matched(database, instance="db-1.pay.example") == Match()
