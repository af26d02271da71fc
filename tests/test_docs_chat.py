"""The talk that docs/chat.md shows is what the project of `genaiops init` says."""

import re
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.pages import DOCS, blocks


def test_a_talk_goes_as_the_page_shows(tmp_path: Path) -> None:
    talk = next(block.text for block in blocks(DOCS / "chat.md") if "> /quit" in block.text)
    Terminal(tmp_path).ok("init", "library")
    typed = re.findall(r"^> (.*)$", talk, re.MULTILINE)
    done = Terminal(tmp_path / "library")("chat", "assistant", stdin="\n".join([*typed, ""]))
    said = (done.out + done.err).splitlines()
    shown = [line for line in talk.splitlines() if not line.startswith(("$ ", "> "))]
    assert done.code == 0
    assert [line for line in shown if _untimed(line) not in map(_untimed, said)] == []


def _untimed(line: str) -> str:
    return re.sub(r"\d+\.\d+ s", "- s", line)
