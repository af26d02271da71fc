"""docs/pytest.md shows what pytest prints."""

import re
import shlex

import pytest

from tests.cli.terminal import Terminal
from tests.pages import DOCS, blocks, is_as_shown, session
from tests.pytest_plugin import library

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow
_RULE = re.compile(r"^([=_])\1+ (.*?)(?: in [\d.]+s)? \1+$", re.MULTILINE)


def without_widths(text: str) -> str:
    """A text whose headlines are as wide as what they say, and tell no time."""
    return _RULE.sub(r"\1 \2 \1", text)


def typed(line: str, terminal: Terminal, pytester: pytest.Pytester) -> str:
    """What a line of the page prints."""
    program, *arguments = shlex.split(line)
    if program == "genaiops":
        return terminal.ok(*arguments)
    assert program == "pytest", line
    return "\n".join([*pytester.runpytest(*arguments).outlines, ""])


def test_pytest_goes_as_the_page_shows(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.at_home(pytester.path, monkeypatch)
    terminal = Terminal(pytester.path)
    for block in blocks(DOCS / "pytest.md"):
        if block.mark:
            path = pytester.path / block.mark
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.info == "console":
            for line, shown in session(block):
                printed = typed(line, terminal, pytester)
                is_right = is_as_shown(without_widths(printed), without_widths(shown))
                assert is_right, f"{block}: {line}\n{printed}"
