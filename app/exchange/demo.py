"""The demo company, Kestrel Bank: what the README, the tests and a first look stand on."""

from pathlib import Path

from app.exchange.model import Source

DEMO_COMPANY = Path(__file__).resolve().parent / "demo_company.yaml"


def demo_source() -> Source:
    """The demo company as an import."""
    return Source(DEMO_COMPANY.name, DEMO_COMPANY)
