"""How `genaiops.evaluate` runs: on with what did not finish, and within what it may cost."""

import asyncio
import json
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from genaiops import FlowContext, evaluate, gate
from genaiops.errors import ExecutionError, InputError
from tests.cli.terminal import Terminal
from tests.endpoint import FakeEndpoint, serving
from tests.project.build import build_project

ROWS: list[Mapping[str, object]] = [{"question": f"{n}", "expected": f"{n}!"} for n in range(6)]
CAP_USD = 9.0


class Exclaiming:
    """A flow that is interrupted at a question, and counts what it is asked."""

    def __init__(self, until: str | None) -> None:
        self.until = until
        self.asked: list[str] = []

    async def exclaim(self, question: str) -> str:
        if question == self.until:
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(60)
        self.asked.append(question)
        return f"{question}!"


def interrupted(rows: list[Mapping[str, object]] = ROWS) -> None:
    with pytest.raises(KeyboardInterrupt):
        evaluate(Exclaiming("4").exclaim, rows, concurrency=1)


@pytest.mark.usefixtures("folder")
def test_a_run_that_was_interrupted_goes_on_with_its_results() -> None:
    interrupted()
    flow = Exclaiming(None)
    found = evaluate(flow.exclaim, ROWS, concurrency=1, resume=True)
    assert flow.asked == ["4", "5"]
    assert (found.run.id, found.run.scored) == ("exclaim-1", 6)
    assert [result.outputs for result in found.results] == [{"answer": f"{n}!"} for n in range(6)]
    assert found.notes == ("going on with run exclaim-1: 4 of 6 cases are done",)


@pytest.mark.usefixtures("folder")
def test_where_nothing_is_unfinished_a_new_run_begins() -> None:
    assert evaluate(Exclaiming(None).exclaim, ROWS, resume=True).run.id == "exclaim-1"
    assert evaluate(Exclaiming(None).exclaim, ROWS, resume=True).run.id == "exclaim-2"
    interrupted()
    assert evaluate(Exclaiming(None).exclaim, ROWS).run.id == "exclaim-4"
    assert evaluate(Exclaiming(None).exclaim, ROWS, resume=True).run.id == "exclaim-5"


@pytest.mark.usefixtures("folder")
def test_a_gate_resumes_too() -> None:
    interrupted()
    rule = [{"metric": "exact_match", "at_least": 0.1}]
    with pytest.raises(InputError, match=r"'exclaim-1' cannot go on, for this changed since: me"):
        evaluate(Exclaiming(None).exclaim, ROWS, metrics=["latency"], resume=True)
    found = evaluate(Exclaiming(None).exclaim, ROWS, gates=rule, concurrency=1, resume=True)
    assert (gate(found).word, found.run.id) == ("pass", "exclaim-1")


@pytest.mark.usefixtures("folder")
def test_a_run_is_not_resumed_over_other_cases() -> None:
    interrupted()
    rows = [*ROWS[:-1], {"question": "7", "expected": "7!"}]
    with pytest.raises(InputError, match="cannot go on, for this changed since: dataset"):
        evaluate(Exclaiming(None).exclaim, rows, resume=True)


@pytest.mark.usefixtures("folder")
def test_an_option_that_there_is_not_is_told() -> None:
    with pytest.raises(InputError, match="resumed"):
        evaluate(Exclaiming(None).exclaim, ROWS, resumed=True)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def paid(folder: Path, endpoint: FakeEndpoint) -> Path:
    """A project with a model that takes half a dollar a token of an answer, of which it has 4."""
    price = "{input_usd_per_mtok: 0, output_usd_per_mtok: 500000}"
    entry = f'provider: openai, model: m, base_url: "{endpoint.url()}", price: {price}'
    build_project(
        folder,
        {
            "flows/assistant/flow.yaml": (
                "inputs: {question: string}\n"
                "nodes:\n"
                "  first:\n"
                '    {prompt: answer.md, model: paid, with: {question: "${inputs.question}"}}\n'
                'outputs: {answer: "${first.text}"}\n'
            ),
            "flows/assistant/answer.md": "{{ question }}",
            "datasets/handbook.jsonl": "\n".join(
                json.dumps({"id": row["question"], "inputs": {"question": row["question"]}})
                for row in ROWS
            ),
            "evals/assistant.yaml": (
                "flow: flows/assistant\ndataset: datasets/handbook.jsonl\nconcurrency: 1\n"
                "metrics: [cost]\ngates: [{metric: cost, at_most: 100, quantile: 0.5}]\n"
            ),
            "catalog.yaml": f"models:\n  paid: {{{entry}, parameters: {{max_tokens: 4}}}}\n",
        },
    )
    Terminal(folder).ok("trust", "--yes")
    return folder


async def asks(question: str, run: FlowContext) -> str:
    return (await run.complete(question, model="paid")).text


def test_what_may_cost_much_is_refused_until_it_is_allowed(
    paid: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(paid / ".home"))
    before = len(endpoint.asked)
    for run in (
        lambda: evaluate("assistant"),
        lambda: gate("assistant"),
        lambda: evaluate(asks, ROWS),
    ):
        with pytest.raises(InputError, match=r"about \$12.00 .* yes=True, or cap it by max_cost="):
            run()
    assert len(endpoint.asked) == before
    assert evaluate("assistant", yes=True).run.scored == 6
    assert gate("assistant").evaluated.run.reused_calls == 6


def test_a_cap_stops_the_run_and_a_higher_one_goes_on(
    paid: Path, endpoint: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(paid / ".home"))
    before = len(endpoint.asked)
    with pytest.raises(ExecutionError, match=r"max_cost \$9.00 is reached.* a higher max_cost"):
        evaluate("assistant", max_cost=CAP_USD)
    assert 0 < len(endpoint.asked) - before < 6
    found = evaluate("assistant", max_cost=100, resume=True)
    assert (found.run.id, found.run.scored, len(endpoint.asked) - before) == ("assistant-1", 6, 6)
    with pytest.raises(InputError, match="max_cost -1: write US dollars"):
        evaluate("assistant", max_cost=-1)
