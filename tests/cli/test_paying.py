import json
import os
import pty
import subprocess
import sys
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
    metrics: [answer_f1, cost]
    gates: [{metric: answer_f1, at_least: 0.0}]
    concurrency: 2
    """


@pytest.fixture(scope="module")
def endpoint() -> Iterator[FakeEndpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, endpoint: FakeEndpoint) -> Terminal:
    """Ten questions to a model that takes half a dollar a token of an answer."""
    return paid_model(tmp_path, endpoint.url(), EVAL, [""] * CASES, usd_per_mtok=500000)


@pytest.mark.parametrize("command", [("eval",), ("gate",), ("compare", "-m", "paid")])
def test_what_may_cost_much_needs_consent_where_nobody_can_be_asked(
    shop: Terminal, endpoint: FakeEndpoint, command: tuple[str, ...]
) -> None:
    if command[0] == "compare":
        command = (*command, "--param", "temperature=0,1")
    before = len(endpoint.asked)
    done = shop(command[0], "assistant", *command[1:])
    assert done.code == 2
    words = " ".join(done.err.split())
    cost = "$40.00" if command[0] == "compare" else "$20.00"
    assert f"may cost about {cost} (an estimate: --dry-run shows it)" in words
    assert "more than ask_above_usd of genaiops.yaml: $1.00; allow it by --yes, or cap" in words
    assert len(endpoint.asked) == before


def test_consent_a_limit_and_recorded_calls_let_it_run(shop: Terminal) -> None:
    shop.ok("eval", "assistant", "--yes", "-n", "4")
    shop.ok("eval", "assistant", "-n", "4")
    (shop.root / "genaiops.yaml").write_text("name: library\nask_above_usd: 12.5\n", "utf-8")
    shop.ok("gate", "assistant")


def test_a_cap_stops_the_calls_and_the_same_command_goes_on(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    before = len(endpoint.asked)
    stopped = shop("eval", "assistant", "--max-cost", "9")
    assert stopped.code == 4
    words = " ".join(stopped.err.split())
    assert "budget: --max-cost $9.00 is reached" in words
    made = len(endpoint.asked) - before
    assert f"{made} of {CASES} cases are kept in run assistant-1" in words
    assert 0 < made < CASES
    assert shop("eval", "assistant", "--max-cost", "0").code == 4
    told = json.loads(shop.ok("eval", "assistant", "--max-cost", "100", "--json"))
    assert (told["scored"], told["reused_calls"]) == (CASES, made)
    assert len(endpoint.asked) - before == CASES


def test_a_comparison_that_the_cap_cut_short_is_shown_and_is_no_success(shop: Terminal) -> None:
    arms = ("--param", "temperature=0,1")
    done = shop("eval", "assistant", *arms, "--max-cost", "30")
    assert (done.code, "temperature=1 failed: budget: --max-cost $30.00" in done.out) == (4, True)
    assert "error: budget: --max-cost $30.00 is reached" in done.err
    shop.ok("compare", "assistant", *arms, "--max-cost", "30")


def test_a_cap_of_zero_says_what_it_does(shop: Terminal, endpoint: FakeEndpoint) -> None:
    before = len(endpoint.asked)
    done = shop("gate", "assistant", "--max-cost", "0")
    assert done.code == 4
    assert "--max-cost 0: no paid call is made; what is recorded or runs here goes on" in done.err
    assert "genaiops gate --resume assistant-1 with a higher --max-cost" in " ".join(
        done.err.split()
    )
    assert len(endpoint.asked) == before


def test_measuring_the_noise_of_a_baseline_is_agreed_to_and_capped(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    path = shop.root / "evals/assistant.yaml"
    text = path.read_text("utf-8").replace("at_least: 0.0", "no_worse_than: baseline")
    path.write_text(text, "utf-8")
    shop.ok("eval", "assistant", "--yes")
    before = len(endpoint.asked)
    assert shop("baseline", "accept", "assistant", "--dry-run").code == 0
    done = shop("baseline", "accept", "assistant")
    words = " ".join(done.err.split())
    assert done.code == 2
    assert "asking 10 cases 3 times" in words
    assert "may cost about $40.00" in words
    assert len(endpoint.asked) == before
    stopped = shop("baseline", "accept", "assistant-1", "--max-cost", "5")
    assert stopped.code == 4
    assert "of 30 cases are kept in run assistant-2" in stopped.err
    assert path.read_text("utf-8") == text
    shop.ok("baseline", "accept", "assistant-1", "--yes")
    assert len(endpoint.asked) - before == 2 * CASES, "the first draws are those that were made"
    assert "margin: 0.3}" in path.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 2), (b"y\n", 0)])
def test_on_a_terminal_it_is_asked(
    shop: Terminal, endpoint: FakeEndpoint, answer: bytes, code: int
) -> None:
    before = len(endpoint.asked)
    here, there = pty.openpty()
    environment = {**os.environ, "XDG_CONFIG_HOME": str(shop.root / ".home")}
    try:
        os.write(here, answer)
        done = subprocess.run(
            [sys.executable, "-m", "genaiops", "eval", "assistant", "--json"],
            cwd=shop.root,
            env=environment,
            stdin=there,
            stderr=there,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        told = os.read(here, 100_000).decode()
    finally:
        os.close(here)
        os.close(there)
    assert "Make them? [y/N]" in told
    assert (done.returncode, len(endpoint.asked) - before) == (code, 0 if code else CASES)


@pytest.mark.parametrize("cap", ["-1", "nan", "inf"])
def test_a_cap_is_an_amount_of_money(shop: Terminal, cap: str) -> None:
    done = shop("eval", "assistant", "--max-cost", cap)
    assert (done.code, done.out) == (2, "")
    assert f"--max-cost {cap}: write US dollars, 0 or more" in done.err


def test_a_model_without_a_price_is_refused_before_another_arm_is_paid_for(
    shop: Terminal, endpoint: FakeEndpoint
) -> None:
    entry = f'{{provider: openai, model: other, base_url: "{endpoint.url()}"}}'
    with (shop.root / "catalog.yaml").open("a", encoding="utf-8") as catalog:
        catalog.write(f"  unpriced: {entry}\n")
    before = len(endpoint.asked)
    arms = ("-m", "paid", "-m", "unpriced")
    for command in ("eval", "compare"):
        done = shop(command, "assistant", *arms, "--max-cost", "30")
        assert (done.code, done.out) == (2, "")
        assert "model 'unpriced' has no price, so --max-cost could not hold" in done.err
    assert len(endpoint.asked) == before
