import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.library import CASES, write_library
from tests.cli.terminal import Terminal


def test_a_run_is_shown_with_its_verdicts(evaluated: Terminal, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    assert evaluated.ok("view", "assistant-1", "-o", str(page)) == f"{page}\n"
    text = page.read_text("utf-8")
    assert text.count('<details class="case') == CASES
    assert "Gates" in text
    assert "no baseline" in text


def test_two_runs_stand_side_by_side(evaluated: Terminal, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    evaluated.ok("view", "assistant-1", "assistant-2", "-o", str(page))
    text = page.read_text("utf-8")
    assert '<a href="#only-worse">▼ worse' in text
    assert "proven" in text
    assert '<section class="arm answer"><h4>blind</h4>' in text


def test_the_newest_run_is_shown_without_a_word_more(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "2")
    told = library.ok("view")
    assert Path(told.strip()) == library.root / ".genaiops/view/assistant-1.html"
    assert Path(told.strip()).exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["assistant-9"], "unknown run 'assistant-9'"),
        (["assistant-1", "assistant-1"], "both are the run 'assistant-1'"),
        (["-o", "page.pdf"], "a page ends in .html"),
    ],
    ids=["unknown", "twice the same", "another suffix"],
)
def test_what_cannot_be_shown_is_told(evaluated: Terminal, arguments: list[str], told: str) -> None:
    done = evaluated("view", *arguments)
    assert done.code == 2
    assert told in done.err


def test_without_a_run_the_way_to_one_is_told(tmp_path: Path) -> None:
    done = write_library(tmp_path)("view")
    assert done.code == 2
    assert "no run to look at yet: genaiops eval NAME" in done.err


@pytest.mark.slow
def test_before_a_screen_the_page_opens_and_elsewhere_it_does_not(
    evaluated: Terminal, tmp_path: Path
) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n', "utf-8")
    browser.chmod(0o755)
    page = tmp_path / "out.html"
    base = [sys.executable, "-m", "genaiops", "view", "assistant-1", "-o", str(page)]
    screen = {**os.environ, "BROWSER": f"{browser} %s", "DISPLAY": ":0"}
    bare = {
        name: value for name, value in screen.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}
    }
    on_terminal(base, evaluated.root, screen)
    assert opened.read_text("utf-8") == f"{page.as_uri()}\n"
    opened.unlink()
    on_terminal([*base, "--no-open"], evaluated.root, screen)
    on_terminal(base, evaluated.root, bare)
    subprocess.run(base, cwd=evaluated.root, env=screen, check=True, capture_output=True)  # noqa: S603
    assert not opened.exists()


def on_terminal(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run a command whose output is a terminal."""
    master, slave = pty.openpty()
    try:
        subprocess.run(command, cwd=folder, env=environment, stdout=slave, check=True)  # noqa: S603
    finally:
        os.close(slave)
        os.close(master)
