"""The container path of the tests, on machines with a Docker engine."""

import pytest
from neo4j import GraphDatabase

from tests.neo4j_server import container, docker_refusal


def test_a_container_of_the_pinned_version_answers() -> None:
    if reason := docker_refusal():
        pytest.skip(reason)
    with (
        container() as connection,
        GraphDatabase.driver(connection.uri, auth=(connection.username, connection.password)) as driver,
    ):
        assert driver.execute_query("RETURN 1 AS one", database_=connection.database).records[0]["one"] == 1
