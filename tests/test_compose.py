"""The compose file, read by the tool that will run it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.neo4j_server import IMAGE

ROOT = Path(__file__).parent.parent
SECRETS = {"NEO4J_PASSWORD": "only-for-tests", "UNDERPIN_ADMIN_TOKEN": "only-for-tests"}


def compose() -> list[str]:
    """The compose command of this machine: docker's plugin, or the one that stands alone."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        return [docker, "compose"]
    alone = shutil.which("docker-compose")
    if alone is None:
        pytest.skip("neither `docker compose` nor `docker-compose` is installed")
    return [alone]


def config(**secrets: str) -> subprocess.CompletedProcess[str]:
    """What `docker compose config` says with these secrets in the environment and no others."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    command = [*compose(), "-f", str(ROOT / "docker-compose.yml"), "config"]
    return subprocess.run(command, env=kept | secrets, capture_output=True, text=True, check=False)


def test_the_file_is_valid_pins_our_neo4j_and_keeps_data_in_named_volumes_under_health_checks() -> None:
    checked = config(**SECRETS)
    assert checked.returncode == 0, checked.stderr
    whole = yaml.safe_load(checked.stdout)
    services = whole["services"]
    assert services.keys() == {"neo4j", "underpin"}
    assert services["neo4j"]["image"] == IMAGE
    for service in services.values():
        assert service["healthcheck"]["test"]
        assert any(str(name) in str(volume) for volume in service["volumes"] for name in whole["volumes"])


def test_the_service_writes_to_nothing_but_its_volume_and_has_no_privileges() -> None:
    written = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = written["underpin"]

    assert (ours["read_only"], ours["tmpfs"], ours["cap_drop"]) == (True, ["/tmp"], ["ALL"])
    assert ours["volumes"] == [f"underpin-data:{ours['environment']['TMPDIR']}"]
    assert [one["security_opt"] for one in written.values()] == [["no-new-privileges:true"]] * 2
    assert "\nUSER underpin\n" in (ROOT / "app" / "Dockerfile").read_text()


def test_only_the_service_is_reached_and_only_from_this_machine() -> None:
    written = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]

    assert {name: one.get("ports") for name, one in written.items()} == {
        "neo4j": None,
        "underpin": ["127.0.0.1:8000:8000"],
    }


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_without_a_secret_it_refuses_and_names_it(missing: str) -> None:
    refused = config(**{name: value for name, value in SECRETS.items() if name != missing})
    assert refused.returncode != 0
    assert missing in refused.stderr
