"""The tutorial goes as it shows, from an empty folder on."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.recorded_server import replaying
from tests.pages import DOCS, blocks, follow

FILES = Path(__file__).parent / "first_screen"
PAGE = DOCS / "tutorial.md"


@pytest.mark.slow
def test_the_tutorial_goes_as_it_shows(tmp_path: Path) -> None:
    with replaying(FILES / "answers.jsonl") as url:
        end = follow(PAGE, Terminal(tmp_path, {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": ""}))
    assert end.root == tmp_path / "quiz"


def test_the_first_files_of_the_tutorial_are_those_that_were_recorded() -> None:
    for block in list(blocks(PAGE))[:3]:
        assert (FILES / block.mark).read_text("utf-8") == block.text
