import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.judging_endpoint import judging

CASES = "id,question,expected\na,How long?,Three weeks\nb,How much?,Twenty cents\nc,When?,At nine\n"
EVAL = """\
flow: imported
dataset: cases.csv
metrics: [exact_match, latency, cost, tokens]
gates:
  - {metric: exact_match, no_worse_than: baseline, margin: 0.5}
"""
GOOD = "id,answer,latency,cost\na,Three weeks,1.5,0.01\nb,Twenty cents,2,0.02\nc,At nine,1,0.03\n"


@pytest.fixture
def desk(tmp_path: Path) -> Terminal:
    files = {"genaiops.yaml": "name: desk\n", "cases.csv": CASES, "evals/desk.yaml": EVAL}
    for name, text in {**files, "good.csv": GOOD}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return Terminal(tmp_path)


def imported(desk: Terminal, text: str, *more: str, name: str = "answers.csv") -> str:
    (desk.root / name).write_text(text, "utf-8")
    return desk.ok("import", name, *more)


def refused(desk: Terminal, text: str, *more: str) -> str:
    (desk.root / "answers.csv").write_text(text, "utf-8")
    done = desk("import", "answers.csv", *more)
    assert done.code == 2, done
    return done.err


def scores(desk: Terminal, case_id: str) -> dict[str, object]:
    desk.ok("runs", "export", "last", "-o", "out.json")
    results = json.loads((desk.root / "out.json").read_text("utf-8"))["results"]
    found = next(each for each in results if each["case"]["id"] == case_id)
    return {name: score["value"] for name, score in found["scores"].items()}


def test_a_table_becomes_a_run_like_any_other(desk: Terminal) -> None:
    told = desk.ok("import", "good.csv")
    assert told.startswith("desk-1")
    assert "3 planned = 3 scored + 0 errored + 0 skipped" in told
    assert "exact_match  100.0%" in told
    run = json.loads(desk.ok("runs", "show", "last", "--json"))
    assert "flow imported" in run["digests"]
    assert run["usage"]["cost_usd"] == pytest.approx(0.06)
    assert scores(desk, "a") == {"exact_match": 1.0, "latency": 1.5, "cost": 0.01, "tokens": None}


def test_imported_runs_are_gated_compared_and_accepted(desk: Terminal) -> None:
    desk.ok("import", "good.csv")
    imported(desk, GOOD.replace("Three weeks", "Two weeks"))
    gate = desk("gate", "desk", "--run", "desk-2", "--against", "desk-1")
    assert "0 better, 1 worse" in gate.out or "0 fixed, 1 broken" in gate.out
    assert "a" in desk.ok("diff", "desk-1", "desk-2")
    desk.ok("baseline", "accept", "desk-1")
    assert desk("gate", "desk", "--run", "desk-2").code in {0, 3}


def test_inputs_match_where_there_is_no_id(desk: Terminal) -> None:
    told = imported(desk, 'question,output\n" How much? ",Twenty cents\n', "--json")
    run = json.loads(told)
    assert (run["scored"], run["errored"], run["planned"]) == (1, 2, 3)


def test_json_lines_keep_their_values_and_their_draws(desk: Terminal) -> None:
    rows = [
        {"id": case, "answer": answer, "trial": trial, "input_tokens": 7, "output_tokens": 3}
        for case, answer in (("a", "Three weeks"), ("b", "no"), ("c", "no"))
        for trial in (10, 9)
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    run = json.loads(imported(desk, lines, "--json", name="answers.jsonl"))
    assert (run["repeats"], run["planned"], run["scored"]) == (2, 6, 6)
    assert scores(desk, "a")["tokens"] == 10


def test_an_empty_answer_is_a_failure_and_a_missing_row_has_no_score(desk: Terminal) -> None:
    told = imported(desk, "id,answer,error\na,,\nb,no,timed out\n")
    assert "3 planned = 2 scored + 1 errored + 0 skipped" in told
    assert "the answer is empty" in told
    assert "timed out" in told
    assert "answers.csv has no answer to case 'c', repeat 0" in told
    assert scores(desk, "a")["exact_match"] == 0.0
    assert scores(desk, "c")["exact_match"] is None


def test_answers_of_several_models_are_imported_one_by_one(desk: Terminal) -> None:
    rows = GOOD.replace("id,", "model,id,").replace("\na,", "\nx,a,").replace("\nb,", "\ny,b,")
    rows = rows.replace("\nc,", "\nx,c,")
    assert "holds answers of 2 models (x, y): import one after the other" in refused(desk, rows)
    run = json.loads(imported(desk, rows, "--where", "model=x", "--json"))
    assert (run["models"], run["scored"]) == (["x"], 2)
    assert "--where model=z: no row has it" in refused(desk, rows, "--where", "model=z")


def test_rows_that_name_no_model_are_not_those_of_one_that_others_name(desk: Terminal) -> None:
    rows = '{"id": "a", "answer": "x", "model": null}\n{"id": "b", "answer": "x", "model": "m"}\n'
    (desk.root / "answers.jsonl").write_text(rows, "utf-8")
    done = desk("import", "answers.jsonl")
    assert "holds answers of 2 models (one without a name, m)" in done.err
    assert (
        json.loads(desk.ok("import", "answers.jsonl", "--where", "model=", "--json"))["models"]
        == []
    )


@pytest.mark.parametrize("cell", ["1e999", "-Infinity", "[NaN]", '"[""\\ud800""]"'])
def test_a_cell_that_no_json_could_hold_stays_text(desk: Terminal, cell: str) -> None:
    imported(desk, f"id,answer,rating\na,x,{cell}\n")
    desk.ok("runs", "export", "last", "-o", "out.json")
    result = json.loads((desk.root / "out.json").read_text("utf-8"))["results"][0]
    assert isinstance(result["outputs"]["rating"], str)


def test_a_number_without_end_is_told(desk: Terminal) -> None:
    row = f'{{"id": "a", "answer": "x", "latency": 1{"0" * 400}}}\n'
    (desk.root / "answers.jsonl").write_text(row, "utf-8")
    assert "is no number of 0 or more" in desk("import", "answers.jsonl").err


def test_what_was_taken_for_what_is_told(desk: Terminal) -> None:
    (desk.root / "answers.csv").write_text("task,reply,expected\na,x,y\nz,x,y\n", "utf-8")
    done = desk("import", "answers.csv", "--map", "id=task,answer=reply")
    assert "matched by the column 'task'; taken: answer=reply" in done.err
    assert "1 row left out: no case of cases.csv" in done.err
    assert "2 cases without an answer" in done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answer\nx\n", "no column says which case a row answers: say it by --map id=COLUMN"),
        ("id,answer\nq,x\n", "no row of answers.csv answers a case of cases.csv"),
        ("id,answer\na,x\na,y\n", "answers.csv:3:1: answers case 'a' again, as line 2 does"),
        ("id,answer,latency\na,x,fast\n", "answers.csv:2:1: latency: 'fast' is no number"),
        ("id,answer,cost\na,x,-1\n", "answers.csv:2:1: cost: '-1' is no number of 0 or more"),
        ("id,answer,cost\na,x,nan\n", "answers.csv:2:1: cost: 'nan' is no number of 0 or more"),
        ("id,latency\na,1\n", "no column holds the answer"),
    ],
)
def test_a_table_that_does_not_fit_is_told(desk: Terminal, text: str, told: str) -> None:
    assert told in refused(desk, text)
    assert desk("runs", "list", "--json").out.strip() == "[]"


def test_a_new_evaluation_is_written_when_its_answers_fit(desk: Terminal) -> None:
    assert "no row of answers.csv" in refused(
        desk, "id,answer\nq,x\n", "--as", "fresh", "-d", "cases.csv"
    )
    assert not (desk.root / "evals/fresh.yaml").exists()
    desk.ok("import", "good.csv", "--as", "fresh", "-d", "cases.csv")
    text = (desk.root / "evals/fresh.yaml").read_text("utf-8")
    assert text == (
        "flow: imported\ndataset: cases.csv\nmetrics:\n- exact_match\n- answer_f1\n- latency\n"
    )
    assert desk("check").code == 0
    done = desk("import", "good.csv", "--as", "fresh", "-d", "cases.csv")
    assert "there is an evaluation 'fresh' already: import by --eval fresh" in done.err


def test_a_named_metric_of_the_project_is_trusted_by_that(desk: Terminal) -> None:
    code = "from genaiops import metric\n\n\n@metric(range=(0, 1), direction='higher')\n"
    code += "def long(answer: str) -> float:\n    return float(len(answer) > 8)\n"
    (desk.root / "own.py").write_text(code, "utf-8")
    ask = ("--as", "fresh", "-d", "cases.csv", "--metric", "own.py:long")
    assert "long  66.7%" in desk.ok("import", "good.csv", *ask)
    assert "long  66.7%" in desk.ok("import", "good.csv", "--eval", "fresh")


def test_metrics_of_a_project_that_nobody_trusts_are_not_run(desk: Terminal) -> None:
    (desk.root / "own.py").write_text("raise SystemExit('ran')\n", "utf-8")
    text = EVAL.replace("exact_match, latency", "own.py:long, exact_match")
    (desk.root / "evals/desk.yaml").write_text(text, "utf-8")
    done = desk("import", "good.csv")
    assert (done.code, "run the Python file own.py" in done.err) == (5, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--as", "x"), "--as x: name the cases too: -d FILE"),
        (("--as", "a/b", "-d", "cases.csv"), "--as 'a/b': a name has letters"),
        (("--as", "x", "--eval", "desk", "-d", "cases.csv"), "say one"),
        (("-d", "cases.csv"), "-d and --metric go with --as NAME"),
        (("--eval", "dusk"), "unknown evaluation 'dusk'; did you mean 'desk'?"),
        (("--where", "model"), "--where 'model': write COLUMN=VALUE"),
        (("--where", "modle=x"), "--where modle=x: no column 'modle'"),
        (("-o", "r.pdf"), "r.pdf"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    desk: Terminal, options: tuple[str, ...], told: str
) -> None:
    assert told in refused(desk, GOOD, *options)


def test_an_evaluation_of_imported_answers_has_nothing_to_run(desk: Terminal) -> None:
    done = desk("eval", "desk")
    assert done.code == 2
    assert "genaiops import ANSWERS.csv --eval desk brings them in" in done.err


def test_a_file_of_ragas_is_dataset_and_answers_at_once(desk: Terminal) -> None:
    rows = [
        {
            "user_input": question,
            "retrieved_contexts": ["A book may be kept for three weeks.", "A day costs ten cents."],
            "response": answer,
            "reference": expected,
        }
        for question, answer, expected in (
            ("How long?", "A book may be kept for three weeks.", "Three weeks"),
            ("How much?", "A whale weighs eighty tons.", "Ten cents"),
        )
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (desk.root / "ragas.jsonl").write_text(lines, "utf-8")
    told = desk.ok(
        "import", "ragas.jsonl", "--as", "theirs", "-d", "ragas.jsonl",
        "--metric", "groundedness", "--metric", "answer_f1",
    )  # fmt: skip
    assert "2 planned = 2 scored + 0 errored + 0 skipped" in told
    desk.ok("runs", "export", "last", "-o", "out.json")
    results = json.loads((desk.root / "out.json").read_text("utf-8"))["results"]
    supported = {
        each["case"]["inputs"]["user_input"]: each["scores"]["groundedness"]["value"]
        for each in results
    }
    assert supported["How long?"] > 0.9
    assert supported["How much?"] < 0.1


def test_a_list_that_python_wrote_is_told_with_what_to_write(desk: Terminal) -> None:
    told = refused(desk, "id,answer,retrieved_contexts\na,yes,\"['one', 'two']\"\n")
    assert "answers.csv:2:1: retrieved_contexts: \"['one', 'two']\" is no JSON" in told


def test_what_judges_of_imported_answers_may_cost_is_asked_about_first(desk: Terminal) -> None:
    (desk.root / "evals/desk.yaml").write_text(
        "flow: imported\ndataset: cases.csv\nmetrics:\n"
        '  - judges/preference: {model: dear, other: "${case.expected.answer}"}\n',
        "utf-8",
    )
    with judging() as url:
        price = "{input_usd_per_mtok: 10000, output_usd_per_mtok: 0}"
        entry = f'{{provider: openai, model: m, base_url: "{url}", price: {price}}}'
        (desk.root / "catalog.yaml").write_text(f"models:\n  dear: {entry}\n", "utf-8")
        desk.ok("trust", "--yes")
        told = " ".join(refused(desk, GOOD).split())
        assert "may cost about $" in told
        assert "allow it by --yes, or cap it by --max-cost USD" in told
        capped = desk("import", "good.csv", "--max-cost", "0")
        assert capped.code == 4
        assert "--max-cost $0.00 is reached" in " ".join(capped.err.split())
        assert desk("import", "good.csv", "--yes").code == 0
