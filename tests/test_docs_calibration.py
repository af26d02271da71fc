"""docs/calibration.md shows what happens."""

from pathlib import Path

from tests.cli.terminal import Terminal
from tests.pages import DOCS, follow


def test_labels_are_compared_as_the_page_shows(tmp_path: Path) -> None:
    follow(DOCS / "calibration.md", Terminal(tmp_path))
