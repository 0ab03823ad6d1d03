"""The gate: format, lint, types, import contracts, drift and tests. Fails with the first tool that fails.

uv run python -m tests.check            everything
uv run python -m tests.check --fast     without the tests
uv run pytest --cov                     which lines no test comes to; it takes half as long again, so the gate does not
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
OLDER_NEO4J = "5.26.30"
STORES = (
    *(
        "audit",
        "auth",
        "continuity",
        "database",
        "events",
        "explore",
        "health",
        "history",
        "impact",
        "intake",
        "inventory",
    ),
    *("notify", "outgoing", "situations", "topology"),
)
SPEAK_CYPHER = ("tests/test_cypher.py", "tests/test_examples.py", *(f"tests/{feature}" for feature in STORES))


@dataclass(frozen=True, slots=True)
class Step:
    """One tool, and what it finds in its environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self) -> int:
        """The tool's exit code; its name, verdict and time are printed."""
        print(f"== {self.name}", flush=True)
        started = time.monotonic()
        program, *arguments = self.command
        code = subprocess.run(
            [BIN / program, *arguments], env={**os.environ, **self.environment}, check=False
        ).returncode
        print(f"== {self.name}: {'FAILED' if code else 'ok'}, {time.monotonic() - started:.0f} s", flush=True)
        return code


TOOLS = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("types", ("mypy",)),
    Step("import contracts", ("lint-imports",)),
)
TESTS = (
    Step("tests", ("pytest", "-rs", "--durations=40")),
    # What speaks Cypher, once more on the other line of Neo4j that we support.
    Step(
        f"store tests on Neo4j {OLDER_NEO4J}",
        ("pytest", "-rs", "--ignore=tests/database/test_server.py", *SPEAK_CYPHER),
        {"NEO4J_TEST_VERSION": OLDER_NEO4J},
    ),
)


def main() -> int:
    """Run the steps in order; 0 when all pass."""
    steps = TOOLS if "--fast" in sys.argv[1:] else (*TOOLS, *TESTS)
    return next((code for step in steps if (code := step.run())), 0)


if __name__ == "__main__":
    sys.exit(main())
