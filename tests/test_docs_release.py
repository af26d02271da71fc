"""The story that docs/release.md tells goes as it is told, but for ids, heads and times."""

import re
import shlex
from pathlib import Path

import pytest

from genaiops.release import verifier
from tests.cli.terminal import Terminal
from tests.pages import DOCS, blocks, is_as_shown, session

PAGE = DOCS / "release.md"


def same(text: str) -> str:
    """A text in which each id, head and time is as long as any other."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "f" * 64, text)
    text = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b", "f" * 12, text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", "a time", text)


@pytest.mark.slow
def test_releases_go_as_the_page_shows(tmp_path: Path) -> None:
    Terminal(tmp_path).ok("init", "library")
    library = Terminal(tmp_path / "library")
    library.ok("gate")
    library.ok("baseline", "accept", "assistant")
    for block in blocks(PAGE):
        if block.mark:
            (library.root / block.mark).write_text(block.text, "utf-8")
        elif block.info == "console":
            for line, shown in session(block):
                done = library(*shlex.split(line)[1:])
                assert is_as_shown(same(done.out), same(shown)), f"{line}\n{done}"


def test_the_page_counts_the_lines_of_the_verifier_as_they_are() -> None:
    lines = len(Path(verifier.__file__).read_text("utf-8").splitlines())
    assert f"a program of {lines} lines" in PAGE.read_text("utf-8")
