"""One run for all gates and all processes, and what it may cost."""

import sqlite3
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from genaiops.pytest_plugin.ruling import NoRuling, once
from tests.cli.terminal import Terminal
from tests.project.build import build_project
from tests.pytest_plugin.library import EVAL, asked, build

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow
_RACERS = 3


def race(folder: Path) -> str:
    """Ask for what all ask for, and note who had to make it."""

    def make() -> NoRuling:
        with (folder / "made.txt").open("a") as made:
            made.write("x")
        return NoRuling(reason="told")

    found = once(folder / "below" / "shared.json", make)
    assert isinstance(found, NoRuling)
    return found.reason


def test_of_many_processes_one_makes_what_all_get(tmp_path: Path) -> None:
    with get_context("spawn").Pool(_RACERS) as pool:
        assert pool.map(race, [tmp_path] * _RACERS) == ["told"] * _RACERS
    assert (tmp_path / "made.txt").read_text() == "x"


def test_what_was_cut_off_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below/shared.json").write_text('{"reason": "to')
    assert [race(tmp_path), race(tmp_path)] == ["told", "told"]
    assert (tmp_path / "made.txt").read_text() == "x"


def test_under_xdist_an_evaluation_runs_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xdist", reason="needs pytest-xdist, of the extra dev")
    root = build(pytester, monkeypatch)
    gates = "gates:\n" + "".join(
        f"  - {{metric: exact_match, at_least: 0.{n}}}\n" for n in range(1, 10)
    )
    (root / "evals/app.yaml").write_text(f"{EVAL}{gates}", "utf-8")
    found = pytester.runpytest_subprocess("--genaiops", "evals", "-n", "2", "--dist", "load")
    counts = found.parseoutcomes()
    assert counts == {"passed": 7, "inconclusive": 2}
    assert asked(root) == 40
    with closing(sqlite3.connect(root / ".genaiops/store.sqlite")) as store:
        assert store.execute("select count(*) from runs").fetchone() == (1,)


def test_what_may_cost_much_is_refused_and_a_cap_allows_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = (
        '{provider: openai, model: m, base_url: "http://127.0.0.1:9", '
        "price: {input_usd_per_mtok: 0, output_usd_per_mtok: 500000}}"
    )
    root = build_project(
        pytester.path,
        {
            "catalog.yaml": f"models:\n  extractive: {entry}\n",
            "evals/assistant.yaml": (
                "flow: flows/assistant\ndataset: datasets/handbook.jsonl\n"
                "metrics: [answer_f1]\ngates: [{metric: answer_f1, at_least: 0.5}]\n"
            ),
        },
    )
    Terminal(root).ok("trust", "--yes")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root / ".home"))
    monkeypatch.setenv("COLUMNS", "80")
    refused = pytester.runpytest("--genaiops", "evals")
    refused.stdout.fnmatch_lines(["*may cost about*allow it by --genaiops-max-cost USD*"])
    capped = pytester.runpytest("--genaiops", "--genaiops-max-cost", "0", "evals")
    capped.stdout.fnmatch_lines(["*--genaiops-max-cost $0.00 is reached*"])
