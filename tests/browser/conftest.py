from collections.abc import Iterator

import pytest

from tests.browser.chromium import find_browser, running


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = find_browser()
    if program is None:
        pytest.skip("no Chromium here: install the package chromium")
    with running(program, tmp_path_factory.mktemp("profile")) as door:
        yield door
