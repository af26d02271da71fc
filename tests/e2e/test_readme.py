"""The first screen of the README goes as it shows."""

import shutil
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.e2e.recorded_server import replaying
from tests.pages import DOCS, README, Block, blocks, type_in

FILES = Path(__file__).parent / "first_screen"
FIRST, SECOND = (block for block in list(blocks(README))[:2])


def test_two_prompts_are_compared_as_the_readme_shows(tmp_path: Path) -> None:
    for name in ("terse.md", "expert.md", "questions.csv"):
        shutil.copy(FILES / name, tmp_path)
    with replaying(FILES / "answers.jsonl") as url:
        type_in(Terminal(tmp_path, {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": ""}), FIRST)
    assert (tmp_path / "out.html").exists()


def test_a_function_is_gated_as_the_readme_shows(tmp_path: Path) -> None:
    files = [block for block in blocks(DOCS / "gate-a-function.md") if block.mark]
    before, after = (block.text for block in files if block.mark == "app.py")
    (questions,) = (block.text for block in files if block.mark == "questions.csv")
    (tmp_path / "questions.csv").write_text(questions, "utf-8")
    head, change, tail = SECOND.text.partition("$ genaiops gate  # after a change to app.py\n")
    for source, typed in ((before, head), (after, change + tail)):
        (tmp_path / "app.py").write_text(source, "utf-8")
        type_in(Terminal(tmp_path), Block(README, SECOND.line, "", "console", typed))


def test_the_first_screen_is_one_screen() -> None:
    screen, _, _ = README.read_text("utf-8").partition("No account,")
    assert len([line for line in screen.splitlines() if line and "```" not in line]) <= 30
