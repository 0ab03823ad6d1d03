"""The chain of entries holds until something in it is touched, and then says where."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.chain import chain_document, digest_of, document_of, sealed, verified
from app.audit.model import Chain, Entry, Link
from app.errors import InvalidInput

BEGINNING = Link()
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
texts = st.lists(st.text(), min_size=1, max_size=8)


def chained(actions: Sequence[str]) -> list[Entry]:
    """An entry for each action, each after the one before."""
    entries: list[Entry] = []
    for number, action in enumerate(actions, 1):
        previous = entries[-1].hash if entries else ""
        entries.append(
            sealed(Entry(number, AT, "anna", "editor", "::1", action, ("a",), 1, digest_of(["a"]), "{}", previous))
        )
    return entries


def broken(
    entries: Sequence[Entry], *, head: Link, start: Link = BEGINNING, expected: Link | None = None
) -> str | None:
    """What an export of these entries is found to be."""
    documents = [chain_document(Chain(start, head)), *map(document_of, entries)]
    return verified([orjson.dumps(one).decode() for one in documents], expected).broken


@given(texts)
def test_a_chain_holds_and_so_does_every_end_of_it(actions: Sequence[str]) -> None:
    entries = chained(actions)
    head = entries[-1].link

    assert broken(entries, head=head) is None
    ends = {broken(entries[number:], start=entries[number - 1].link, head=head) for number in range(1, len(entries))}
    assert ends <= {None}


@given(texts, st.data())
def test_whatever_is_changed_in_an_entry_breaks_the_chain_there(actions: Sequence[str], data: st.DataObject) -> None:
    entries = chained(actions)
    place = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[place]
    entries[place] = data.draw(
        st.sampled_from(
            [
                replace(entry, caller="eve"),
                replace(entry, details='{"a":1}'),
                replace(entry, keys=("b",)),
                replace(entry, at=AT.replace(year=2025)),
            ]
        )
    )

    assert broken(entries, head=entries[-1].link) == f"entry {place + 1} is not as it was written"


@given(texts, st.data())
def test_an_entry_that_was_dropped_is_named(actions: Sequence[str], data: st.DataObject) -> None:
    entries = chained(actions)
    head = entries[-1].link
    place = data.draw(st.integers(0, len(entries) - 1))

    found = broken(entries[:place] + entries[place + 1 :], head=head)

    at_the_end = f"the entries end with {place}, the chain with {place + 1}"
    between = f"entry {place + 1} is missing: entry {place + 2} comes after entry {place}"
    assert found == (at_the_end if place == len(entries) - 1 else between)


def test_an_entry_that_was_sealed_anew_breaks_the_next() -> None:
    entries = chained(["a", "b", "c"])
    entries[1] = sealed(replace(entries[1], caller="eve"))

    assert broken(entries, head=entries[-1].link) == "entry 3 does not follow entry 2 as that is now"


def test_a_chain_that_was_made_anew_or_cut_holds_by_itself_but_not_against_an_earlier_head() -> None:
    earlier = chained(["a", "b", "c"])[-1].link
    anew, cut = chained(["a", "x", "c", "d"]), chained(["a", "b"])

    assert broken(anew, head=anew[-1].link) is None
    assert broken(anew, head=anew[-1].link, expected=earlier) == (
        "entry 3 has another hash than was expected: the chain was written anew"
    )
    assert broken(cut, head=cut[-1].link) is None
    assert broken(cut, head=cut[-1].link, expected=earlier) == "the entries end with 2, before the expected 3"


def test_a_head_that_has_been_met_since_is_kept() -> None:
    entries = chained(["a", "b", "c", "d"])

    assert broken(entries, head=entries[-1].link, expected=entries[1].link) is None
    assert broken(entries[2:], start=entries[1].link, head=entries[-1].link, expected=entries[1].link) is None
    assert broken(entries[2:], start=entries[1].link, head=entries[-1].link, expected=entries[0].link) == (
        "entry 1 is no longer kept; expect one from 2 on"
    )


@pytest.mark.parametrize("lines", [[], ["nothing"], ["[]"], ['{"start": 1}']], ids=str)
def test_what_is_no_export_is_refused(lines: list[str]) -> None:
    with pytest.raises(InvalidInput, match="this is no export of the audit"):
        verified(lines, None)
