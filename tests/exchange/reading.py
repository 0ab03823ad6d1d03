"""Reads texts as if they were files."""

from pathlib import Path

import pytest

from app.continuity.assessment_rules import AssessmentLimits
from app.errors import InvalidInput
from app.exchange.model import Format, Plan, Source
from app.exchange.plan import RowLimits, read_sources

LIMITS = RowLimits(AssessmentLimits(intolerable_level=4, max_bands=200), scenario_keys=100)


def read(folder: Path, files: dict[str, str | bytes], *, max_rows: int = 1_000, form: Format | None = None) -> Plan:
    """The plan that files with these names and contents give."""
    sources = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        sources.append(Source(name, path))
    return read_sources(sources, max_rows=max_rows, limits=LIMITS, form=form)


def refusal(folder: Path, files: dict[str, str | bytes], *, max_rows: int = 1_000) -> str:
    """The sentence with which these files are refused as a whole."""
    with pytest.raises(InvalidInput) as refused:
        read(folder, files, max_rows=max_rows)
    return refused.value.message


def problems(folder: Path, files: dict[str, str | bytes]) -> list[str]:
    """What is wrong with rows of these files."""
    return [str(problem) for problem in read(folder, files).problems]
