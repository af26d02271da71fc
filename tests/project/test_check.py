import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from genaiops.errors import SpecError
from genaiops.evaluations.baseline import write_baseline
from genaiops.index.build import build_index
from genaiops.project.check import check_evaluation, check_project, look_around
from genaiops.project.check_catalog import Surroundings
from genaiops.project.files import load_project
from genaiops.project.lock import CatalogLock, LockedModel, write_lock
from genaiops.project.scaffold import init
from genaiops.records import Baseline, EvalRun, RunScores
from tests.project.build import LIBRARY, build_project

BROKEN = Path(__file__).parents[1] / "golden" / "broken"
AROUND = Surroundings(
    environment={},
    today=date(2026, 11, 21),
    weights={"all-minilm-l6-v2-int8": "present", "smollm2-135m": "absent"},
)


def told(root: Path) -> str:
    """What a check of a project says, a line a fault."""
    try:
        faults = check_project(load_project(root), AROUND)
    except SpecError as error:
        faults = list(error.faults)
    return "".join(f"{fault}\n" for fault in faults)


@pytest.mark.parametrize("folder", sorted(BROKEN.iterdir()), ids=lambda folder: folder.name)
def test_each_fault_is_told_with_its_place(
    folder: Path, golden: Callable[[Path, str], None]
) -> None:
    golden(folder / "expected.txt", told(folder))


def test_a_project_without_a_fault_passes(tmp_path: Path) -> None:
    assert told(build_project(tmp_path)) == ""


def test_an_evaluation_is_checked_with_its_flow_and_data_and_without_the_others(
    tmp_path: Path,
) -> None:
    flow = LIBRARY["flows/assistant/flow.yaml"]
    changes = {
        "evals/other.yaml": "flow: flows/nowhere\ndataset: none.csv\nmetrics: [answer_f1]\n",
        "evals/lost.yaml": "flow: flows/other\ndataset: none.csv\nmetrics: [answer_f1]\n",
        "flows/other/flow.yaml": flow.replace("extractive", "nobody"),
        "flows/other/answer.md": LIBRARY["flows/assistant/answer.md"],
    }
    project = load_project(build_project(tmp_path, changes))
    assert check_evaluation(project, "assistant") == []
    places = [(fault.file, fault.line) for fault in check_evaluation(project, "lost")]
    assert places == [("evals/lost.yaml", 2), ("flows/other/flow.yaml", 7)]


def test_a_new_project_is_only_told_to_pull_weights(tmp_path: Path) -> None:
    init(tmp_path, "library")
    assert told(tmp_path) == (
        "catalog.yaml:6:35: warning: these weights are not here yet: "
        "genaiops weights pull smollm2-135m\n"
    )


def test_a_check_runs_no_code_of_the_project(tmp_path: Path) -> None:
    changes = {
        "never_run.py": "raise SystemExit\ndef answer(question): ...\n",
        "evals/assistant.yaml": "flow: never_run:answer\ndataset: datasets/handbook.jsonl\n"
        "metrics: [{answer_f1: {answer: '${run.outputs.answer}'}}]\n",
    }
    assert told(build_project(tmp_path, changes)) == ""
    assert "never_run" not in sys.modules


def test_what_lies_around_comes_from_the_process_the_env_file_and_the_weights(
    tmp_path: Path,
) -> None:
    changes = {"genaiops.yaml": "name: x\nenv_file: keys.env\n", "keys.env": "A=1\n"}
    project = load_project(build_project(tmp_path, changes))
    around = look_around(project, {"GENAIOPS_WEIGHTS": str(tmp_path)}, date(2026, 11, 21))
    assert (around.environment["A"], around.weights["smollm2-135m"]) == ("1", "absent")


@pytest.mark.anyio
async def test_an_index_that_is_older_than_its_documents_is_told(tmp_path: Path) -> None:
    root = build_project(tmp_path)
    spec = load_project(root).index("handbook").spec
    await build_index(
        spec, "handbook", root, None, clock=lambda: datetime(2026, 11, 21, tzinfo=UTC)
    )
    assert told(root) == ""
    (root / "datasets" / "handbook" / "loans.md").write_text("# Loans\n\nFour weeks.\n")
    assert told(root) == (
        "indexes/handbook.yaml:1:1: warning: is stale: documents 1 changed (loans.md): "
        "genaiops index build handbook\n"
    )


def test_an_index_that_is_damaged_is_told(tmp_path: Path) -> None:
    root = build_project(tmp_path)
    home = root / ".genaiops" / "indexes" / "handbook"
    home.mkdir(parents=True)
    (home / "current.json").write_bytes(b"[{")
    assert told(root) == (
        "indexes/handbook.yaml:1:1: warning: index 'handbook' is damaged: current.json cannot be "
        "read: genaiops index build handbook\n"
    )


def test_a_capability_is_asked_of_the_model_that_a_selection_chose(tmp_path: Path) -> None:
    catalog = """\
        models:
          plain: {provider: openai, model: m, base_url: "http://127.0.0.1", capabilities: [tools]}
        selections:
          answering: {prefer: cheapest_passing, evidence: evals/assistant.yaml}
        """
    flow = LIBRARY["flows/assistant/flow.yaml"].replace("extractive", "answering")
    prompt = "---\nresponse_schema: {type: object}\n---\n{{ question }}{{ passages }}\n"
    changes = {
        "catalog.yaml": catalog,
        "flows/assistant/flow.yaml": flow,
        "flows/assistant/answer.md": prompt,
    }
    root = build_project(tmp_path, changes)
    assert told(root) == (
        "catalog.yaml:4:3: warning: selection 'answering' is not resolved: "
        "genaiops select answering\n"
    )
    spec = load_project(root).catalog.spec
    chosen = LockedModel(
        model="plain",
        selection_digest=spec.selections["answering"].digest,
        entry_digest=spec.models["plain"].digest,
        evidence_digest="",
    )
    write_lock(root, CatalogLock(selections={"answering": chosen}))
    assert told(root) == (
        "flows/assistant/flow.yaml:7:5: model 'plain' lacks json_schema (its capabilities: tools); "
        "choose another model\n"
    )


def test_a_damaged_lock_is_told(tmp_path: Path) -> None:
    (build_project(tmp_path) / "catalog.lock").write_text("{")
    assert told(tmp_path).startswith("catalog.lock: is damaged")


def test_a_baseline_that_no_longer_fits_is_told(tmp_path: Path) -> None:
    changes = {
        "evals/assistant.yaml": """\
            flow: flows/assistant
            dataset: datasets/handbook.jsonl
            metrics: [answer_f1]
            gates: [{metric: answer_f1, no_worse_than: baseline, margin: 0.99}]
            """
    }
    root = build_project(tmp_path, changes)
    assert told(root) == ""
    run = EvalRun(
        id="r",
        eval="assistant",
        digest="",
        digests={"dataset": "another"},
        metrics=(),
        planned=0,
        version="",
    )
    path = root / "evals" / "baselines" / "assistant.jsonl"
    write_baseline(path, Baseline(scores=RunScores(run=run, cases=())))
    assert told(root) == (
        "evals/assistant.yaml:4:9: warning: the baseline has no scores of 'answer_f1': "
        "genaiops baseline accept assistant\n"
        "evals/baselines/assistant.jsonl:1:1: warning: the dataset changed since this baseline was "
        "accepted: genaiops baseline accept assistant\n"
    )


def test_a_gate_without_a_margin_is_told_once_there_is_a_baseline(tmp_path: Path) -> None:
    changes = {
        "evals/assistant.yaml": """\
            flow: flows/assistant
            dataset: datasets/handbook.jsonl
            metrics: [answer_f1]
            gates: [{metric: answer_f1, no_worse_than: baseline}]
            """
    }
    root = build_project(tmp_path, changes)
    assert told(root) == ""
    run = EvalRun(
        id="r", eval="assistant", digest="", digests={}, metrics=(), planned=0, version=""
    )
    path = root / "evals" / "baselines" / "assistant.jsonl"
    write_baseline(path, Baseline(scores=RunScores(run=run, cases=())))
    wanted = "evals/assistant.yaml:4:9: warning: no margin yet, so that it stays open: genaiops"
    assert f"{wanted} baseline accept assistant\n" in told(root)


def test_a_gate_counts_the_cases_that_the_filter_leaves(tmp_path: Path) -> None:
    cases = [{"id": f"{n}", "inputs": {"question": "q"}, "tags": {"n": n % 2}} for n in range(60)]
    labelled = [{**case, "expected": {"answer": "a"}} for case in cases]
    changes = {
        "datasets/handbook.jsonl": "\n".join(map(json.dumps, labelled)),
        "evals/assistant.yaml": """\
            flow: flows/assistant
            dataset: datasets/handbook.jsonl
            filter: {n: 1}
            limit: 20
            metrics: [answer_f1]
            gates:
              - {metric: answer_f1, no_worse_than: baseline, margin: 0.15}
              - {metric: answer_f1, no_worse_than: baseline, margin: 0.1}
            """,
    }
    assert told(build_project(tmp_path, changes)) == (
        "evals/assistant.yaml:8:5: warning: answer_f1 no_worse_than baseline, margin 0.1: an "
        "unchanged candidate cannot pass with 20 cases; 29 could\n"
    )


def test_a_metric_of_the_project_is_looked_at_and_not_run(tmp_path: Path) -> None:
    changes = {
        "marks.py": "raise SystemExit\ndef polite(answer): ...\n",
        "evals/assistant.yaml": """\
            flow: flows/assistant
            dataset: datasets/handbook.jsonl
            metrics: ["marks.py:polite", "marks:polit", "mark:kind"]
            gates: [{metric: polite, at_least: 0.5}]
            """,
    }
    told_lines = told(build_project(tmp_path, changes)).splitlines()
    assert "".join(told_lines) == (
        "evals/assistant.yaml:3:30: marks.py has no function 'polit'; did you mean 'polite'? "
        "(known: polite)"
        "evals/assistant.yaml:3:45: there is no module 'mark' for 'mark:kind': neither in the "
        "project nor installed"
    )


def test_what_a_file_of_the_project_may_not_say_is_warned_about(tmp_path: Path) -> None:
    changes = {"genaiops.yaml": "name: x\nenv_file: .env\n", ".env": "HTTPS_PROXY=a\nA=1\n"}
    project = load_project(build_project(tmp_path, changes))
    faults = check_project(project, look_around(project, {}, date(2026, 11, 21)))
    told = ".env: warning: HTTPS_PROXY is not taken from a file of the project: set it in the shell"
    assert [str(fault) for fault in faults] == [f"{told} or in CI"]
