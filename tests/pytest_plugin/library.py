"""A project of a function that answers nine of ten questions, with a gate for each outcome."""

import sys
from pathlib import Path

import numpy.random  # noqa: F401  pytester forgets what is first loaded in it; numpy bears one load
import pytest

import genaiops.project.modules  # its finder is told by its class
import genaiops.pytest_plugin.items
from tests.cli.terminal import Terminal

PASS = "exact_match at_least 0.5"
OPEN = "exact_match at_least 0.85"
ADVISORY = "exact_match at_least 0.99"
GATES = (
    "gates:\n"
    "  - {metric: exact_match, at_least: 0.5}\n"
    "  - {metric: exact_match, at_least: 0.85}\n"
    "  - {metric: exact_match, at_least: 0.99, tier: advisory}\n"
)
EVAL = "flow: app:answer\ndataset: questions.csv\nmetrics: [exact_match]\n"
APP = """\
from pathlib import Path


def answer(question: str) -> str:
    with Path(__file__).with_name("asked.txt").open("a") as asked:
        asked.write("x")
    return "no" if question.endswith("0") else "yes"
"""


def build(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, gates: str = GATES) -> Path:
    """Write the project into the folder of pytester, trusted."""
    root = pytester.path
    rows = "".join(f"question {n},yes\n" for n in range(40))
    files = {
        "questions.csv": f"question,expected\n{rows}",
        "app.py": APP,
        "evals/app.yaml": f"{EVAL}{gates}",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    Terminal(root).ok("trust", "--yes")
    at_home(root, monkeypatch)
    return root


def at_home(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pytest trust what a terminal here does, be as wide, and know no other project."""
    ours = genaiops.project.modules.__name__
    finders = [each for each in sys.meta_path if type(each).__module__ != ours]
    monkeypatch.setattr(sys, "meta_path", finders)
    monkeypatch.delitem(sys.modules, "app", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root / ".home"))
    monkeypatch.delenv("GENAIOPS_TRUST", raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def asked(root: Path) -> int:
    """How many questions the function was asked."""
    return len((root / "asked.txt").read_text("utf-8"))
