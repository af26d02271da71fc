import subprocess
import sys
from pathlib import Path

import pytest

from genaiops.project.scaffold import init
from tests.cli.terminal import Terminal

pytest_plugins = ["pytester"]


@pytest.mark.slow
def test_each_gate_of_a_project_is_an_item(pytester: pytest.Pytester) -> None:
    init(pytester.path / "library", "library")
    outcome = pytester.runpytest_subprocess("--genaiops", "library/evals", "-rs")
    counts = outcome.parseoutcomes()
    assert counts.get("failed", 0) == counts.get("errors", 0) == 0
    assert counts["passed"] >= 1
    assert counts["skipped"] == 1
    outcome.stdout.fnmatch_lines(["*inconclusive: No baseline yet*"])


@pytest.mark.slow
def test_a_gate_that_fails_shows_its_sentence(pytester: pytest.Pytester) -> None:
    init(pytester.path / "library", "library")
    path = pytester.path / "library/evals/assistant.yaml"
    text = path.read_text("utf-8")
    gate = "gates:\n  - {metric: answer_f1, at_least: 0.99}\n"
    path.write_text(text[: text.index("gates:")] + gate, "utf-8")
    outcome = pytester.runpytest_subprocess("--genaiops", "library/evals")
    assert outcome.parseoutcomes() == {"failed": 1}
    outcome.stdout.fnmatch_lines(["fail: *"])
    outcome.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.slow
def test_what_may_cost_much_is_refused_once_and_a_cap_allows_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(pytester.path / "library", "library")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(pytester.path / ".home"))
    entry = (
        '{provider: openai, model: m, base_url: "http://127.0.0.1:9", '
        "price: {input_usd_per_mtok: 0, output_usd_per_mtok: 500000}}"
    )
    (pytester.path / "library/catalog.yaml").write_text(
        f"models:\n  extractive: {entry}\n", "utf-8"
    )
    Terminal(pytester.path / "library").ok("trust", "--yes")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(pytester.path / "library/.home"))
    refused = pytester.runpytest_subprocess("--genaiops", "library/evals")
    refused.stdout.fnmatch_lines(["*may cost about*allow it by --genaiops-max-cost USD*"])
    refused.stdout.no_fnmatch_line("*Traceback*")
    capped = pytester.runpytest_subprocess(
        "--genaiops", "--genaiops-max-cost", "0", "library/evals"
    )
    capped.stdout.fnmatch_lines(["*--genaiops-max-cost $0.00 is reached*"])


def test_without_the_option_nothing_is_collected_or_loaded(tmp_path: Path) -> None:
    code = (
        "import sys, genaiops.pytest_plugin;"
        "sys.exit(bool({'pydantic', 'yaml', 'numpy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)  # noqa: S603  our own code
    assert done.returncode == 0
