"""What an alert says about its origin, and how that is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.identifiers import clues_of_labels, clues_of_reference, host_clues, queued_under, typed_clues
from app.events.model import Clue, MatchTier
from app.inventory.identifiers import normalised_identifier

KEY, SERIAL, FQDN, MAC, SERVICE = (MatchTier[name] for name in ("KEY", "SERIAL", "FQDN", "MAC", "SERVICE"))
ALIAS, HOSTNAME, JOB, IP = (MatchTier[name] for name in ("ALIAS", "HOSTNAME", "JOB", "IP"))


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
        Clue(MatchTier.SCOPED_SERVICE, "shop/checkout"), Clue(JOB, "checkout"), Clue(JOB, "Checkout"),
    )  # fmt: skip


def test_a_reference_may_be_anything() -> None:
    assert clues_of_reference(" 00:1A:2b:3C:4d:5E ") == (
        Clue(KEY, "00:1A:2b:3C:4d:5E"),
        Clue(HOSTNAME, "00:1a:2b:3c:4d:5e"), Clue(ALIAS, "00:1a:2b:3c:4d:5e"),
        Clue(SERIAL, "00:1a:2b:3c:4d:5e"),
        Clue(MAC, "001a2b3c4d5e"),
        Clue(SERVICE, "00:1a:2b:3c:4d:5e"), Clue(SERVICE, "00:1A:2b:3C:4d:5E"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        pytest.param({"host.name": "db-1.corp.example"}, (FQDN, "db-1.corp.example"), id="OpenTelemetry's dots"),
        pytest.param({"Host_Name": "DB-1"}, (HOSTNAME, "db-1"), id="any spelling of a name"),
        pytest.param({"_HOSTCI_ID": "CI0012"}, (KEY, "CI0012"), id="a custom variable of Nagios"),
        pytest.param({"cmdb_ci": "db-1"}, (KEY, "db-1"), id="ServiceNow"),
        pytest.param({"serial_number": "SN-42"}, (SERIAL, "sn-42"), id="a serial"),
        pytest.param({"mac": "00:1A:2B:3C:4D:5E"}, (MAC, "001a2b3c4d5e"), id="a MAC"),
        pytest.param({"any": "i-0abc1234def567890"}, (MatchTier.CLOUD, "i-0abc1234def567890"), id="an EC2 instance"),
        pytest.param(
            {"x": "arn:aws:rds:eu-central-1:1:db:Pay"}, (MatchTier.CLOUD, "arn:aws:rds:eu-central-1:1:db:pay"), id="ARN"
        ),
        pytest.param(
            {"r": "/subscriptions/S/resourceGroups/R/providers/Microsoft.Compute/virtualMachines/VM1"},
            (MatchTier.CLOUD, "/subscriptions/s/resourcegroups/r/providers/microsoft.compute/virtualmachines/vm1"),
            id="an ARM id",
        ),
        pytest.param(
            {"instance": "10.0.0.5:9100", "site": "ams"}, (MatchTier.SCOPED_IP, "ams/10.0.0.5"), id="an IP in a site"
        ),
        pytest.param({"instance": "fe80::1%eth0"}, (IP, "fe80::1"), id="an IPv6 address with a zone"),
        pytest.param({"instance": "http://user@pay.example:8080/x"}, (FQDN, "pay.example"), id="a URL with a user"),
        pytest.param({"instance": "bücher.example"}, (FQDN, "xn--bcher-kva.example"), id="a name in Unicode"),
        pytest.param(
            {"service": "Checkout", "namespace": "shop"}, (MatchTier.SCOPED_SERVICE, "shop/checkout"), id="a namespace"
        ),
        pytest.param(
            {"job": "shop/checkout"}, (MatchTier.SCOPED_SERVICE, "shop/checkout"), id="a job of OpenTelemetry"
        ),
        pytest.param({"job": "shop/checkout"}, (JOB, "checkout"), id="its last part"),
        pytest.param(
            {"namespace": "shop", "deployment": "api", "cluster": "eu1"},
            (MatchTier.KUBERNETES, "eu1/shop/deployment/api"),
            id="a deployment in its cluster",
        ),
        pytest.param(
            {"namespace": "shop", "pod": "api-7d9f8b6c5d-x2x7z"},
            (MatchTier.KUBERNETES, "shop/deployment/api"),
            id="the deployment of a pod",
        ),
        pytest.param(
            {"namespace": "shop", "pod": "db-0"}, (MatchTier.KUBERNETES, "shop/statefulset/db"), id="a stateful set"
        ),
        pytest.param(
            {"k8s.namespace.name": "shop", "k8s.statefulset.name": "db"},
            (MatchTier.KUBERNETES, "shop/statefulset/db"),
            id="OpenTelemetry's workload",
        ),
        pytest.param({"deployment": "api"}, (ALIAS, "api"), id="a workload by its name alone"),
    ],
)
def test_labels_of_every_tool_are_understood(labels: dict[str, str], wanted: tuple[MatchTier, str]) -> None:
    assert wanted in [(clue.tier, clue.value) for clue in clues_of_labels(labels)]


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60)))
def test_any_labels_are_read(labels: dict[str, str]) -> None:
    clues = clues_of_labels(labels)

    assert all(clue.value for clue in clues)
    assert len(set(clues)) == len(clues)


def test_an_identifier_of_a_vendors_own_kind_is_looked_up_under_that_kind() -> None:
    assert typed_clues("zabbix_host", "10084") == [Clue(MatchTier.VENDOR, "10084", "zabbix_host")]
    assert typed_clues("mac", "00-1a-2b-3c-4d-5e") == [Clue(MAC, "001a2b3c4d5e")]
    assert typed_clues("ip", "10.0.0.5", scope="ams") == [
        Clue(MatchTier.SCOPED_IP, "ams/10.0.0.5"),
        Clue(IP, "10.0.0.5"),
    ]
    assert typed_clues("ip", "nonsense") == []


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        pytest.param(
            {"job": "kube-state-metrics", "service": "ksm", "instance": "10.1.0.9", "namespace": "shop", "pod": "db-0"},
            [("kubernetes", "shop/pod/db-0"), ("kubernetes", "shop/statefulset/db"), ("alias", "db")],
            id="kube-state-metrics that honours labels",
        ),
        pytest.param(
            {"namespace": "monitoring", "pod": "exporter-0", "instance": "10.1.0.9:8080", "exported_namespace": "shop",
             "exported_pod": "db-0"},
            [("kubernetes", "shop/pod/db-0"), ("kubernetes", "shop/statefulset/db"), ("alias", "db")],
            id="one that does not",
        ),
        pytest.param(
            {"job": "pushgateway", "instance": "push.example:9091", "exported_job": "backup"},
            [("job", "backup")],
            id="the Pushgateway",
        ),
        pytest.param(
            {"job": "blackbox-http", "instance": "https://pay.example/"},
            [("fqdn", "pay.example"), ("alias", "pay.example")],
            id="a probe",
        ),
        pytest.param({"job": "kube-state-metrics"}, [("job", "kube-state-metrics")], id="an exporter itself"),
        pytest.param(
            {"instance": "10.0.0.7:9100", "device": "eth0"}, [("ip", "10.0.0.7")], id="the network card of a host"
        ),
        pytest.param({"device": "switch-3"}, [("hostname", "switch-3"), ("alias", "switch-3")], id="a switch"),
    ],
)  # fmt: skip
def test_an_alert_is_about_what_is_observed_and_not_who_observes_it(
    labels: dict[str, str], said: list[tuple[str, str]]
) -> None:
    assert [(clue.tier.value, clue.value) for clue in clues_of_labels(labels)] == said


def test_an_alert_about_nothing_known_waits_under_the_strongest_thing_it_says() -> None:
    clues = clues_of_labels({"job": "node", "instance": "db-1.example:9100", "service": "pay"})

    assert queued_under(clues) == Clue(FQDN, "db-1.example")
    assert queued_under(()) is None


@pytest.mark.parametrize(
    ("labels", "waits_under"),
    [
        pytest.param({"instance": "db-1:9100"}, Clue(HOSTNAME, "db-1"), id="a host name, not the alias it may be"),
        pytest.param({"deployment": "api", "instance": "10.0.0.7"}, Clue(ALIAS, "api"), id="an alias"),
        pytest.param({"instance": "localhost:9090", "job": "prometheus"}, Clue(JOB, "prometheus"), id="not localhost"),
        pytest.param({"instance": "localhost:9090"}, Clue(HOSTNAME, "localhost"), id="localhost if it must be"),
    ],
)
def test_it_waits_under_what_somebody_could_sort_out(labels: dict[str, str], waits_under: Clue) -> None:
    assert queued_under(clues_of_labels(labels)) == waits_under
