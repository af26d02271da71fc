import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.terminal import Terminal
from tests.evaluations.arms import graded


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    scores = graded(60, [0.0, 0.3, 0.02]).round(3)
    lines = [f"c{n},k{n % 30},t{n % 2},{','.join(map(str, row))}" for n, row in enumerate(scores)]
    text = "\n".join(["case,cluster,tags.kind,small,large,other", *lines])
    (tmp_path / "scores.csv").write_text(text, "utf-8")
    return Terminal(tmp_path)


def test_it_ranks_a_matrix_outside_of_any_project(terminal: Terminal) -> None:
    told = terminal.ok("compare", "scores.csv", "--slice", "kind")
    assert told.startswith("large is proven best of 3.\n")
    assert "60 cases in 30 clusters" in told
    assert "kind t0 (30): large is proven best" in told
    assert max(map(len, told.splitlines())) <= 80


def test_json_is_the_report(terminal: Terminal) -> None:
    found = json.loads(terminal.ok("compare", "scores.csv", "--json"))
    assert found["arms"][0]["label"] == "large"
    assert len(found["pairs"]) == 3


def test_reports_are_written_by_their_suffix(terminal: Terminal) -> None:
    outputs = ("-o", "out/a.csv", "-o", "out/a.md", "-o", "out/a.json")
    done = terminal("compare", "scores.csv", *outputs)
    assert done.err.splitlines() == [f"wrote out/a.{suffix}" for suffix in ("csv", "md", "json")]
    assert sorted(path.name for path in (terminal.root / "out").iterdir()) == [
        "a.csv",
        "a.json",
        "a.md",
    ]


def test_lower_can_be_better(terminal: Terminal) -> None:
    found = json.loads(terminal.ok("compare", "scores.csv", "--json", "--lower-is-better"))
    assert found["arms"][2]["label"] == "large"
    assert found["metric"]["direction"] == "lower"


def test_a_range_bounds_what_missing_scores_may_be(terminal: Terminal) -> None:
    rows = [f"c{n},{3 + n % 2},{'' if n == 5 else 5}" for n in range(30)]
    (terminal.root / "rated.csv").write_text("\n".join(["id,a,b", *rows]), "utf-8")
    ranged = terminal.ok("compare", "rated.csv", "--metric-range", "1,5")
    assert "b lacks a score on 1 case" in ranged
    assert "1 case without a score in some arm: left out" in terminal.ok("compare", "rated.csv")


@pytest.mark.parametrize("rows", ["c1,1,\nc2,,0", "c1,3,\nc2,,5\nc3,4,", "c1,,"])
def test_arms_without_a_case_in_common_are_no_comparison(terminal: Terminal, rows: str) -> None:
    (terminal.root / "apart.csv").write_text(f"id,a,b\n{rows}\n", "utf-8")
    done = terminal("compare", "apart.csv", "-o", "apart.md")
    assert (done.code, done.out) == (2, "")
    assert "apart.csv: no case has a score of two arms, so nothing can be compared" in done.err
    assert not (terminal.root / "apart.md").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no.csv",), "error: no.csv: there is no such file"),
        (("scores.csv", "-o", "out.pdf"), "error: -o out.pdf: the suffix must be one of"),
        (("scores.csv", "--metric-range", "1"), "error: --metric-range '1': write LOW,HIGH"),
        (("scores.csv", "--metric-range", "5,1"), "error: --metric-range '5,1': write LOW,HIGH"),
        (
            ("scores.csv", "-m", "a", "-m", "b"),
            "error: scores.csv has its scores already: leave out what says how to get them",
        ),
        (
            ("scores.csv", "--slice", "kinds"),
            "error: unknown tag 'kinds'; did you mean 'kind'?",
        ),
        (
            ("scores.csv", "--limit", "9"),
            "error: scores.csv has its scores already: leave out what says how to get them",
        ),
        (
            ("scores.csv", "--metric-range", "0.9,1"),
            "error: scores.csv:2:1: large: 0.879 is outside of the range",
        ),
    ],
)
def test_wrong_input_is_told_and_exits_with_2(
    terminal: Terminal, arguments: tuple[str, ...], message: str
) -> None:
    done = terminal("compare", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)


def test_a_metric_of_an_evaluation_ranks_on_other_data_too(library: Terminal) -> None:
    arms = ("-m", "extractive", "-m", "brief", "--metric", "groundedness")
    for data in ((), ("-d", "datasets/handbook.jsonl")):
        found = json.loads(library.ok("compare", "assistant", *arms, *data, "--json"))
        assert found["metric"]["name"] == "groundedness"


def test_any_tag_of_the_cases_can_slice_an_evaluation(library: Terminal) -> None:
    spec = library.root / "evals" / "assistant.yaml"
    spec.write_text(spec.read_text("utf-8").replace("slices: [topic]\n", ""), "utf-8")
    arms = ("compare", "assistant", "-m", "extractive", "-m", "brief")
    found = json.loads(library.ok(*arms, "--slice", "topic", "--json"))
    assert {each["value"] for each in found["slices"]} >= {"loans", "fees"}
    done = library(*arms, "--slice", "topics")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: no case has the tag 'topics'; did you mean 'topic'?")


def test_one_metric_ranks(library: Terminal) -> None:
    arms = ("-m", "extractive", "-m", "brief", "--metric", "groundedness", "--metric", "answer_f1")
    done = library("compare", "assistant", *arms)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: one --metric ranks")


def test_sixty_arms_are_told_within_80_columns(terminal: Terminal) -> None:
    scores = graded(30, list(np.linspace(0, 0.3, 60))).round(3)
    head = ",".join(["id", *(f"provider:model-{n}-instruct" for n in range(60))])
    rows = [f"c{n}," + ",".join(map(str, row)) for n, row in enumerate(scores)]
    (terminal.root / "many.csv").write_text("\n".join([head, *rows]), "utf-8")
    told = terminal.ok("compare", "many.csv")
    assert max(map(len, told.splitlines())) <= 80
    assert "tied for first" in told


def test_a_table_without_ids_is_told_what_its_first_column_was_taken_for(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("a,b\n1,0\n0,1\n", "utf-8")
    done = Terminal(tmp_path)("compare", "s.csv")
    assert done.code == 2
    assert "s.csv: 'b' is its only column of scores, for the first column holds the ids" in done.err


@pytest.mark.parametrize("command", ["compare", "eval"])
def test_where_one_arm_is_left_nothing_is_compared_and_the_exit_code_is_4(
    library: Terminal, command: str
) -> None:
    gone = "  gone: {provider: replay, model: m, recording: none.jsonl}\n"
    path = library.root / "catalog.yaml"
    path.write_text(path.read_text("utf-8").replace("models:\n", f"models:\n{gone}"), "utf-8")
    done = library(command, "assistant", "-m", "extractive", "-m", "gone")
    assert done.code == 4
    assert "Only extractive has scores: nothing can be compared." in done.out
    assert "slices" not in done.out
    assert "error: nothing could be compared, for gone failed: " in done.err
