import json

import pytest

from genaiops.cli.evaluating import parse_filters
from genaiops.errors import InputError
from tests.cli.library import CASES
from tests.cli.terminal import Terminal


def run_of(library: Terminal, *arguments: str) -> dict[str, object]:
    return json.loads(library.ok("eval", "assistant", "--json", *arguments))


def test_counts_scores_and_slices_are_shown(library: Terminal) -> None:
    lines = library.ok("eval", "assistant").splitlines()
    assert lines[0] == "assistant-1  extractive"
    assert lines[1].startswith(f"  {CASES} planned = {CASES} scored + 0 errored + 0 skipped; ")
    assert lines[1].endswith(f"{CASES} calls made, 0 reused")
    assert [line.split()[0] for line in lines[3:10]] == [
        "answer_f1", "topic", "topic", "topic", "topic", "groundedness", "latency",
    ]  # fmt: skip
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("arguments", "planned"),
    [
        (("-n", "5"), 5),
        (("--limit", "5", "--repeats", "2"), 10),
        (("--filter", "topic=fees"), 3),
        (("--filter", "even=true"), 6),
        (("--filter", "topic=fees", "--filter", "even=false"), 2),
        (("--filter", "topic=fees", "-n", "1"), 1),
    ],
)
def test_an_evaluation_can_be_cut_down(
    library: Terminal, arguments: tuple[str, ...], planned: int
) -> None:
    run = run_of(library, *arguments)
    assert run["planned"] == planned == run["scored"]


def test_a_model_and_a_variant_stand_in(library: Terminal) -> None:
    run = run_of(library, "-m", "brief", "--variant", "blind")
    assert (run["models"], run["variant"]) == (["brief"], "blind")


def test_calls_are_made_anew_only_on_wish(library: Terminal) -> None:
    counts = [
        (run["made_calls"], run["reused_calls"])
        for run in (run_of(library), run_of(library), run_of(library, "--no-cache"))
    ]
    assert counts == [(CASES, 0), (0, CASES), (CASES, 0)]


def test_a_dry_run_shows_prompts_and_counts_and_calls_nothing(library: Terminal) -> None:
    told = library.ok("eval", "assistant", "--dry-run", "--repeats", "3")
    assert told.startswith(
        f"assistant: {CASES} cases x 3, about {3 * CASES} model calls, of which {2 * CASES} "
        f"recorded\n  to make: about {CASES} calls, "
    )
    assert "--- extractive: user" in told
    assert "For how long may a book be kept? (Request 0)" in told
    assert library("runs", "list").out == ""


def test_a_dry_run_counts_what_is_recorded(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "9")
    told = library.ok("eval", "assistant", "--dry-run")
    assert f"about {CASES} model calls, of which 9 recorded\n" in told
    assert "  to make: about 3 calls, " in told
    library.ok("eval", "assistant")
    told = library.ok("eval", "assistant", "--dry-run")
    assert f"of which {CASES} recorded\n" in told
    assert "to make" not in told


def test_reports_are_written_besides(library: Terminal) -> None:
    done = library("eval", "assistant", "-o", "a.csv", "-o", "deep/b.MD")
    assert done.err.splitlines()[-2:] == ["wrote a.csv", "wrote deep/b.MD"]
    assert (library.root / "deep/b.MD").read_text("utf-8").startswith("# assistant")


def test_filters_mean_what_people_write() -> None:
    found = parse_filters(["topic=a=b", "even=true", "n=3", "word=no"])
    assert found == {"topic": "a=b", "even": True, "n": 3, "word": "no"}


@pytest.mark.parametrize("written", ["topic", "=bills", "topic=", " = "])
def test_a_filter_without_tag_or_value_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="write TAG=VALUE"):
        parse_filters([written])


OWN_METRIC = """\
from pathlib import Path

from genaiops.metrics import metric

@metric(range=(0, 1), direction="higher")
def short(answer: str, most: int = 20) -> float:
    Path("scored").touch()
    return float(len(answer) <= most)
"""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("{mst: 3}", "short: unknown argument 'mst'; did you mean 'most'?"),
        ("{most: many}", "short: most: should be a valid integer"),
        ('{most: "${case.expected.nope}"}', "short: most: ${case.expected.nope}: no case has"),
    ],
)
def test_a_wrong_argument_of_an_own_metric_is_told_before_any_call(
    library: Terminal, arguments: str, told: str
) -> None:
    (library.root / "own.py").write_text(OWN_METRIC, "utf-8")
    evaluation = library.root / "evals/assistant.yaml"
    use = f'metrics: [{{"own.py:short": {arguments}}}, answer_f1'
    text = evaluation.read_text("utf-8").replace("metrics: [answer_f1", use)
    evaluation.write_text(text, "utf-8")
    library.ok("trust", "--yes")
    done = library("eval", "assistant")
    assert done.code == 2
    assert told in done.err
    assert library.ok("runs", "list") == ""
    assert not (library.root / "scored").exists()


def test_where_no_metric_has_a_score_nothing_was_measured(library: Terminal) -> None:
    broken = OWN_METRIC.replace("return float(len(answer) <= most)", "raise ValueError(answer[:0])")
    (library.root / "own.py").write_text(broken, "utf-8")
    evaluation = library.root / "evals/alone.yaml"
    text = "flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: ["
    evaluation.write_text(f"{text}own.py:short]", "utf-8")
    library.ok("trust", "--yes")
    done = library("eval", "alone")
    assert done.code == 4
    assert "none of 12 cases has a score; the first: short: metric: ValueError" in done.err
    evaluation.write_text(f"{text}own.py:short, tokens]", "utf-8")
    assert library("eval", "alone").code == 0
