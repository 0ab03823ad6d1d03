"""Identifiers: what an alert says about where it comes from, as typed and normalised clues. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.events.model import Clue, MatchTier
from app.inventory.rules import normalised_identifier

_HOST_LABELS = ("instance", "host", "hostname", "node")
_PORT = re.compile(r":\d{1,5}$")
# Which kinds of identifier answer to a clue of a tier.
KINDS: Mapping[MatchTier, tuple[str, ...]] = {
    MatchTier.SERIAL: ("serial",),
    MatchTier.FQDN: ("fqdn", "hostname"),
    MatchTier.MAC: ("mac",),
    MatchTier.SERVICE: ("service",),
    MatchTier.ALIAS: ("alias",),
    MatchTier.HOSTNAME: ("hostname",),
    MatchTier.JOB: ("job", "service"),
    MatchTier.IP: ("ip",),
}
KEYED = (MatchTier.KEY, MatchTier.SERVICE, MatchTier.JOB)
"""Tiers in which a value may also be an item's key, as written or in lower case."""


def clues_of_labels(labels: Mapping[str, str]) -> tuple[Clue, ...]:
    """The clues in Prometheus-style labels."""
    clues: list[Clue] = []
    if key := labels.get("underpin_key"):
        clues.append(Clue(MatchTier.KEY, key.strip()))
    for label in _HOST_LABELS:
        if value := labels.get(label):
            clues += host_clues(value)
    if service := labels.get("service"):
        clues += [*named_clues(MatchTier.SERVICE, service), *named_clues(MatchTier.ALIAS, service)]
    if job := labels.get("job"):
        # OpenTelemetry writes service.namespace/service.name into `job`.
        clues += named_clues(MatchTier.JOB, job.rsplit("/", 1)[-1])
    return tuple(dict.fromkeys(clues))


def clues_of_reference(reference: str) -> tuple[Clue, ...]:
    """The clues in a bare reference a person or script gives: a key, host, address, serial, MAC or service."""
    text = reference.strip()
    clues = [Clue(MatchTier.KEY, text), *host_clues(text)]
    for tier in (MatchTier.SERIAL, MatchTier.MAC, MatchTier.SERVICE):
        clues += named_clues(tier, text)
    return tuple(dict.fromkeys(clues))


def host_clues(value: str) -> list[Clue]:
    """The clues in a host, address, `host:port` or URL."""
    host = _bare_host(value)
    if address := normalised_identifier("ip", host):
        return [Clue(MatchTier.IP, address)]
    aliases = named_clues(MatchTier.ALIAS, host)
    if "." in host.strip("."):
        # A short name is only looked up when that is all we were told: db-1.other.example is not our db-1.
        return [*named_clues(MatchTier.FQDN, host), *aliases]
    return [*named_clues(MatchTier.HOSTNAME, host), *aliases]


def _bare_host(value: str) -> str:
    text = value.strip()
    if "://" in text:
        try:
            return urlsplit(text).hostname or ""
        except ValueError:
            return ""
    text = text.split("/", 1)[0]  # a probe's target, as db-1.corp.example:9100/metrics
    if text.startswith("["):
        return text[1:].split("]", 1)[0]
    return _PORT.sub("", text) if text.count(":") == 1 else text


def named_clues(tier: MatchTier, value: str) -> list[Clue]:
    """The clues in a name of one tier, in each spelling in which it is looked up; none if it is no such name."""
    normalised = normalised_identifier(KINDS[tier][0], value)
    spellings = (normalised, value.strip()) if tier in KEYED else (normalised,)
    return [Clue(tier, spelling) for spelling in dict.fromkeys(spellings) if spelling]


def typed_clues(kind: str, value: str, *, scope: str | None = None, origin: str = "") -> list[Clue]:
    """The clues in an identifier whose kind the sender tells, as `serial`, `mac` or a vendor's own, as `zabbix_host`.

    A kind that no tier knows is a vendor's name for an item (`MatchTier.VENDOR`), looked up under that kind.
    """
    tier = next((tier for tier, kinds in KINDS.items() if kind in kinds), MatchTier.VENDOR)
    normalised = normalised_identifier(kind, value)
    return [Clue(tier, normalised, kind, scope, origin)] if normalised else []
