"""Matching: what an alert says about its origin, typed and normalised, looked up in ranked tiers.

The first tier in which anything is found decides: one item is the match, several are ambiguous and never guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.database.client import Reader
from app.events import store
from app.events.model import Clue, Match, MatchTier
from app.inventory.rules import normalised_identifier

_HOST_LABELS = ("instance", "host", "hostname", "node")
_PORT = re.compile(r":\d{1,5}$")
# Which kinds of identifier answer to a clue of a tier.
_KINDS: Mapping[MatchTier, tuple[str, ...]] = {
    MatchTier.SERIAL: ("serial",),
    MatchTier.FQDN: ("fqdn", "hostname"),
    MatchTier.MAC: ("mac",),
    MatchTier.SERVICE: ("service",),
    MatchTier.ALIAS: ("alias",),
    MatchTier.HOSTNAME: ("hostname",),
    MatchTier.JOB: ("job", "service"),
    MatchTier.IP: ("ip",),
}
_KEYED = (MatchTier.KEY, MatchTier.SERVICE, MatchTier.JOB)
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
        clues += [*_named(MatchTier.SERVICE, service), *_named(MatchTier.ALIAS, service)]
    if job := labels.get("job"):
        # OpenTelemetry writes service.namespace/service.name into `job`.
        clues += _named(MatchTier.JOB, job.rsplit("/", 1)[-1])
    return tuple(dict.fromkeys(clues))


def clues_of_reference(reference: str) -> tuple[Clue, ...]:
    """The clues in a bare reference a person or script gives: a key, host, address, serial, MAC or service."""
    text = reference.strip()
    clues = [Clue(MatchTier.KEY, text), *host_clues(text)]
    for tier in (MatchTier.SERIAL, MatchTier.MAC, MatchTier.SERVICE):
        clues += _named(tier, text)
    return tuple(dict.fromkeys(clues))


def host_clues(value: str) -> list[Clue]:
    """The clues in a host, address, `host:port` or URL."""
    host = _bare_host(value)
    if address := normalised_identifier("ip", host):
        return [Clue(MatchTier.IP, address)]
    aliases = _named(MatchTier.ALIAS, host)
    if "." in host.strip("."):
        # A short name is only looked up when that is all we were told: db-1.other.example is not our db-1.
        return [*_named(MatchTier.FQDN, host), *aliases]
    return [*_named(MatchTier.HOSTNAME, host), *aliases]


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


def _named(tier: MatchTier, value: str) -> list[Clue]:
    normalised = normalised_identifier(_KINDS[tier][0], value)
    spellings = (normalised, value.strip()) if tier in _KEYED else (normalised,)
    return [Clue(tier, spelling) for spelling in dict.fromkeys(spellings) if spelling]


@dataclass(frozen=True, slots=True)
class Directory:
    """What the store knows of some clues."""

    identified: Mapping[tuple[str, str], tuple[str, ...]]
    short_names: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]

    def items(self, clue: Clue) -> set[str]:
        """The keys of the items a clue may mean."""
        found: set[str] = set()
        for kind in _KINDS.get(clue.tier, ()):
            found.update(self.identified.get((kind, clue.value), ()))
        if clue.tier is MatchTier.HOSTNAME:
            found.update(self.short_names.get(clue.value, ()))
        if clue.tier in _KEYED and clue.value in self.keys:
            found.add(clue.value)
        return found


async def directory_for(reader: Reader, clues: Iterable[Clue]) -> Directory:
    """Look up all clues of a delivery at once: three queries, however many alerts."""
    clues = list(clues)
    identifiers = {(kind, clue.value) for clue in clues for kind in _KINDS.get(clue.tier, ())}
    names = {clue.value for clue in clues if clue.tier is MatchTier.HOSTNAME}
    keys = {clue.value for clue in clues if clue.tier in _KEYED}
    return Directory(
        await store.items_identified_by(reader, identifiers) if identifiers else {},
        await store.items_with_short_name(reader, names) if names else {},
        await store.items_with_keys(reader, keys) if keys else frozenset(),
    )


def match(clues: Sequence[Clue], directory: Directory) -> Match:
    """The item the clues mean. Pure."""
    for tier in MatchTier:
        found: dict[str, str] = {}
        for clue in clues:
            if clue.tier is tier:
                found |= dict.fromkeys(directory.items(clue), clue.value)
        if len(found) == 1:
            ((key, identifier),) = found.items()
            return Match(key, tier, identifier)
        if found:
            return Match(None, tier, None, tuple(sorted(found)))
    return Match()
