"""docs/rollout.md shows what happens."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.pages import DOCS, follow


@pytest.mark.slow
def test_a_rollout_is_planned_and_simulated_as_the_page_shows(tmp_path: Path) -> None:
    follow(DOCS / "rollout.md", Terminal(tmp_path))
