"""The pages about functions and metrics go as they show, with their tests and scripts."""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.pages import DOCS, Block, blocks, follow


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder from which modules can be imported as long as it is there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def run(block: Block) -> None:
    """Run a script, or what a test file holds."""
    found = runpy.run_path(block.mark)
    for name, value in found.items():
        if name.startswith("test_"):
            value()


def files_of(page: Path) -> Iterator[Block]:
    """The tests and scripts of a page."""
    for block in blocks(page):
        if block.mark.startswith("test_") or block.mark == "look.py":
            yield block


def test_gating_a_function_goes_as_the_page_shows(folder: Path) -> None:
    follow(DOCS / "gate-a-function.md", Terminal(folder))


def test_the_test_of_a_gate_fails_where_the_change_is_proven_worse(folder: Path) -> None:
    follow(DOCS / "gate-a-function.md", Terminal(folder))
    (block,) = files_of(DOCS / "gate-a-function.md")
    with pytest.raises(AssertionError, match="FAIL  app: answer_f1 failed"):
        run(block)


def test_writing_a_metric_goes_as_the_page_shows(folder: Path) -> None:
    follow(DOCS / "write-a-metric.md", Terminal(folder))
    tested, script = files_of(DOCS / "write-a-metric.md")
    run(tested)
    run(script)
