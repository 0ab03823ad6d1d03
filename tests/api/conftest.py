"""The service under the GraphQL tests: an empty one for those that write, the demo company for those that read."""

from collections.abc import Iterator

import pytest

from app.database.client import Connection
from tests.service import Client, Service, emptied, running


@pytest.fixture
def service(connection: Connection) -> Iterator[Service]:
    """A service in local mode over an empty database."""
    with running(emptied(connection)) as service:
        yield service


@pytest.fixture
def client(service: Service) -> Client:
    """Its administrator."""
    return service.client()


@pytest.fixture(scope="module")
def demo_service(connection: Connection) -> Iterator[Service]:
    """A service in local mode with the demo company, for tests that only read."""
    with running(emptied(connection), demo=True) as service:
        yield service


@pytest.fixture(scope="module")
def demo(demo_service: Service) -> Client:
    """A caller who reads the demo company."""
    return demo_service.client()
