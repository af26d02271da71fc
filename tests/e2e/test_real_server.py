"""The flow over real data, against an OpenAI-compatible server that nobody here wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genaiops.errors import InputError
from genaiops.models.weights import WeightsCatalog
from genaiops.project.environment import process_environment
from tests.cli.terminal import Terminal
from tests.e2e.mt_rag import write_project
from tests.e2e.test_mt_rag import SOURCE

pytestmark = [pytest.mark.weights, pytest.mark.slow]

KEY = "sk-only-here-5f1e"
MODEL = """
  served:
    provider: openai
    model: smollm2
    base_url: {url}/v1
    api_key: ${{env:SERVED_KEY}}
    parameters: {{max_tokens: 64, temperature: 0, stop: ["."]}}
    price: {{input_usd_per_mtok: 1, output_usd_per_mtok: 2}}
"""
ASK = ("run", "assistant", "-m", "served", "-i", "question=What is aviation photography?")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A llama.cpp server on loopback that asks for a key."""
    runtime: Any = pytest.importorskip("xllamacpp", reason="the local extra is not installed")
    try:
        weights = WeightsCatalog.load(process_environment()).path("smollm2-135m")
    except InputError as error:
        pytest.skip(str(error))
    settings = runtime.CommonParams()
    settings.model.path = str(weights)
    settings.n_ctx = 8192
    settings.fit_params = False
    settings.n_parallel = 1
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.warmup = False
    settings.verbosity = -1
    settings.api_keys = [KEY]
    settings.ui = False
    settings.offline = True
    server = runtime.Server(settings)
    yield server.listening_address
    del server


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory, url: str) -> Terminal:
    if not SOURCE.exists():
        pytest.skip("the mt-rag data is not beside this repository (../shared/data/mt-rag)")
    root = tmp_path_factory.mktemp("served")
    write_project(root, SOURCE)
    with (root / "catalog.yaml").open("a", encoding="utf-8") as catalog:
        catalog.write(MODEL.format(url=url))
    flow = root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("k: 4", "k: 1"), "utf-8")
    terminal = Terminal(root, {"SERVED_KEY": KEY})
    terminal.ok("trust", "--yes")
    return terminal


def test_tasks_are_answered_scored_and_paid_for(terminal: Terminal) -> None:
    run = json.loads(terminal.ok("eval", "assistant", "-m", "served", "-n", "2", "--json"))
    assert run["planned"] == 2 == run["scored"] + run["errored"] + run["skipped"]
    assert (run["errored"], run["made_calls"]) == (0, 2)
    usage = run["usage"]
    assert usage["input_tokens"] > 100
    assert 0 < usage["output_tokens"] <= 2 * 64
    paid = (usage["input_tokens"] + 2 * usage["output_tokens"]) / 1e6
    assert usage["cost_usd"] == pytest.approx(paid)


def test_a_streamed_answer_comes_in_pieces_and_is_recorded_whole(terminal: Terminal) -> None:
    streamed = terminal.ok(*ASK, "--stream")
    recorded = json.loads(terminal.ok(*ASK, "--json"))
    answered = recorded["nodes"][-1]
    assert streamed.strip() == recorded["outputs"]["answer"].strip() != ""
    assert answered["usage"]["output_tokens"] > 0
    assert answered["latency_s"] > 0


def test_a_wrong_key_is_refused_and_never_shown(terminal: Terminal) -> None:
    wrong = "sk-wrong-91ab"
    done = Terminal(terminal.root, {"SERVED_KEY": wrong})(*ASK, "-i", "question=Another?")
    assert done.code == 4
    assert done.err.startswith("error: auth in node 'answer': model 'served'")
    assert wrong not in done.err
    assert Path(terminal.root, ".genaiops/store.sqlite").read_bytes().count(KEY.encode()) == 0
