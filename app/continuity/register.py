"""The register of information of DORA, as far as the estate tells it. Pure.

What the estate does not tell is empty and never guessed. An item may say the rest itself, in its attribute `dora`, an
object from template and column to text: `{"B_02.02.c0070": "2026-01-31"}`. Contracts say it of B_02.02 and B_07.01,
business processes of B_06.01; the type of a contract's services is that of B_02.02 in every template.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.continuity.register_columns import COLUMNS, LEI, NO, SUBSTITUTABILITY, YES, Template

Said = Mapping[str, str]
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Party:
    """A third party that provides something, or to which somebody subcontracts."""

    key: str
    lei: str | None = None
    substitutability: str | None = None
    exit_plan: bool | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with its providers, and the functions that stand on what it is about, by key."""

    key: str
    providers: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    substitutability: str | None = None
    exit_plan: bool | None = None
    said: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Function:
    """A business process; `assessed_on` is when its business impact analysis was last reviewed."""

    key: str
    name: str
    critical: bool | None = None
    rto_seconds: int | None = None
    rpo_seconds: int | None = None
    assessed_on: date | None = None
    said: Said = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisterEstate:
    """Everything that the register is made of. `uncontracted` are items and who provides them under no known
    contract."""

    entity_lei: str | None
    contracts: Sequence[Contract]
    parties: Mapping[str, Party]
    subcontractors: Mapping[str, Sequence[str]]
    functions: Mapping[str, Function]
    uncontracted: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One row: of which item it tells, whether that supports a critical or important function, and its cells by
    column; an empty cell is not there."""

    key: str
    is_critical: bool
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A provider in the supply chain of a contract, and to whom it provides; `None`: to us. Rank 1 provides to us."""

    rank: int
    provider: str
    recipient: str | None


def supply_chain(direct: Sequence[str], subcontractors: Mapping[str, Sequence[str]]) -> tuple[Link, ...]:
    """The chain of a contract, rank by rank: each relation once, one rank behind its recipient at its best."""
    links = [Link(1, provider, None) for provider in sorted({*direct})]
    known, newest = {link.provider for link in links}, list(links)
    while newest:
        behind = [
            Link(link.rank + 1, other, link.provider)
            for link in newest
            for other in sorted({*subcontractors.get(link.provider, ())})
        ]
        links += behind
        # Whoever stands in the chain already has named its subcontractors there.
        newest = list({link.provider: link for link in behind if link.provider not in known}.values())
        known |= {link.provider for link in newest}
    return tuple(links)


def rows(template: Template, estate: RegisterEstate) -> tuple[RegisterRow, ...]:
    """The rows of a template, in the order of their items."""
    return tuple(_ROWS[template](estate))


def _row(key: str, critical: bool, cells: Mapping[str, str | None]) -> RegisterRow:
    return RegisterRow(key, critical, {code: value for code, value in cells.items() if value})


def _said(template: Template, said: Said) -> dict[str, str | None]:
    """What an item says of the columns of a template."""
    return {column.code: said.get(f"{template.value}.{column.code}") for column in COLUMNS[template]}


def _code(party: Party | None, code: str, kind: str) -> dict[str, str | None]:
    """The identification code of a party, and which kind of code that is."""
    lei = party.lei if party else None
    return {code: lei, kind: LEI if lei else None}


def _is_critical(estate: RegisterEstate, contract: Contract) -> bool:
    return any(estate.functions[key].critical for key in contract.functions)


def _service_type(contract: Contract) -> str | None:
    """The type of the services of a contract, the same in every template."""
    return contract.said.get("B_02.02.c0060")


def _arrangements(estate: RegisterEstate) -> Iterator[RegisterRow]:
    for contract in estate.contracts:
        for provider in contract.providers or (None,):
            for key in contract.functions or (None,):
                function = estate.functions[key] if key else None
                cells = {
                    "c0010": contract.key,
                    "c0020": estate.entity_lei,
                    **_code(estate.parties.get(provider or ""), "c0030", "c0040"),
                    "c0050": function_identifier(function) if function else None,
                }
                cells = _completed(cells, _said(Template.B_02_02, contract.said))
                yield _row(contract.key, bool(function and function.critical), cells)


def _chains(estate: RegisterEstate) -> Iterator[RegisterRow]:
    for contract in estate.contracts:
        critical = _is_critical(estate, contract)
        for link in supply_chain(contract.providers, estate.subcontractors):
            recipient = estate.parties.get(link.recipient) if link.recipient else None
            cells = {
                "c0010": contract.key,
                "c0020": _service_type(contract),
                **_code(estate.parties.get(link.provider), "c0030", "c0040"),
                "c0050": str(link.rank),
                **_code(recipient, "c0060", "c0070"),
            }
            yield _row(contract.key, critical, cells)


def function_identifier(function: Function) -> str:
    """What it says itself, else its key."""
    return function.said.get("B_06.01.c0010") or function.key


def _functions(estate: RegisterEstate) -> Iterator[RegisterRow]:
    for function in estate.functions.values():
        cells = {
            "c0010": function_identifier(function),
            "c0030": function.name,
            "c0040": estate.entity_lei,
            "c0050": _yes_or_no(function.critical),
            "c0070": function.assessed_on.isoformat() if function.assessed_on else None,
            "c0080": _hours(function.rto_seconds),
            "c0090": _hours(function.rpo_seconds),
        }
        yield _row(function.key, bool(function.critical), _completed(cells, _said(Template.B_06_01, function.said)))


def _assessments(estate: RegisterEstate) -> Iterator[RegisterRow]:
    """Services that support critical or important functions are assessed, no others."""
    for contract in estate.contracts:
        for provider in contract.providers if _is_critical(estate, contract) else ():
            party = estate.parties.get(provider)
            substitutability = contract.substitutability or (party.substitutability if party else None)
            exit_plan = contract.exit_plan if contract.exit_plan is not None else party.exit_plan if party else None
            cells = {
                "c0010": contract.key,
                **_code(party, "c0020", "c0030"),
                "c0040": _service_type(contract),
                "c0050": SUBSTITUTABILITY.get(substitutability or ""),
                "c0080": _yes_or_no(exit_plan),
            }
            yield _row(contract.key, True, _completed(cells, _said(Template.B_07_01, contract.said)))


def _completed(cells: Mapping[str, str | None], said: Mapping[str, str | None]) -> dict[str, str | None]:
    """The cells, and where the estate leaves them empty what an item says."""
    return {**said, **{code: value or said.get(code) for code, value in cells.items()}}


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else YES if value else NO


def _hours(seconds: int | None) -> str | None:
    """Whole hours, begun ones counted; the template takes 1 for less than one."""
    return None if seconds is None else str(max(1, -(-seconds // _HOUR)))


_ROWS: Mapping[Template, Callable[[RegisterEstate], Iterator[RegisterRow]]] = {
    Template.B_02_02: _arrangements,
    Template.B_05_02: _chains,
    Template.B_06_01: _functions,
    Template.B_07_01: _assessments,
}
