import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.batch_endpoint import BatchEndpoint, serving_batches
from tests.cli.terminal import Terminal
from tests.cli.test_judging import NODES
from tests.project.build import build_project

CASES = 20
FLOW = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: hosted, with: {question: "${inputs.question}"}}
    outputs: {answer: "${first.text}"}
    """
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [answer_f1, latency, cost]
    gates: [{metric: answer_f1, at_least: 0.0}]
    """


@pytest.fixture
def batch_endpoint() -> Iterator[BatchEndpoint]:
    with serving_batches() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, batch_endpoint: BatchEndpoint) -> Terminal:
    """Twenty questions to a model that takes batches, at a dollar a token of an answer."""
    lines = [
        {"id": f"c{place}", "inputs": {"question": f"Question {place}"}, "expected": {"answer": ""}}
        for place in range(CASES)
    ]
    price = "{input_usd_per_mtok: 0, output_usd_per_mtok: 1000000}"
    entry = f'provider: openai, model: m, base_url: "{batch_endpoint.url}", price: {price}'
    terminal = Terminal(
        build_project(
            tmp_path,
            {
                "flows/assistant/flow.yaml": FLOW,
                "flows/assistant/answer.md": "{{ question }}",
                "evals/assistant.yaml": EVAL,
                "datasets/handbook.jsonl": "\n".join(map(json.dumps, lines)),
                "catalog.yaml": f"models:\n  hosted: {{{entry}, parameters: {{max_tokens: 4}}}}\n",
            },
        )
    )
    terminal.ok("trust", "--yes")
    return terminal


def test_a_batch_is_estimated_at_half_the_price(shop: Terminal) -> None:
    whole = shop("eval", "assistant")
    assert f"${CASES * 4}.00" in whole.err
    half = shop("eval", "assistant", "--batch")
    assert (half.code, f"${CASES * 2}.00" in half.err) == (2, True)


@pytest.mark.parametrize("option", ["--no-cache", "--refresh"])
def test_a_batch_takes_recorded_answers(shop: Terminal, option: str) -> None:
    done = shop("eval", "assistant", "--batch", option)
    assert (done.code, "--batch takes recorded answers" in done.err) == (2, True)


def test_no_model_that_takes_batches_is_told(library: Terminal) -> None:
    done = library("gate", "assistant", "--batch")
    assert (done.code, "--batch is for models of provider openai" in done.err) == (2, True)


@pytest.mark.slow
def test_a_batch_that_is_killed_is_taken_up_by_the_same_command(
    shop: Terminal, batch_endpoint: BatchEndpoint
) -> None:
    batch_endpoint.held = True
    command = [sys.executable, "-m", "genaiops", "eval", "assistant", "--batch", "--yes"]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(shop.root / ".home")}
    killed = subprocess.Popen(  # noqa: S603  our own command
        command, cwd=shop.root, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert batch_endpoint.polled.wait(timeout=30)
    finally:
        os.kill(killed.pid, signal.SIGKILL)
        told = killed.communicate()[1]
    assert f"batch batch_1 of hosted: {CASES} requests at half the price" in told
    batch_endpoint.held = False
    done = shop("eval", "assistant", "--batch", "--yes", "--json")
    assert "batch batch_1 of hosted was begun before: taken up" in done.err
    assert f"batch batch_1 of model 'hosted': completed, {CASES} of {CASES} answered" in done.err
    run = json.loads(done.out)
    assert (run["scored"], run["made_calls"]) == (CASES, 0)
    assert run["usage"]["cost_usd"] == CASES * 4 / 2
    assert (batch_endpoint.uploads, len(batch_endpoint.batches)) == (1, 1)
    assert batch_endpoint.asked_at_once == []
    shown = shop("runs", "show", "last").out
    assert "latency" in shown
    assert f"{CASES} x latency missing" in shown
    gated = shop.ok("gate", "assistant")
    assert gated.startswith(("PASS", "INCONCLUSIVE"))


@pytest.mark.slow
@pytest.mark.parametrize("command", ["eval", "compare"])
def test_arms_share_a_batch(shop: Terminal, batch_endpoint: BatchEndpoint, command: str) -> None:
    told = shop(command, "assistant", "--param", "temperature=0,1", "--batch", "--yes", "-n", "3")
    assert told.code == 0, told.err
    assert (len(batch_endpoint.batches), len(batch_endpoint.asked)) == (1, 6)
    assert batch_endpoint.asked_at_once == []
    assert "6 requests at half the price" in told.err


def test_judges_are_asked_by_batches_once_there_is_something_to_judge(
    shop: Terminal, batch_endpoint: BatchEndpoint
) -> None:
    (shop.root / "nodes.py").write_text(NODES, "utf-8")
    path = shop.root / "evals/assistant.yaml"
    judged = EVAL.replace("[answer_f1,", '[answer_f1, {"nodes.py:judged": {model: hosted}},')
    path.write_text(dedent(judged), "utf-8")
    shop.ok("trust", "--yes")
    told = json.loads(shop.ok("eval", "assistant", "--batch", "--yes", "--json"))
    assert (told["reused_calls"], told["made_calls"]) == (2 * CASES, 0)
    assert (len(batch_endpoint.batches), batch_endpoint.asked_at_once) == (2, [])
    assert shop.ok("runs", "show", told["id"], "--json").count('"reason": "metric:') == 0
    assert "judged     100.0%" in shop("eval", "assistant").out
