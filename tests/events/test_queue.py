"""Suggestions for what waits in the queue: alike enough, never with other digits."""

import pytest

from app.events.queue import suggestions

NAMES = {
    "checkout-api": ["Checkout API", "checkout.shop.example"],
    "web01": ["web01.corp.example"],
    "web02": ["web02.corp.example"],
    "ledger": ["Ledger database"],
}


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("chekout-api", ["checkout-api"]),
        ("api checkout", ["checkout-api"]),
        ("web01.corp.exampl", ["web01"]),
        ("web03", []),
        ("web1", []),
        ("ledger-database", ["ledger"]),
        ("something-else", []),
    ],
)
def test_what_is_alike_is_suggested_and_what_has_other_digits_is_not(value: str, keys: list[str]) -> None:
    assert [one.key for one in suggestions(value, NAMES)] == keys


def test_two_items_that_are_as_alike_are_both_suggested() -> None:
    names = {"a": ["pay-api"], "b": ["pay-api"]}

    assert [(one.key, one.likeness) for one in suggestions("pay-api", names)] == [("a", 100.0), ("b", 100.0)]
