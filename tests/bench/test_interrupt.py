"""The command as a process: what it tells, and that it leaves nothing behind when it is ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_benchmark_that_is_ended_leaves_nothing_behind(tmp_path: Path, ending: signal.Signals) -> None:
    command = [str(Path(sys.executable).with_name("underpin")), "bench", "--items", "300", "--seeds", "1"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        # Neo4j answers by now.
        next(line for line in process.stderr if line.startswith("importing it"))
        running = list(tmp_path.glob("underpin-bench-*/data"))
        process.send_signal(ending)
        printed, errors = process.communicate(timeout=60)

    assert len(running) == 1
    assert (process.returncode, printed, errors) == (130, "", "")
    assert list(tmp_path.iterdir()) == []
