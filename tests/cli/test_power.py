import json
import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_gate import set_gates
from tests.pages import DOCS, ROOT


def prospects(library: Terminal) -> list[dict[str, object]]:
    return json.loads(library.ok("power", "assistant", "--json"))["prospects"]


def test_before_any_run_the_noise_is_assumed_and_limits_are_not_told(library: Terminal) -> None:
    done = library("power")
    assert done.code == 0
    assert done.out.startswith("POWER  assistant: 12 cases x 1\n")
    assert (
        "answer_f1: noise assumed, as if 17.0% of the answers flipped when asked again" in done.out
    )
    assert "answer_f1: no run yet, so that what is usual is not known" in done.out
    assert "to see what is usual: genaiops eval assistant" in done.err
    assert "to measure the noise: genaiops eval assistant --repeats 3" in done.err


def test_a_run_tells_what_is_usual(library: Terminal) -> None:
    library.ok("eval", "assistant")
    limit, margin = prospects(library)
    assert limit["shares"] is not None
    assert margin["noise"] == {"variance": 0.17, "origin": "assumed", "repeats": 1, "cases": 0}


def test_repeats_of_a_run_measure_the_noise(library: Terminal) -> None:
    library.ok("eval", "assistant", "--repeats", "2")
    _, margin = prospects(library)
    assert margin["noise"] == {"variance": 0.0, "origin": "repeats", "repeats": 1, "cases": 12}
    done = library("power")
    assert "noise measured: no answer to 12 cases ever changed" in done.out
    assert "--repeats 3" not in done.err


def test_the_last_change_stands_in_for_repeats(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant-1", "--reason", "first")
    library.ok("eval", "assistant", "--variant", "blind")
    _, margin = prospects(library)
    assert isinstance(margin["noise"], dict)
    assert margin["noise"]["origin"] == "change"
    assert "noise of the last change, as if" in library.ok("power")


def test_the_noise_of_another_variant_or_model_is_that_of_another_application(
    library: Terminal,
) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant-1", "--reason", "first")
    library.ok("eval", "assistant", "--variant", "blind", "--repeats", "2")
    library.ok("eval", "assistant", "-m", "brief", "--repeats", "2")
    _, margin = prospects(library)
    assert isinstance(margin["noise"], dict)
    assert margin["noise"]["origin"] == "change"
    told = "the noise is that of assistant-3, which differs from assistant-1 in: model brief,"
    assert told in " ".join(library.ok("power").split())
    library.ok("eval", "assistant", "--repeats", "2")
    library.ok("eval", "assistant", "-m", "brief", "--repeats", "2")
    _, margin = prospects(library)
    assert isinstance(margin["noise"], dict)
    assert margin["noise"]["origin"] == "repeats"
    assert library.ok("power").endswith("\n  the noise is that of assistant-4\n")


def test_after_a_change_of_a_file_a_run_with_repeats_still_tells_the_noise(
    library: Terminal,
) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant-1", "--reason", "first")
    prompt = library.root / "flows/assistant/answer.md"
    prompt.write_text(f"{prompt.read_text('utf-8')}\nBe brief.\n", "utf-8")
    library.ok("eval", "assistant", "--repeats", "2")
    done = library("power")
    assert "noise measured" in done.out
    told = "the noise is that of assistant-2, which differs from assistant-1 in: prompt"
    assert f"{told} flows/assistant/answer.md" in " ".join(done.out.split())
    assert "--repeats 3" not in done.err


def test_a_damaged_store_or_dataset_is_told_and_not_guessed_at(library: Terminal) -> None:
    (library.root / "datasets/handbook.jsonl").write_text("{\n", "utf-8")
    done = library("power", "assistant")
    assert (done.code, done.out) == (2, "")
    assert "datasets/handbook.jsonl:1" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("asistant",), "unknown evaluation 'asistant'"),
        (("assistant", "--repeats", "3"), "unknown option '--repeats'"),
    ],
)
def test_what_is_mistyped_is_told(library: Terminal, arguments: tuple[str, ...], told: str) -> None:
    done = library("power", *arguments)
    assert done.code == 2
    assert told in done.err


def test_an_evaluation_without_gates_has_no_power(library: Terminal) -> None:
    path = library.root / "evals/assistant.yaml"
    path.write_text(path.read_text("utf-8").partition("gates:")[0], "utf-8")
    done = library("power", "assistant")
    assert done.code == 2
    assert "evaluation 'assistant' has no gate whose power could be told" in done.err


def test_a_filter_that_leaves_no_case_is_told(library: Terminal) -> None:
    path = library.root / "evals/assistant.yaml"
    path.write_text(path.read_text("utf-8") + "filter: {topic: nothing}\n", "utf-8")
    done = library("power", "assistant")
    assert done.code == 2
    assert "no case of datasets/handbook.jsonl is left by filter and limit" in done.err


def test_no_model_is_called_and_no_store_is_made(library: Terminal) -> None:
    set_gates(library, "{metric: answer_f1, at_least: 0.05}")
    library.ok("power")
    assert not (library.root / ".genaiops").exists()


@pytest.mark.slow
def test_the_documented_output_is_that_of_the_shipped_evaluation(tmp_path: Path) -> None:
    for name in ("genaiops.yaml", "catalog.yaml", "flows", "evals", "indexes", "datasets"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    done = Terminal(tmp_path)("power", "assistant")
    page = (DOCS / "power.md").read_text("utf-8")
    assert f"$ genaiops power assistant\n{done.out}{done.err}```" in page


def test_a_gate_without_a_margin_is_told_the_one_that_its_cases_hold(library: Terminal) -> None:
    set_gates(library, "{metric: answer_f1, no_worse_than: baseline}")
    library.ok("eval", "assistant", "--repeats", "2")
    out = library.ok("power")
    assert "answer_f1: no margin yet; a margin of 22.1 points would pass 80 of 100" in out


def test_a_damaged_baseline_is_told_with_its_line(library: Terminal) -> None:
    path = library.root / "evals/baselines/assistant.jsonl"
    path.parent.mkdir()
    path.write_text("no baseline\n", "utf-8")
    done = library("power", "assistant")
    assert (done.code, done.out) == (2, "")
    assert "evals/baselines/assistant.jsonl:1" in done.err


def test_a_baseline_of_few_clusters_decides_nothing(library: Terminal) -> None:
    path = library.root / "datasets/handbook.jsonl"
    cases = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = [json.dumps(case | {"cluster": case["tags"]["topic"]}) + "\n" for case in cases]
    path.write_text("".join(lines), "utf-8")
    out = library.ok("power")
    assert out.startswith("POWER  assistant: 12 cases in 4 clusters x 1\n")
    told = "answer_f1: 4 clusters are too few to tell chance from change: 10 are the least"
    assert told in out
