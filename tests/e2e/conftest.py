from collections.abc import Iterator

import pytest

from tests.endpoint import FakeEndpoint, serving


@pytest.fixture(scope="session")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running
