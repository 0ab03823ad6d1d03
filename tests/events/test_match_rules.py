"""Match rules: the most specific one that fits counts."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.events.match_rules import MatchRule, RuleKind, checked_pattern, compiled
from app.events.model import Clue, MatchTier

DOMAIN, NETWORK, LABEL = RuleKind


def rule(kind: RuleKind, pattern: str, key: str) -> MatchRule:
    return MatchRule(f"{pattern} {key}", kind, pattern, key)


def led_to(rules: Sequence[MatchRule], *clues: Clue, **labels: str) -> dict[str, str]:
    table = compiled(rules)
    return table.by_label(labels) or table.by_domain(clues) or table.by_network(clues)


def host(name: str) -> Clue:
    return Clue(MatchTier.FQDN, name)


def address(text: str) -> Clue:
    return Clue(MatchTier.IP, text)


def test_the_longest_domain_counts_label_by_label() -> None:
    rules = [rule(DOMAIN, "*.example.com", "all"), rule(DOMAIN, "*.pay.example.com", "pay")]

    assert led_to(rules, host("a.b.pay.example.com")) == {"pay": "*.pay.example.com"}
    assert led_to(rules, host("pay.example.com")) == {"all": "*.example.com"}
    assert led_to(rules, host("xpay.example.com")) == {"all": "*.example.com"}
    assert led_to(rules, host("example.com")) == {}


def test_the_longest_prefix_counts() -> None:
    rules = [rule(NETWORK, "10.0.0.0/8", "all"), rule(NETWORK, "10.1.0.0/16", "site"), rule(NETWORK, "::/0", "six")]

    assert led_to(rules, address("10.1.2.3")) == {"site": "10.1.0.0/16"}
    assert led_to(rules, address("10.2.0.1")) == {"all": "10.0.0.0/8"}
    assert led_to(rules, address("2001:db8::1")) == {"six": "::/0"}
    assert led_to(rules, address("192.0.2.1")) == {}


def test_the_longest_label_pattern_counts_before_any_other_rule() -> None:
    rules = [rule(LABEL, "app=shop-*", "shop"), rule(LABEL, "app=shop-pay*", "pay"), rule(DOMAIN, "*.com", "web")]

    assert led_to(rules, host("a.com"), app="shop-pay-7") == {"pay": "app=shop-pay*"}
    assert led_to(rules, host("a.com"), app="shop") == {"web": "*.com"}


def test_two_equally_specific_rules_are_ambiguous() -> None:
    rules = [rule(DOMAIN, "*.example.com", "a"), rule(DOMAIN, "*.example.com", "b")]

    assert led_to(rules, host("x.example.com")).keys() == {"a", "b"}


_LABELS = st.sampled_from(["a", "b", "c"])
_NAMES = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)
_ADDRESSES = st.ip_addresses(v=4, network="10.0.0.0/28").map(str)
_NETWORKS = st.builds(
    lambda text, length: str(ip_network((text, length), strict=False)), _ADDRESSES, st.integers(26, 32)
)


@given(st.lists(st.tuples(_NAMES, st.sampled_from("xyz"))), _NAMES)
def test_domains_are_found_as_by_trying_each(rules: list[tuple[str, str]], name: str) -> None:
    fitting = [(domain, key) for domain, key in rules if name.endswith(f".{domain}")]
    longest = max((domain.count(".") for domain, _ in fitting), default=0)
    wanted = {key: f"*.{domain}" for domain, key in fitting if domain.count(".") == longest}

    assert led_to([rule(DOMAIN, f"*.{domain}", key) for domain, key in rules], host(name)) == wanted


@given(st.lists(st.tuples(_NETWORKS, st.sampled_from("xyz"))), _ADDRESSES)
def test_networks_are_found_as_by_trying_each(rules: list[tuple[str, str]], text: str) -> None:
    fitting = [(ip_network(network), key) for network, key in rules if ip_address(text) in ip_network(network)]
    longest = max((network.prefixlen for network, _ in fitting), default=0)
    wanted = {key: str(network) for network, key in fitting if network.prefixlen == longest}

    assert led_to([rule(NETWORK, network, key) for network, key in rules], address(text)) == wanted


@given(st.lists(st.tuples(st.sampled_from(["a*", "ab*", "*b", "?b", "ab"]), st.sampled_from("xyz"))), st.text("ab"))
def test_label_patterns_are_found_as_by_trying_each(rules: list[tuple[str, str]], value: str) -> None:
    fitting = [(pattern, key) for pattern, key in rules if fnmatchcase(value, pattern)]
    longest = max((len(pattern) for pattern, _ in fitting), default=0)

    found = led_to([rule(LABEL, f"app={pattern}", key) for pattern, key in rules], app=value)

    assert found.keys() == {key for pattern, key in fitting if len(pattern) == longest}


@pytest.mark.parametrize(
    ("kind", "pattern", "checked"),
    [
        (DOMAIN, " *.Pay.Example.com. ", "*.pay.example.com"),
        (NETWORK, "10.1.0.0/16", "10.1.0.0/16"),
        (NETWORK, "2001:DB8::/32", "2001:db8::/32"),
        (LABEL, " app = shop-* ", "app=shop-*"),
    ],
)
def test_a_pattern_has_one_spelling(kind: RuleKind, pattern: str, checked: str) -> None:
    assert checked_pattern(kind, pattern) == checked


@pytest.mark.parametrize(
    ("kind", "pattern", "message"),
    [
        (DOMAIN, "pay.example.com", "pattern must be a domain as *.pay.example.com, not 'pay.example.com'"),
        (DOMAIN, "*.*.com", "pattern must be a domain as *.pay.example.com, not '*.*.com'"),
        (NETWORK, "10.1.2.3/16", "pattern must be a network as 10.1.0.0/16, not '10.1.2.3/16'"),
        (LABEL, "app", "pattern must be a label and a value as app=shop-*, not 'app'"),
        (LABEL, "", "pattern must have 1-500 printable characters"),
    ],
)
def test_a_pattern_that_is_none_is_refused(kind: RuleKind, pattern: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_pattern(kind, pattern)

    assert refused.value.message == message
