import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.projects import paid_model
from tests.cli.terminal import Terminal
from tests.endpoint import FakeEndpoint, serving

CASES = 10
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics:
      - answer_f1
      - "nodes.py:judged": {model: paid}
    gates: [{metric: judged, at_least: 0.5}]
    concurrency: 2
    """
NODES = """\
from genaiops.records import CompletionRequest, Message


async def judged(answer: str, model) -> float:
    words = (Message(role="user", content=f"Judge: {answer}"),)
    told = await model.complete(CompletionRequest(messages=words))
    return float("Judge" in told.text)
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, endpoint: FakeEndpoint) -> Terminal:
    """Ten questions to a model with a price, whose answers it judges itself."""
    (tmp_path / "nodes.py").write_text(NODES, "utf-8")
    return paid_model(tmp_path, endpoint.url(), EVAL, [""] * CASES, usd_per_mtok=500000)


def test_judging_is_counted_beside_the_flow_and_reused(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    before = len(endpoint.asked)
    told = json.loads(shop.ok("eval", "assistant", "--yes", "--json"))
    assert len(endpoint.asked) - before == 2 * CASES
    assert (told["made_calls"], told["scored"]) == (2 * CASES, CASES)
    assert told["judging"]["cost_usd"] > told["usage"]["cost_usd"] > 0
    again = shop("eval", "assistant")
    assert len(endpoint.asked) - before == 2 * CASES
    assert "0 calls made, 20 reused" in again.err + again.out
    assert ", judges $" in again.err + again.out


def test_an_estimate_counts_judging_too(shop: Terminal) -> None:
    done = shop("eval", "assistant")
    assert done.code == 2
    assert "may cost about $40.00" in " ".join(done.err.split())


def test_a_case_whose_judge_was_not_paid_for_waits_for_more_money(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    stopped = shop("eval", "assistant", "--max-cost", "9", "--repeats", "2")
    assert stopped.code == 4
    assert "budget: --max-cost $9.00 is reached" in " ".join(stopped.err.split())
    told = json.loads(shop.ok("eval", "assistant", "--repeats", "2", "--max-cost", "100", "--json"))
    assert told["scored"] == 2 * CASES
    run = shop.ok("runs", "show", told["id"], "--json")
    assert '"reason": "metric: budget' not in run
    assert len(endpoint.asked) >= 4 * CASES
