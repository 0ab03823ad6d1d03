"""Identifiers: what an alert says about where it comes from, as typed and normalised clues. Pure.

Label names are read in any of their spellings: `host.name`, `host_name` and `Host-Name` are one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from app.events.model import Clue, MatchTier
from app.events.workloads import workload_clues
from app.inventory.identifiers import normalised_identifier

_KEYS = (
    *("underpin_key", "ci_id", "ci_key", "cmdb_ci", "configuration_item"),
    *("host_ci_id", "hostci_id", "service_ci_id", "serviceci_id"),
)
_SERIALS = ("serial", "serial_number", "serialnumber", "asset_tag", "asset")
_MACS = ("mac", "mac_address", "macaddress")
_HOSTS = (
    *("instance", "host", "hostname", "host_name", "fqdn", "host_fqdn", "host_dns", "node", "nodename", "node_name"),
    *("k8s_node_name", "server", "server_address", "target"),
    *("ip", "host_ip", "ip_address", "host_address", "address"),
)
_SERVICES = ("service", "service_name", "business_service", "app", "application", "app_kubernetes_io_name")
_ENVIRONMENTS = ("environment", "env", "deployment_environment_name", "deployment_environment")
_NAMESPACES = ("service_namespace", "namespace", "k8s_namespace_name", *_ENVIRONMENTS)
_SCOPES = ("vrf", "site", "tenant", "vpc", "environment", "env", "cluster", "k8s_cluster_name")
_JOBS = ("job",)
_DEVICES = ("device", "device_name")
# Every machine calls itself so.
_EVERYWHERE = {"localhost", "localhost.localdomain", "127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104
# What Prometheus says of the exporter it asked, and exporters that speak of others beside their labels that do not.
_EXPORTED = "exported_"
_OF_EXPORTER = frozenset({"instance", "job", "service", "namespace", "pod", "container", "node"})
_EXPORTERS = (
    (re.compile(r"kube-state-metrics|cloudwatch|yace|stackdriver"), frozenset({"instance", "job", "service"})),
    (re.compile(r"blackbox|snmp"), frozenset({"job", "service"})),
)
_SAME_ENVIRONMENT = {
    **dict.fromkeys(("prod", "prd", "live"), "production"),
    **dict.fromkeys(("stage", "stg"), "staging"),
    **dict.fromkeys(("dev", "develop"), "development"),
    **dict.fromkeys(("tst", "testing"), "test"),
}
_normalised = lru_cache(10_000)(normalised_identifier)
_PORT = re.compile(r":\d{1,5}$")
# What a cloud calls a resource is known by its form, whatever the label is called.
_CLOUD = re.compile(
    r"arn:aws[\w-]*:.+|/subscriptions/.+/providers/.+|//[\w.-]+\.googleapis\.com/.+|i-[0-9a-f]{8,17}", re.IGNORECASE
)
_MAX_VALUE = 2_000
KINDS: Mapping[MatchTier, tuple[str, ...]] = {
    MatchTier.SERIAL: ("serial", "asset"),
    MatchTier.CLOUD: ("cloud", "arn", "arm", "instance_id"),
    MatchTier.KUBERNETES: ("kubernetes",),
    MatchTier.FQDN: ("fqdn", "hostname"),
    MatchTier.MAC: ("mac",),
    MatchTier.SCOPED_IP: ("scoped_ip",),
    MatchTier.SCOPED_SERVICE: ("scoped_service",),
    MatchTier.SERVICE: ("service",),
    MatchTier.ALIAS: ("alias",),
    MatchTier.HOSTNAME: ("hostname",),
    MatchTier.JOB: ("job", "service"),
    MatchTier.IP: ("ip",),
}
"""Which kinds of identifier answer to a clue of a tier; to one of `VENDOR` its own kind does."""
RANK: Mapping[MatchTier, int] = {tier: place for place, tier in enumerate(MatchTier)}
"""The strongest tier first."""
KEYED = (MatchTier.KEY, MatchTier.SERVICE, MatchTier.JOB)
"""Tiers in which a value may also be an item's key, as written or in lower case."""


def clues_of_labels(labels: Mapping[str, str]) -> tuple[Clue, ...]:
    """The clues in the labels or tags of an alert, whoever sent it. Never raises."""
    named = {_spelling(name): (name, text) for name, text in labels.items() if 0 < len(text) <= _MAX_VALUE}
    # If nothing else is named, the alert is about the exporter itself.
    return _clues(_observed(named)) or _clues(named)


def environment_of(labels: Mapping[str, str]) -> str | None:
    """The environment an alert says it comes from, in one spelling; `None` if it says none, or several."""
    named = {_spelling(name): text for name, text in labels.items()}
    said = {environment(named[name]) for name in _ENVIRONMENTS if named.get(name, "").strip()}
    return said.pop() if len(said) == 1 else None


def environment(text: str) -> str:
    """The name of an environment in one spelling: `prod` and `Production` are one."""
    name = text.strip().casefold()
    return _SAME_ENVIRONMENT.get(name, name)


def _observed(named: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, str]]:
    """The labels without those of an exporter that passes on what it knows of others.

    Where the two clash, Prometheus calls what is observed `exported_…`, unless it was told to honour its labels, as the
    usual set-up of kube-state-metrics tells it.
    """
    exported = {name.removeprefix(_EXPORTED): of for name, of in named.items() if name.startswith(_EXPORTED)}
    if exported.keys() & _OF_EXPORTER:
        return {name: of for name, of in named.items() if name not in _OF_EXPORTER} | exported
    asked = " ".join(named[name][1] for name in ("job", "service") if name in named)
    own = next((own for exporter, own in _EXPORTERS if exporter.search(asked)), frozenset())
    return {name: of for name, of in named.items() if name not in own} if own else named


def _clues(named: Mapping[str, tuple[str, str]]) -> tuple[Clue, ...]:
    clues = [Clue(MatchTier.KEY, text.strip(), origin=origin) for origin, text in _values(named, _KEYS)]
    for tier, names in ((MatchTier.SERIAL, _SERIALS), (MatchTier.MAC, _MACS)):
        for origin, text in _values(named, names):
            clues += named_clues(tier, text, origin=origin)
    for origin, text in named.values():
        if _CLOUD.fullmatch(text.strip()):
            clues += named_clues(MatchTier.CLOUD, text, origin=origin)
    clues += _host_clues(named)
    clues += _service_clues(named)
    clues += workload_clues({name: text for name, (_, text) in named.items()})
    return tuple(dict.fromkeys(clue for clue in clues if clue.value))


@lru_cache(10_000)
def _spelling(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def _values(named: Mapping[str, tuple[str, str]], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    return (named[name] for name in names if name in named)


def _host_clues(named: Mapping[str, tuple[str, str]]) -> Iterator[Clue]:
    scopes = [text.strip() for _, text in _values(named, _SCOPES)]
    # Of a host `device` is a disk or a network card; what is no host, a switch perhaps, is called so itself.
    hosts = [*_values(named, _HOSTS)] or _values(named, _DEVICES)
    for origin, text in hosts:
        for clue in host_clues(text, origin=origin):
            if clue.tier is MatchTier.IP:
                for scope in scopes:
                    yield from named_clues(MatchTier.SCOPED_IP, f"{scope}/{clue.value}", origin=origin)
            yield clue


def _service_clues(named: Mapping[str, tuple[str, str]]) -> Iterator[Clue]:
    namespaces = [text.strip() for _, text in _values(named, _NAMESPACES)]
    for origin, text in _values(named, _SERVICES):
        for namespace in namespaces:
            yield from named_clues(MatchTier.SCOPED_SERVICE, f"{namespace}/{text.strip()}", origin=origin)
        yield from named_clues(MatchTier.SERVICE, text, origin=origin)
        yield from named_clues(MatchTier.ALIAS, text, origin=origin)
    for origin, text in _values(named, _JOBS):
        # OpenTelemetry writes service.namespace/service.name into `job`.
        if "/" in text:
            yield from named_clues(MatchTier.SCOPED_SERVICE, text, origin=origin)
        yield from named_clues(MatchTier.JOB, text.rsplit("/", 1)[-1], origin=origin)


def clues_of_reference(reference: str) -> tuple[Clue, ...]:
    """The clues in a bare reference a person or script gives: a key, host, address, serial, MAC, service, or what a
    cloud calls a resource."""
    text = reference.strip()
    clues = [Clue(MatchTier.KEY, text), *host_clues(text)]
    tiers = [MatchTier.SERIAL, MatchTier.MAC, MatchTier.SERVICE]
    if _CLOUD.fullmatch(text):
        tiers.append(MatchTier.CLOUD)
    for tier in tiers:
        clues += named_clues(tier, text)
    return tuple(dict.fromkeys(clues))


def host_clues(value: str, *, origin: str = "") -> list[Clue]:
    """The clues in a host, address, `host:port` or URL."""
    host = _bare_host(value)
    if address := _normalised("ip", host):
        return [Clue(MatchTier.IP, address, origin=origin)]
    aliases = named_clues(MatchTier.ALIAS, host, origin=origin)
    # A short name is only looked up when that is all we were told: db-1.other.example is not our db-1.
    tier = MatchTier.FQDN if "." in host.strip(".") else MatchTier.HOSTNAME
    return [*named_clues(tier, host, origin=origin), *aliases]


def _bare_host(value: str) -> str:
    text = value.strip()
    if "://" in text:
        try:
            return unquote(urlsplit(text).hostname or "")
        except ValueError:
            return ""
    text = text.split("/", 1)[0]  # a probe's target, as db-1.corp.example:9100/metrics
    if text.startswith("["):
        return text[1:].split("]", 1)[0]
    return _PORT.sub("", text) if text.count(":") == 1 else text


def named_clues(tier: MatchTier, value: str, *, origin: str = "") -> list[Clue]:
    """The clues in a name of one tier, in each spelling in which it is looked up; none if it is no such name."""
    normalised = _normalised(KINDS[tier][0], value)
    spellings = (normalised, value.strip()) if tier in KEYED else (normalised,)
    return [Clue(tier, spelling, origin=origin) for spelling in dict.fromkeys(spellings) if spelling]


def typed_clues(kind: str, value: str, *, scope: str | None = None, origin: str = "") -> list[Clue]:
    """The clues in an identifier whose kind the sender tells, as `serial`, `mac` or a vendor's own, as `zabbix_host`.

    A kind that no tier knows is a vendor's name for an item (`MatchTier.VENDOR`), looked up under that kind.
    """
    tier = next((tier for tier, kinds in KINDS.items() if kind in kinds), MatchTier.VENDOR)
    normalised = _normalised(kind, value)
    if normalised is None:
        return []
    scoped = {MatchTier.IP: MatchTier.SCOPED_IP, MatchTier.SERVICE: MatchTier.SCOPED_SERVICE}.get(tier)
    clues = [Clue(tier, normalised, kind if tier is MatchTier.VENDOR else None, origin=origin)]
    if scope and scoped:
        clues = [*named_clues(scoped, f"{scope}/{normalised}", origin=origin), *clues]
    return clues


def queued_under(clues: Sequence[Clue]) -> Clue | None:
    """The clue under which an alert about nothing known waits to be sorted out: its strongest.

    What may be a host name or an alias waits as the host name it was said to be; `localhost` if there is nothing else.
    """
    hosts = {clue.value for clue in clues if clue.tier is MatchTier.HOSTNAME}
    return min(
        (clue for clue in clues if clue.tier is not MatchTier.ALIAS or clue.value not in hosts),
        key=lambda clue: (clue.value in _EVERYWHERE, RANK[clue.tier]),
        default=None,
    )
