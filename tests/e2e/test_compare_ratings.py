"""What people thought of three writers, compared: the raters' scales of mt-rag."""

import json
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from scipy import stats

from tests.cli.terminal import Terminal

SOURCE = Path(__file__).parents[3] / "shared/data/mt-rag/human_eval.json"
WRITERS = {"reference": "human", "gpt-4o": "gpt-4o", "llama-3.1-405b-instruct": "llama-405b"}
SCALES = ("faithfulness", "appropriateness", "naturalness", "completeness")

Ratings = dict[str, dict[str, float]]


def ratings(scale: str) -> Ratings:
    """The mean of the raters, 1 to 4, by task and writer."""
    found: Ratings = {}
    for answer in json.loads(SOURCE.read_text("utf-8"))["evaluations"]:
        votes = answer["annotations"][scale].values()
        rated = mean(float(vote["value"]) for vote in votes)
        found.setdefault(answer["task_id"], {})[WRITERS[answer["model_id"]]] = rated
    return found


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    if not SOURCE.exists():
        pytest.skip("the mt-rag data is not beside this repository (../shared/data/mt-rag)")
    for scale in SCALES:
        rows = [
            ",".join([task, *(str(rated[writer]) for writer in WRITERS.values())])
            for task, rated in ratings(scale).items()
        ]
        text = "\n".join([",".join(["task", *WRITERS.values()]), *rows])
        (tmp_path / f"{scale}.csv").write_text(text, "utf-8")
    return Terminal(tmp_path)


def compared(terminal: Terminal, scale: str) -> dict[str, Any]:
    return json.loads(terminal.ok("compare", f"{scale}.csv", "--metric-range", "1,4", "--json"))


def test_the_human_is_proven_more_faithful_and_the_models_are_not_told_apart(
    terminal: Terminal,
) -> None:
    found = compared(terminal, "faithfulness")
    ranks = {arm["label"]: (arm["rank_low"], arm["rank_high"]) for arm in found["arms"]}
    assert ranks == {"human": (1, 1), "llama-405b": (2, 3), "gpt-4o": (2, 3)}
    assert found["sentence"] == "human is proven best of 3."


@pytest.mark.parametrize("scale", SCALES)
def test_means_errors_and_tests_are_those_of_scipy(terminal: Terminal, scale: str) -> None:
    rated = ratings(scale)
    columns = {writer: [task[writer] for task in rated.values()] for writer in WRITERS.values()}
    found = compared(terminal, scale)
    for arm in found["arms"]:
        assert arm["estimate"]["value"] == pytest.approx(mean(columns[arm["label"]]), abs=1e-9)
    for pair in found["pairs"]:
        first, second = columns[pair["first"]], columns[pair["second"]]
        gaps = [b - a for a, b in zip(first, second, strict=True)]
        assert pair["difference"]["value"] == pytest.approx(mean(gaps), abs=1e-9)
        assert pair["standard_error"] == pytest.approx(stats.sem(gaps), abs=1e-9)
        paired = stats.ttest_rel(second, first)
        assert pair["p_value"] == pytest.approx(paired.pvalue, abs=1e-6)


def test_the_models_differ_by_chance_as_often_as_the_t_test_says(terminal: Terminal) -> None:
    pairs = {(p["first"], p["second"]): p for p in compared(terminal, "faithfulness")["pairs"]}
    models = pairs["gpt-4o", "llama-405b"]
    assert models["p_value"] == pytest.approx(0.08, abs=0.01)
    assert models["p_adjusted"] > models["p_value"]
    assert models["proven"] is None


def test_the_table_is_told_on_80_columns(terminal: Terminal) -> None:
    told = terminal.ok("compare", "faithfulness.csv", "--metric-range", "1,4")
    assert told.startswith("human is proven best of 3.\n")
    assert max(map(len, told.splitlines())) <= 80
