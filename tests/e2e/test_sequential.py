"""A bad prompt is stopped early, and the server of the model saw as few calls as are told."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from tests.cli.terminal import Terminal
from tests.pages import DOCS
from tests.serving import served

CASES = 400
CATALOG = """\
models:
  served:
    provider: openai
    model: served-1
    base_url: http://127.0.0.1:{port}/v1
    api_key: ${{env:SERVED_KEY}}
    price: {{input_usd_per_mtok: 1000, output_usd_per_mtok: 0}}
"""
FLOW = """\
inputs: {question: string}
nodes:
  answer: {prompt: answer.md, model: served, with: {question: "${inputs.question}"}}
outputs: {answer: "${answer.text}"}
variants:
  hasty: {answer: {prompt: hasty.md}}
"""
EVAL = """\
flow: flows/assistant
dataset: datasets/questions.jsonl
metrics: [exact_match]
gates:
  - {metric: exact_match, no_worse_than: baseline, margin: 0.05}
"""


class Server:
    """Answers yes; under a hasty prompt it does in 7 of 10 cases."""

    def __init__(self) -> None:
        self.calls = 0

    def app(self) -> web.Application:
        async def answer(request: web.Request) -> web.Response:
            self.calls += 1
            text = json.dumps((await request.json())["messages"])
            is_wrong = "Hurry" in text and int(sha256(text.encode()).hexdigest(), 16) % 10 < 3
            message = {"role": "assistant", "content": "no" if is_wrong else "yes"}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 10, "completion_tokens": 1}
            return web.json_response({"model": "served-1", "choices": [choice], "usage": usage})

        app = web.Application()
        app.router.add_post("/v1/chat/completions", answer)
        return app


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Iterator[Terminal]:
    """An assistant whose accepted prompt is right in all of 400 cases."""
    cases = [
        {"id": f"c{n}", "inputs": {"question": f"Is {n} a number?"}, "expected": {"answer": "yes"}}
        for n in range(CASES)
    ]
    with served(server.app) as port:
        files = {
            "genaiops.yaml": "name: questions\n",
            "catalog.yaml": CATALOG.format(port=port),
            "flows/assistant/flow.yaml": FLOW,
            "flows/assistant/answer.md": "{{question}}",
            "flows/assistant/hasty.md": "Hurry. {{question}}",
            "evals/assistant.yaml": EVAL,
            "datasets/questions.jsonl": "\n".join(map(json.dumps, cases)),
        }
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        terminal = Terminal(tmp_path, {"SERVED_KEY": "sk-0"})
        terminal.ok("trust", "--yes")
        terminal.ok("eval", "assistant", "--yes")
        terminal.ok("baseline", "accept", "assistant")
        yield terminal


def test_a_bad_prompt_is_stopped_after_as_few_calls_as_are_told(
    project: Terminal, server: Server
) -> None:
    assert server.calls == CASES
    server.calls = 0
    done = project("gate", "--sequential", "--variant", "hasty", "--yes")
    assert done.code == 1, done.out + done.err
    told = re.sub(r"\s+", " ", done.out)
    stopped = re.search(r"stopped after (\d+) of 400 cases: (\d+) calls and about \$(\S+)", told)
    assert stopped is not None, done.out
    cases, saved, usd = int(stopped[1]), int(stopped[2]), float(stopped[3])
    assert server.calls == cases < CASES / 4
    assert saved == CASES - cases
    assert usd == pytest.approx(saved * 0.01, abs=0.01)
    page = (DOCS / "verdicts.md").read_text("utf-8")
    assert f"$ genaiops gate --sequential --variant hasty\n{done.out}```" in page


def test_a_stopped_candidate_that_is_run_to_its_end_pays_for_no_call_again(
    project: Terminal, server: Server
) -> None:
    project("gate", "--sequential", "--variant", "hasty", "--yes")
    server.calls = 0
    project.ok("eval", "assistant", "--variant", "hasty", "--yes")
    assert 0 < server.calls < CASES
    run = json.loads(project.ok("runs", "show", "assistant-3", "--json"))
    assert (run["scored"], run["made_calls"]) == (CASES, server.calls)


def test_a_run_out_of_money_goes_on_in_its_order_and_stops_where_it_would_have(
    project: Terminal, server: Server
) -> None:
    words = ("gate", "--sequential", "--variant", "hasty")
    short = project(*words, "--max-cost", "0.2")
    assert short.code == 4, short.out + short.err
    assert "budget: --max-cost $0.20 is reached" in short.err
    server.calls = 0
    done = project("gate", "--resume", "--yes")
    assert "stopped after 32 of 400 cases" in done.out, done.out + done.err
    assert 0 < server.calls < 32


def test_an_unchanged_prompt_makes_no_call_at_all(project: Terminal, server: Server) -> None:
    server.calls = 0
    assert project("gate", "--sequential", "--yes").out.startswith("PASS")
    assert server.calls == 0
