"""What pytest asks of the plugin.

Nothing heavy is loaded before `--genaiops` is given; that is why imports stand in a function.
"""

import os
import textwrap
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genaiops.api.open_gates import listening
from genaiops.pytest_plugin.mistakes import end_at_the_test
from genaiops.pytest_plugin.options import add_options, is_on
from genaiops.pytest_plugin.said import MARKS, SAID, Said, category_of, put, reason_of

if TYPE_CHECKING:
    from genaiops.pytest_plugin.items import EvalFile


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --genaiops, and what its evaluations may cost."""
    add_options(parser)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "EvalFile | None":
    """Collect the evaluations of a project."""
    is_eval = file_path.parent.name == "evals" and file_path.suffix == ".yaml"
    if not (is_on(parent.config) and is_eval):
        return None
    from genaiops.pytest_plugin.items import eval_file

    return eval_file(file_path, parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hear of the open gates that `assert_gate` and `assert_scores` meet in an ordinary test."""
    told: list[str] = []
    item.stash[SAID] = None
    with listening(told.append):
        result = yield
    if told:
        item.stash[SAID] = Said("inconclusive", "\n".join(told))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """See that a test with an open gate is no pass, and that a mistake is shown where it is."""
    if call.excinfo is not None and not item.config.getoption("fulltrace"):
        end_at_the_test(call.excinfo.value)
    report = yield
    said = item.stash.get(SAID, None)
    if report.when == "call" and report.passed and said is not None:
        path, line, _ = item.reportinfo()
        put(report, said, (os.fspath(path), (line or 0) + 1))
    return report


def pytest_report_teststatus(
    report: pytest.CollectReport | pytest.TestReport,
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """The letter and the word of what is no pass."""
    category = category_of(report)
    if category is None:
        return None
    letter, word = MARKS[category]
    return category, letter, (word, {"yellow": True})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what is no pass, with the reason."""
    found = [(mark, terminalreporter.getreports(category)) for category, mark in MARKS.items()]
    if any(reports for _, reports in found):
        terminalreporter.write_sep("=", "neither passed nor failed", yellow=True)
    for (_, word), reports in found:
        for report in reports:
            terminalreporter.write_line(f"{word} {report.nodeid}")
            for line in reason_of(report).splitlines():
                terminalreporter.write_line(_indented(line))


def _indented(line: str) -> str:
    """A line of a reason below its test, wrapped under its own beginning."""
    space = " " * (2 + len(line) - len(line.lstrip()))
    return textwrap.fill(line.strip(), 80, initial_indent=space, subsequent_indent=space)
