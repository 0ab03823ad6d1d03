"""The service under the GraphQL tests: an empty one for those that write, the demo company for those that read."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.service import Client, Service, emptied, running


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    """A service in local mode, for tests that write."""
    with running(emptied(connection)) as service:
        yield service


@pytest.fixture(scope="module")
def administrator(service: Service) -> Client:
    """Its caller."""
    return service.client()


@pytest.fixture
def client(administrator: Client) -> Client:
    """The caller of a service without any items."""
    left = administrator.graphql("{ items(first: 500) { edges { node { key } } } }")["items"]["edges"]
    administrator.graphql(
        "mutation ($keys: [String!]!) { removeItems(keys: $keys) { removed } }",
        keys=[edge["node"]["key"] for edge in left],
    )
    return administrator


@pytest.fixture(scope="module")
def demo_service(connection: Connection) -> Iterator[Service]:
    """A service in local mode with the demo company, for tests that only read."""
    with running(emptied(connection), demo=True) as service:
        yield service


@pytest.fixture(scope="module")
def demo(demo_service: Service) -> Client:
    """A caller who reads the demo company."""
    return demo_service.client()
