"""The columns of the register of information, of the templates that the estate tells something of. Pure.

Source: Implementing Regulation (EU) 2024/2956, Annex I; the codes of closed lists are those of the EBA's taxonomy 4.0.
Seen alike in several public registers and in the EBA's validation rules: the codes below, which columns are always
wanted, and what a 9999-12-31 means. Not seen in a source but the Regulation, and so to be checked by whoever reports:
where `CRITICAL` columns are wanted, and 0 for an objective that is not defined.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Template(Enum):
    """A template of the register, by its code."""

    B_02_02 = "B_02.02"
    B_05_02 = "B_05.02"
    B_06_01 = "B_06.01"
    B_07_01 = "B_07.01"


class Need(Enum):
    """Where a column must be filled: in every row, in those about critical or important functions, or elsewhere."""

    ALWAYS = "always"
    CRITICAL = "critical"
    SOMETIMES = "sometimes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, as c0010, what it holds, and where it must be filled."""

    code: str
    words: str
    need: Need


_A, _C, _S = Need


def _columns(*columns: tuple[str, Need]) -> tuple[Column, ...]:
    return tuple(Column(f"c{place:03d}0", words, need) for place, (words, need) in enumerate(columns, start=1))


COLUMNS: Mapping[Template, tuple[Column, ...]] = {
    Template.B_02_02: _columns(
        ("contractual arrangement reference number", _A),
        ("LEI of the entity making use of the ICT services", _A),
        ("identification code of the ICT third-party service provider", _A),
        ("type of code of the provider", _A),
        ("function identifier", _A),
        ("type of ICT services", _A),
        ("start date of the arrangement", _A),
        ("end date of the arrangement", _A),
        ("reason of the termination", _S),
        ("notice period for the entity in days", _C),
        ("notice period for the provider in days", _C),
        ("country of the governing law", _C),
        ("country of provision of the ICT services", _C),
        ("storage of data", _C),
        ("location of the data at rest", _S),
        ("location of the management of the data", _S),
        ("sensitiveness of the data stored", _S),
        ("level of reliance on the ICT service", _C),
    ),
    Template.B_05_02: _columns(
        ("contractual arrangement reference number", _A),
        ("type of ICT services", _A),
        ("identification code of the ICT third-party service provider", _A),
        ("type of code of the provider", _A),
        ("rank", _A),
        ("identification code of the recipient of sub-contracted services", _S),
        ("type of code of the recipient", _S),
    ),
    Template.B_06_01: _columns(
        ("function identifier", _A),
        ("licenced activity", _A),
        ("function name", _A),
        ("LEI of the financial entity", _A),
        ("criticality or importance", _A),
        ("reasons for criticality or importance", _S),
        ("date of the last assessment of criticality or importance", _A),
        ("recovery time objective in hours", _A),
        ("recovery point objective in hours", _A),
        ("impact of discontinuing the function", _A),
    ),
    Template.B_07_01: _columns(
        ("contractual arrangement reference number", _A),
        ("identification code of the ICT third-party service provider", _A),
        ("type of code of the provider", _A),
        ("type of ICT services", _A),
        ("substitutability of the provider", _A),
        ("reason if it is not or hardly substitutable", _S),
        ("date of the last audit of the provider", _A),
        ("existence of an exit plan", _A),
        ("possibility of reintegration of the ICT service", _A),
        ("impact of discontinuing the ICT services", _A),
        ("whether alternative providers are identified", _A),
        ("identification of alternative providers", _S),
    ),
}

NONE_AS: Mapping[tuple[Template, str], str] = {
    (Template.B_02_02, "c0080"): "9999-12-31 says that there is none",
    (Template.B_06_01, "c0050"): "eba_BT:x21 says that it was not assessed",
    (Template.B_06_01, "c0070"): "9999-12-31 says that there is none",
    (Template.B_06_01, "c0080"): "0 says that there is none",
    (Template.B_06_01, "c0090"): "0 says that there is none",
    (Template.B_06_01, "c0100"): "eba_ZZ:x799 says that it was not assessed",
    (Template.B_07_01, "c0070"): "9999-12-31 says that there is none",
}
"""What stands in a column where there is no end, was no assessment or audit, or no objective is defined."""

LEI = "eba_qCO:qx2000"
YES, NO = "eba_BT:x28", "eba_BT:x29"
NOT_SUBSTITUTABLE, HIGHLY_COMPLEX = "eba_ZZ:x959", "eba_ZZ:x960"
SUBSTITUTABILITY: Mapping[str, str] = {
    "NOT_SUBSTITUTABLE": NOT_SUBSTITUTABLE,
    "HARD": HIGHLY_COMPLEX,
    "MEDIUM": "eba_ZZ:x961",
    "EASY": "eba_ZZ:x962",
}
