"""Match rules: what an organisation knows of its names, as patterns that lead to items. Pure.

Of the rules that fit an alert the most specific counts: the longest domain, the longest network prefix, the longest
label pattern. Two equally specific ones that lead to different items are ambiguous.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from app.errors import InvalidInput
from app.events.model import Clue, MatchTier
from app.inventory.identifiers import normalised_identifier

MAX_PATTERN = 500
Network = IPv4Network | IPv6Network


class RuleKind(Enum):
    """What a rule looks at: host names under a domain, addresses in a network, or a label."""

    DOMAIN = "domain"
    NETWORK = "network"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class MatchRule:
    """Alerts that the pattern fits are about the item with this key.

    `*.pay.example.com` fits every host under that domain, `10.1.0.0/16` every address in it, and `app=shop-*` alerts
    with such a label (`*` and `?` as in a shell).
    """

    id: str
    kind: RuleKind
    pattern: str
    key: str
    created_by: str = ""
    created_at: datetime | None = None


def checked_pattern(kind: RuleKind, pattern: str) -> str:
    """The pattern in its one spelling.

    Raises:
        InvalidInput: it is none of its kind.
    """
    text = pattern.strip()
    if not 0 < len(text) <= MAX_PATTERN or not text.isprintable():
        raise InvalidInput(f"pattern must have 1-{MAX_PATTERN} printable characters")
    if kind is RuleKind.DOMAIN:
        return f"*.{_domain(text)}"
    if kind is RuleKind.NETWORK:
        return str(_network(text))
    label, equals, value = text.partition("=")
    if not equals or not label.strip() or not value.strip():
        raise InvalidInput(f"pattern must be a label and a value as app=shop-*, not {text!r:.60}")
    return f"{label.strip()}={value.strip()}"


def _domain(text: str) -> str:
    rest = normalised_identifier("fqdn", text.removeprefix("*."))
    if not text.startswith("*.") or rest is None or not re.fullmatch(r"[^\s*?/]+", rest):
        raise InvalidInput(f"pattern must be a domain as *.pay.example.com, not {text!r:.60}")
    return rest


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise InvalidInput(f"pattern must be a network as 10.1.0.0/16, not {text!r:.60}") from None


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """Rules as tables, so that what one alert costs does not grow with their number; label rules are tried by label."""

    domains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    networks: Mapping[int, Mapping[Network, tuple[str, ...]]] = field(default_factory=dict)
    labels: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def keys(self, clues: Sequence[Clue], labels: Mapping[str, str]) -> set[str]:
        """The keys to which any kind of rule leads."""
        return {*self.by_label(labels), *self.by_domain(clues), *self.by_network(clues)}

    def by_label(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The keys to which the most specific label rule leads, and its pattern."""
        fitting = [
            (pattern, f"{name}={pattern}", key)
            for name, value in labels.items()
            for pattern, key in self.labels.get(name, ())
            if fnmatchcase(value, pattern)
        ]
        longest = max((len(pattern) for pattern, _, _ in fitting), default=0)
        return {key: rule for pattern, rule, key in fitting if len(pattern) == longest}

    def by_domain(self, clues: Iterable[Clue]) -> dict[str, str]:
        """The keys to which the rule about the longest domain of these hosts leads, and its pattern."""
        best: tuple[int, dict[str, str]] = (0, {})
        for clue in clues:
            if clue.tier is MatchTier.FQDN and self.domains:
                labels = clue.value.split(".")
                for start in range(1, len(labels)):
                    keys = self.domains.get(".".join(labels[start:]), ())
                    if keys:
                        best = _better(best, len(labels) - start, f"*.{'.'.join(labels[start:])}", keys)
                        break
        return best[1]

    def by_network(self, clues: Iterable[Clue]) -> dict[str, str]:
        """The keys to which the rule about the smallest network of these addresses leads, and its pattern."""
        best: tuple[int, dict[str, str]] = (-1, {})
        for clue in clues:
            if clue.tier is MatchTier.IP and self.networks:
                address = ip_address(clue.value)
                for length in sorted(self.networks, reverse=True):
                    if length > address.max_prefixlen:
                        continue
                    network = ip_network((address, length), strict=False)
                    if keys := self.networks[length].get(network, ()):
                        best = _better(best, length, str(network), keys)
                        break
        return best[1]


def _better(
    best: tuple[int, dict[str, str]], length: int, pattern: str, keys: Sequence[str]
) -> tuple[int, dict[str, str]]:
    found = dict.fromkeys(keys, pattern)
    if length == best[0]:
        return length, {**best[1], **found}
    return (length, found) if length > best[0] else best


def compiled(rules: Iterable[MatchRule]) -> CompiledRules:
    """The tables of these rules."""
    domains: dict[str, tuple[str, ...]] = {}
    networks: dict[int, dict[Network, tuple[str, ...]]] = {}
    labels: dict[str, tuple[tuple[str, str], ...]] = {}
    for rule in rules:
        if rule.kind is RuleKind.DOMAIN:
            domain = rule.pattern.removeprefix("*.")
            domains[domain] = (*domains.get(domain, ()), rule.key)
        elif rule.kind is RuleKind.NETWORK:
            network = ip_network(rule.pattern)
            known = networks.setdefault(network.prefixlen, {})
            known[network] = (*known.get(network, ()), rule.key)
        else:
            name, _, pattern = rule.pattern.partition("=")
            labels[name] = (*labels.get(name, ()), (pattern, rule.key))
    return CompiledRules(domains, networks, labels)


NO_RULES = CompiledRules()
