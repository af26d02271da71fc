"""The story that docs/rollout-live.md tells goes as it is told, but for ids, heads and times."""

import shlex
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.pages import DOCS, blocks, is_as_shown, session
from tests.test_docs_release import same

PAGE = DOCS / "rollout-live.md"


def prepared(folder: Path) -> Terminal:
    """The library with a release in production and another that is proven."""
    Terminal(folder).ok("init", "library")
    library = Terminal(folder / "library")
    library.ok("gate")
    library.ok("baseline", "accept", "assistant")
    for text in ("", "Answer in one sentence.\n"):
        with (library.root / "flows/assistant/prompts/answer.md").open("a") as prompt:
            prompt.write(text)
        library.ok("gate", "assistant")
        library.ok("release", "create", "assistant", "--as", "ann")
        if not text:
            library.ok("release", "promote", "last", "--to", "production", "--as", "ann")
    return library


@pytest.mark.slow
def test_a_rollout_goes_as_the_page_shows(tmp_path: Path) -> None:
    library = prepared(tmp_path)
    for block in blocks(PAGE):
        if block.mark:
            path = library.root / block.mark
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.info == "console":
            for line, shown in session(block):
                done = library(*shlex.split(line)[1:])
                assert is_as_shown(same(done.out), same(shown)), f"{line}\n{done}"
