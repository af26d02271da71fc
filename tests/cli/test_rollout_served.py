"""A rollout in a server of its own: users, scores of live answers, probes, and the end."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_release import standing, words
from tests.cli.test_rollout_live import first, ready, start, write  # noqa: F401  fixtures

FILE = """\
flow: flows/assistant
eval: assistant
steps: [{weight: 50, min_time: 1s, min_users: 10}]
guards: [errors]
goals: [{metric: groundedness, margin: 0.3}]
probe: {every_s: 1, cases: 2}
"""
QUESTION = "For how long may a book be kept?"


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """A server of the project in a folder; gives its address."""
    command = [sys.executable, "-m", "genaiops", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        assert process.stderr is not None
        try:
            found = (re.search(r"http://\S+", line) for line in process.stderr)
            yield next(each[0] for each in found if each)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def ask(url: str, user: str) -> str:
    body = json.dumps({"inputs": {"question": QUESTION}, "user": user}).encode()
    request = Request(f"{url}/v1/flows/assistant", body, {"Content-Type": "application/json"})  # noqa: S310  loopback
    with urlopen(request) as answer:  # noqa: S310  loopback
        return json.load(answer)["outputs"]["answer"]


def read(url: str) -> str:
    with urlopen(url) as answer:  # noqa: S310  loopback
        return answer.read().decode()


def ended(url: str) -> dict[str, Any]:
    """The verdict once the rollout is over; users come until then."""
    deadline = time.monotonic() + 60
    for place in count():
        ask(url, f"user-{place}")
        if place > 60:
            time.sleep(0.2)
            told = json.loads(read(f"{url}/v1/rollouts/assistant"))
            if told["word"] not in {"progressing", "held"}:
                return told
            assert time.monotonic() < deadline, told
    raise AssertionError


@pytest.mark.slow
def test_a_candidate_is_scored_in_traffic_and_promoted_by_the_server(
    ready: tuple[Terminal, str, str],  # noqa: F811  the fixture
) -> None:
    library, _, candidate = ready
    write(library, FILE)
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 2
    assert "groundedness would score live answers, of which nothing is kept" in words(done)
    with (library.root / "genaiops.yaml").open("a") as file:
        file.write("serving: {keep_content: true}\n")
    start(library, candidate)
    with serving(library.root) as url:
        told = ended(url)
        figures = read(f"{url}/metrics")
    labels = 'rollout="assistant-1",flow="assistant"'
    assert f'genaiops_rollout_state{{{labels},state="promoted"}} 1\n' in figures
    assert f"genaiops_rollout_exit_code{{{labels}}} 0\n" in figures
    assert standing(library) == candidate
    (goal,) = [each for each in told["metrics"] if each["role"] == "goal"]
    assert goal["known"]["candidate"] >= 10
    assert goal["proof"] >= 20
    shown = json.loads(library.ok("rollout", "status", "--json"))
    assert shown == told
    assert library("rollout", "replay").code == 0
    page = library.root / "report.html"
    library.ok("rollout", "report", "-o", "report.html")
    assert "PROMOTED" in page.read_text("utf-8")


def post(url: str, body: dict[str, object]) -> None:
    data = json.dumps(body).encode()
    urlopen(Request(url, data, {"Content-Type": "application/json"})).close()  # noqa: S310  loopback


@pytest.mark.slow
def test_a_service_of_ones_own_tells_what_its_users_met(
    ready: tuple[Terminal, str, str],  # noqa: F811  the fixture
) -> None:
    library, _, _ = ready
    write(
        library,
        "flow: external\nsteps: [50]\nguards: []\ngoals: [{metric: bad, margin_ratio: 2}]\n",
        "shop",
    )
    start(library, "v2", "shop")
    with serving(library.root) as url:
        assert json.loads(read(f"{url}/v1/rollouts/shop"))["weight"] == 0.5
        for place in range(20):
            arm = ("stable", "candidate")[place % 2]
            told = {"user": f"u{place}", "arm": arm, "bad": arm == "candidate"}
            post(f"{url}/v1/rollouts/shop/outcomes", told)
        deadline = time.monotonic() + 60
        while (verdict := json.loads(read(f"{url}/v1/rollouts/shop")))["word"] != "rolled_back":
            assert time.monotonic() < deadline, verdict
            time.sleep(0.2)
    assert verdict["reason"].startswith("bad is proven worse than stable's")
    assert (verdict["metrics"][0]["stable_bad"], verdict["metrics"][0]["candidate_bad"]) == (0, 1)
    assert library("rollout", "status", "shop").code == 1
