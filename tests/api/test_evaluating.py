"""`genaiops.evaluate`: whatever a script, a test or a notebook hands in."""

import asyncio
import json
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from genaiops import FlowContext, Score, evaluate, metric
from genaiops.errors import InputError, TrustError
from genaiops.project.session import open_session
from tests.project.build import build_project

ROWS: list[Mapping[str, object]] = [
    {"question": f"What is {n}?", "expected": f"It is number {n} of all."} for n in range(6)
]


def answer(question: str) -> str:
    return f"It is number {question.removeprefix('What is ').rstrip('?')} of all."


async def later(question: str) -> dict[str, object]:
    await asyncio.sleep(0)
    return {"answer": answer(question), "words": len(question.split())}


@metric(range=(0, 10), direction="lower")
def length(answer: str) -> Score:
    return Score(value=min(10, len(answer.split())), explanation="counted")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("flow", [answer, later, lambda question: answer(question)])  # noqa: PLW0108  a lambda is meant
def test_a_function_is_a_flow(flow: object) -> None:
    found = evaluate(flow, ROWS)  # type: ignore[arg-type]
    assert found.scores["answer_f1"].value == 1.0
    assert set(found.scores) == {"answer_f1", "latency"}
    assert (found.run.planned, found.run.scored) == (6, 6)
    assert [result.outputs["answer"] for result in found.results if result.outputs] == [
        row["expected"] for row in ROWS
    ]


def test_it_is_stored_in_the_working_folder_like_any_other_run(folder: Path) -> None:
    found = evaluate(answer, ROWS)
    assert [path.name for path in folder.iterdir()] == [".genaiops"]
    with open_session(anywhere=True).read_store() as store:
        stored = store.run("answer")
    assert (stored.state, stored.run) == ("finished", found.run)


def test_cases_may_stand_in_a_file(folder: Path) -> None:
    (folder / "q.csv").write_text("query,expected\nWhat is 1?,one\n")
    found = evaluate(later, "q.csv", metrics=["exact_match", length, {"answer_f1": {"as": "f1"}}])
    assert [info.name for info in found.run.metrics] == ["exact_match", "length", "f1"]
    assert found.scores["length"].value == 6.0


@pytest.mark.usefixtures("folder")
def test_the_keys_of_a_file_may_be_said() -> None:
    rows = [{**row, "tags.half": str(n % 2)} for n, row in enumerate(ROWS)]
    found = evaluate(
        answer, rows, name="mine", limit=4, repeats=2, seed=3, concurrency=1, slices=["half"]
    )
    assert (found.run.eval, found.run.planned, found.run.seed) == ("mine", 8, 3)
    assert [part.value for part in found.estimates[0].slices] == ["0", "1"]


@pytest.mark.usefixtures("folder")
def test_a_running_loop_is_no_obstacle() -> None:
    async def notebook() -> float | None:
        return evaluate(later, ROWS).scores["answer_f1"].value

    assert asyncio.run(notebook()) == 1.0


@pytest.mark.usefixtures("folder")
def test_it_shows_as_text_and_as_a_table() -> None:
    found = evaluate(lambda question: None, ROWS)  # noqa: ARG005  it ignores what it is asked
    assert repr(found) == str(found)
    assert "6 planned = 6 scored + 0 errored + 0 skipped" in str(found)
    assert "6 x failed: node" in str(found)
    assert "lambda_" in str(found)
    failures = {result.failure.message for result in found.results if result.failure}
    assert "returned None; return a text, or a mapping" in failures.pop()
    assert found._repr_html_().startswith("<table><caption>lambda-1: 6 planned")
    assert "6 x failed: node" in found._repr_html_()


@pytest.mark.parametrize("name", ["r.json", "r.csv", "r.md", "r.html"])
def test_it_is_written_by_suffix(folder: Path, name: str) -> None:
    found = evaluate(answer, ROWS)
    found.write(name)
    assert (folder / name).stat().st_size > 0
    with pytest.raises(InputError, match="the suffix must be one of"):
        found.write("r.docx")


@pytest.mark.usefixtures("folder")
def test_a_function_that_raises_scores_the_worst_and_is_told() -> None:
    def answer(question: str) -> str:
        raise KeyError(question)

    found = evaluate(answer, ROWS)
    assert (found.run.scored, found.scores["answer_f1"].value) == (6, 0.0)
    first = next(iter(found.results)).failure
    assert first is not None
    assert "KeyError: 'What is 0?' (test_evaluating.py:" in first.message


@pytest.mark.usefixtures("folder")
def test_a_function_that_blocks_ends_at_the_time_limit() -> None:
    gate = threading.Event()

    def answer(question: str) -> str:
        if question == "What is 3?":
            gate.wait()
        return question

    try:
        found = evaluate(answer, ROWS, timeout_s=0.03)
    finally:
        gate.set()
    failures = [result.failure for result in found.results if result.failure]
    assert [(failure.kind, failure.message) for failure in failures] == [
        ("timeout", "not done after 0.03 s")
    ]


@pytest.mark.usefixtures("folder")
def test_a_function_changes_no_case() -> None:
    rows = [{"words": ["a"], "expected": "a b c d"}, {"words": ["b"], "expected": "a b c d"}]

    def answer(words: list[str]) -> str:
        words.append("more")
        return " ".join(words)

    found = evaluate(answer, rows)
    assert rows[0]["words"] == ["a"]
    with found.session.read_store() as store:
        assert [s.case.inputs for s in store.results(found.run.id)] == [
            {"words": ["a"]},
            {"words": ["b"]},
        ]


class Bot:
    def __init__(self, question: str) -> None: ...


async def pieces(question: str) -> object:
    yield question


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((answer,), "a function needs cases: evaluate(function, data)"),
        (("app:answer",), "a function needs cases"),
        (("assistant",), "unknown evaluation 'assistant'; there are none"),
        (("assistant", ROWS), "unknown flow 'assistant'; there are none"),
        ((answer, "no.csv"), "no.csv: there is no such file"),
        ((answer, []), "data: the dataset is empty"),
        ((Bot, ROWS), "is a class; name a function"),
        ((pieces, ROWS), "yields; write a function that returns the whole answer"),
        (
            (answer, [{"query": "a", "topic": "b"}]),
            "needs 'question', which data does not give: its inputs are 'query', 'topic'",
        ),
    ],
)
def test_what_does_not_fit_is_told(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(*arguments)  # type: ignore[arg-type]
    assert message in str(caught.value)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modl": "x"}, "unknown key 'modl'; did you mean 'model'?"),
        ({"repeats": "x"}, "repeats must be a whole number, not 'x'"),
        ({"metrics": ["answr_f1"]}, "unknown metric 'answr_f1'; did you mean 'answer_f1'?"),
        ({"metrics": [lambda: 1.0]}, "a metric needs a name for reports"),
        ({"metrics": []}, "metrics"),
        ({"gates": [{"metric": "answer_f1"}]}, "a gate has exactly one of"),
        ({"gates": [{"metric": "f1", "at_least": 1}]}, "unknown metric 'f1' of this"),
        ({"filter": {"a": object()}}, "filter holds <class 'object'>"),
        ({"name": "../x"}, "a name has letters, digits"),
        ({"model": "gpt"}, "gpt: write PROVIDER:NAME"),
        ({"project": "nowhere"}, "there is no project file"),
    ],
)
def test_an_option_that_does_not_fit_is_told(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(answer, ROWS, **options)  # type: ignore[arg-type]
    assert message in str(caught.value)


ASKING = """\
async def answer(question, run):
    passages = await run.retrieve("handbook", question)
    said = await run.complete(question, model="extractive", passages=passages, question=question)
    return {"answer": said.text, "passages": passages}
"""


def test_a_project_lends_its_models_and_indexes(folder: Path) -> None:
    build_project(folder, {"app.py": ASKING})

    async def answer(question: str, run: FlowContext) -> str:
        passages = await run.retrieve("handbook", question)
        said = await run.complete("q", model="extractive", passages=passages, question=question)
        return said.text

    rows = [{"question": "How long may a book be kept?", "expected": "for three weeks and no more"}]
    found = evaluate(answer, rows)
    assert found.run.made_calls == 1
    assert [result.outputs for result in found.results] == [
        {"answer": "A book may be kept for three weeks."}
    ]
    assert evaluate(answer, rows).run.reused_calls == 1
    assert evaluate("app:answer", rows, metrics=["answer_f1"]).run.scored == 1
    assert evaluate("assistant", rows).run.eval == "assistant-trial"
    assert {name for name in found.run.digests if name.startswith("index")} == {"index handbook"}


def test_an_evaluation_of_the_project_is_run_by_its_name(folder: Path) -> None:
    build_project(folder)
    found = evaluate("assistant")
    assert (found.run.eval, found.run.scored) == ("assistant", 1)
    assert evaluate("evals/assistant.yaml", project=folder, repeats=2).run.planned == 2
    with pytest.raises(InputError, match="name= goes with data"):
        evaluate("assistant", name="x")


def test_code_that_is_named_is_trusted_and_hosts_are_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(variable, raising=False)
    hosted = "{provider: openai, model: m, base_url: 'http://m.example', api_key: '${env:K}'}"
    catalog = f"models:\n  hosted: {hosted}\n"
    code = ASKING.replace("extractive", "hosted").replace("await run.retrieve", "()  # ")
    absent = dict.fromkeys(("flows/assistant/flow.yaml", "evals/assistant.yaml"))
    build_project(folder, {"app.py": code, "catalog.yaml": catalog, **absent})
    for options in ({}, {"model": "hosted"}):
        with pytest.raises(TrustError, match=r"reach m\.example"):
            evaluate("app:answer", ROWS, **options)  # type: ignore[arg-type]
    (folder / "app.py").write_text(code.replace("hosted", "any"))
    with pytest.raises(InputError, match="OPENAI_API_KEY, which is not set"):
        evaluate("app:answer", ROWS, model="openai:m")


def test_what_a_function_of_the_project_imports_decides_its_digests(folder: Path) -> None:
    (folder / "helper_of_this_test.py").write_text("SAID = 1\n")
    text = "from helper_of_this_test import SAID\ndef answer(question): return str(SAID)\n"
    (folder / "app.py").write_text(text)
    first = evaluate("app:answer", ROWS)
    (folder / "helper_of_this_test.py").write_text("SAID = 2\n")
    second = evaluate("app:answer", ROWS)
    assert {"python app.py", "python helper_of_this_test.py"} <= first.run.digests.keys()
    assert first.run.digest != second.run.digest
    assert [json.loads(str(r.outputs["answer"])) for r in second.results if r.outputs] == [2] * 6


@pytest.mark.usefixtures("folder")
def test_one_metric_without_its_list_is_told() -> None:
    with pytest.raises(InputError) as caught:
        evaluate(answer, ROWS, metrics="exact_match")
    assert str(caught.value) == "metrics='exact_match': write a list, ['exact_match']"
