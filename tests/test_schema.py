"""The committed schema is the one the code serves."""

from app.api.schema import sdl
from app.resources import resource_folder

COMMITTED = resource_folder("graphql") / "schema.graphql"


def test_the_committed_schema_is_the_one_the_code_serves() -> None:
    committed = COMMITTED.read_text(encoding="utf-8")

    assert committed == sdl(), (
        "graphql/schema.graphql has drifted; run `uv run underpin schema > graphql/schema.graphql`"
    )
