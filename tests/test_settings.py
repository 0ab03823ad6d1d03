"""Settings are named once, documented, and listed in the README."""

import re
from pathlib import Path
from socket import gethostname

import pytest
from pydantic import AliasChoices

from app.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def variable(name: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[name].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"{Settings.model_config['env_prefix']}{name}".upper()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_lists_every_setting_in_a_row_of_a_table(name: str) -> None:
    assert re.search(rf"^\| *`{variable(name)}` *\|.*\|$", README, re.MULTILINE)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_does(name: str) -> None:
    assert Settings.model_fields[name].description


def test_the_readme_lists_no_setting_that_is_not_there() -> None:
    listed = set(re.findall(r"^\| *`((?:UNDERPIN|NEO4J)_[A-Z_0-9]+)` *\|", README, re.MULTILINE))

    assert listed <= {variable(name) for name in Settings.model_fields} | {"UNDERPIN_URL", "UNDERPIN_TOKEN"}


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "::1"}, "http://[::1]:8000"),
        ({"host": "0.0.0.0"}, f"http://{gethostname()}:8000"),
        ({"host": "::"}, f"http://{gethostname()}:8000"),
        ({"host": "0.0.0.0", "public_url": "https://map.corp.example"}, "https://map.corp.example"),
    ],
)
def test_links_lead_to_where_callers_reach_us(given: dict[str, str], url: str) -> None:
    assert Settings.model_validate(given).base_url == url


def test_settings_are_read_from_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPIN_PORT", "9000")
    monkeypatch.setenv("UNDERPIN_WEBHOOK_SECRETS", '{"alertmanager": "hunter2"}')
    monkeypatch.setenv("NEO4J_URI", "bolt://db.example:7687")

    settings = Settings()

    assert settings.port == 9000
    assert [one.get_secret_value() for one in settings.webhook_secrets["alertmanager"]] == ["hunter2"]
    assert settings.neo4j_uri == "bolt://db.example:7687"
