"""Checks of the register of information: what is missing or wrong before a supervisor says so. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.continuity.lei import is_lei
from app.continuity.register import RegisterEstate, RegisterRow, supply_chain
from app.continuity.register_columns import (
    COLUMNS,
    HIGHLY_COMPLEX,
    NONE_AS,
    NOT_SUBSTITUTABLE,
    YES,
    Column,
    Need,
    Template,
)

_FUNCTION_IDENTIFIER = re.compile(r"F[0-9]+")
_LEI_COLUMNS = {
    Template.B_02_02: ("c0020", "c0030"),
    Template.B_05_02: ("c0030", "c0060"),
    Template.B_06_01: ("c0040",),
    Template.B_07_01: ("c0020",),
}
_FUNCTION_COLUMNS = {Template.B_02_02: "c0050", Template.B_06_01: "c0010"}


@dataclass(frozen=True, slots=True)
class RegisterProblem:
    """Something wrong with what the register says of an item; `column` is `None` where it is about whole rows."""

    key: str
    column: str | None
    sentence: str


def problems(template: Template, estate: RegisterEstate, rows: Sequence[RegisterRow]) -> tuple[RegisterProblem, ...]:
    """Everything that is wrong with these rows of a template, each thing once, by item and column."""
    found = [*_of_whole_rows(template, estate), *(one for row in rows for one in _of_row(template, row))]
    return tuple(sorted({*found}, key=lambda one: (one.key, one.column or "", one.sentence)))


def _of_row(template: Template, row: RegisterRow) -> Iterator[RegisterProblem]:
    for column in COLUMNS[template]:
        value = row.cells.get(column.code)
        if value is None and _is_wanted(template, column, row):
            yield RegisterProblem(row.key, column.code, f"the {column.words} is not known; {_must(template, column)}")
        elif value and column.code in _LEI_COLUMNS[template] and not is_lei(value):
            yield RegisterProblem(row.key, column.code, f"{value} is no LEI: its form or its check digits are wrong")
        elif value and column.code == _FUNCTION_COLUMNS.get(template) and not _FUNCTION_IDENTIFIER.fullmatch(value):
            sentence = f"{value} is no function identifier, as F1; say it in the function's attribute dora"
            yield RegisterProblem(row.key, column.code, sentence)
    start, end = row.cells.get("c0070"), row.cells.get("c0080")
    if template is Template.B_02_02 and start and end and end <= start:
        yield RegisterProblem(
            row.key, "c0080", f"the arrangement ends on {end} and begins on {start}; it must end later"
        )


def _must(template: Template, column: Column) -> str:
    """What to do about a column that is not known; we do not guess that there is nothing to report."""
    none = NONE_AS.get((template, column.code))
    return f"{none}, and it must be reported" if none else "it must be reported"


def _is_wanted(template: Template, column: Column, row: RegisterRow) -> bool:
    """Whether a column must be filled in a row."""
    if column.need is Need.SOMETIMES:
        return _is_implied(template, column.code, row)
    return column.need is Need.ALWAYS or row.is_critical


def _is_implied(template: Template, code: str, row: RegisterRow) -> bool:
    """Whether the other cells of a row ask for this one."""
    if template is Template.B_02_02:
        return row.cells.get("c0140") == YES and (code == "c0150" or (code == "c0170" and row.is_critical))
    if template is Template.B_05_02:
        return row.cells["c0050"] != "1"
    hardly = row.cells.get("c0050") in (NOT_SUBSTITUTABLE, HIGHLY_COMPLEX)
    return template is Template.B_07_01 and code == "c0060" and hardly


def _of_whole_rows(template: Template, estate: RegisterEstate) -> Iterator[RegisterProblem]:
    if template is Template.B_02_02:
        for item, provider in estate.uncontracted:
            sentence = f"{provider} provides it, but no contract is known that it is PART_OF; it is in no row"
            yield RegisterProblem(item, None, sentence)
        for contract in estate.contracts:
            if not contract.providers:
                yield RegisterProblem(contract.key, None, "nobody is known to provide it; say PROVIDED_BY which party")
            if not contract.functions:
                yield RegisterProblem(contract.key, None, "no business process is known to stand on what is PART_OF it")
    if template is Template.B_05_02:
        for contract in estate.contracts:
            yield from _circles(estate, contract.key, contract.providers)


def _circles(estate: RegisterEstate, key: str, providers: Sequence[str]) -> Iterator[RegisterProblem]:
    """Where the chain of a contract comes back to somebody who is in it at a better rank, who has no single rank."""
    best: dict[str, int] = {}
    for link in supply_chain(providers, estate.subcontractors):
        if best.setdefault(link.provider, link.rank) < link.rank:
            ranks = f"rank {best[link.provider]} and rank {link.rank}"
            yield RegisterProblem(
                key, "c0050", f"{link.provider} stands in the chain at {ranks}; see which one is meant"
            )
