from pathlib import Path

import pytest

from tests.cli.library import write_library
from tests.cli.terminal import Terminal


@pytest.fixture
def library(tmp_path: Path) -> Terminal:
    """A library whose assistant has variants, and an evaluation with gates."""
    return write_library(tmp_path)


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The library with two runs, assistant-1 and assistant-2 of a worse variant; only to read."""
    terminal = write_library(tmp_path_factory.mktemp("evaluated"))
    terminal.ok("eval", "assistant")
    terminal.ok("eval", "assistant", "--variant", "blind")
    return terminal
