"""The page about gating a function goes as it shows."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.test_docs import Block, _blocks, _is_as_shown

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gate-a-function.md"


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block with the output shown below each."""
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], parts[1::2], strict=True)


def test_gating_a_function_goes_as_the_page_shows(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    for block in _blocks(PAGE):
        first = block.text.partition("\n")[0]
        if block.info == "text":
            (tmp_path / "questions.csv").write_text(block.text, "utf-8")
        elif block.info == "python":
            (tmp_path / first.removeprefix("# ")).write_text(block.text, "utf-8")
        elif block.info == "yaml":
            head, _, shown = block.text.partition("\n")
            written = (tmp_path / head.removeprefix("# ")).read_text("utf-8")
            assert written.partition("\n")[2] == shown
        elif block.info == "console":
            for command, shown in commands(block):
                _, *arguments = shlex.split(command)
                assert _is_as_shown(terminal(*arguments).out, shown), command
