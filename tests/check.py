"""The gate: format, lint, types, import contracts, drift and tests. Fails with the first tool that fails.

uv run python -m tests.check            everything
uv run python -m tests.check --fast     without the tests
"""

import subprocess
import sys
import time
from pathlib import Path

TOOLS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    ("import contracts", ["lint-imports"]),
)
BIN = Path(sys.executable).parent
TESTS = ("tests", ["pytest", "--cov", "--cov-report=term"])


def main() -> int:
    """Run the tools in order; 0 when all pass."""
    tools = TOOLS if "--fast" in sys.argv[1:] else (*TOOLS, TESTS)
    for name, command in tools:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        outcome = subprocess.run([BIN / command[0], *command[1:]], check=False)
        print(
            f"== {name}: {'ok' if outcome.returncode == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if outcome.returncode:
            return outcome.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
