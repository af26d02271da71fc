"""What a user sees of calls that wait, are made again, or are raced, against a real endpoint."""

import json
import re
from pathlib import Path

import pytest

from genaiops.drills.fault_server import ANSWERED, Asked, FaultServer
from tests.cli.terminal import Terminal
from tests.drills.serving import fault_server
from tests.e2e.distant import distant_project
from tests.quick_time import quick_loops

EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [exact_match, tokens]
    """
ASK = ("run", "assistant", "-i", "question=What?")
LATE = 50


def project(root: Path, server: FaultServer, cases: int = 1, limits: str = "{}") -> Terminal:
    asked = [(f"{n:04}", f"You said: {n:04}") for n in range(cases)]
    return distant_project(root, server, EVAL, asked, limits=limits)


def limited_once(asked: Asked) -> str:
    return ANSWERED if asked.attempt else "rate_limit"


def late_at_first(asked: Asked) -> str:
    """One call in fifty takes two seconds."""
    is_late = not asked.attempt and int(asked.text) % LATE == LATE // 2
    return "slow" if is_late else ANSWERED


@pytest.mark.parametrize("command", [ASK, ("eval", "assistant")])
def test_a_wait_is_told_on_stderr_when_it_begins(tmp_path: Path, command: tuple[str, ...]) -> None:
    with fault_server(limited_once) as server, quick_loops(patience_s=0.1):
        done = project(tmp_path, server)(*command)
    assert done.code == 0
    told = r"^waiting 2 s for distant: rate limit \(429\), try 2 of 6$"
    assert len(re.findall(told, done.err, re.MULTILINE)) == 1


def test_a_broken_endpoint_is_not_met_with_silence(tmp_path: Path) -> None:
    with fault_server(lambda _: "status_503") as server, quick_loops(patience_s=0.1):
        done = project(tmp_path, server)(*ASK)
    assert done.code == 4
    assert "for distant: server error (5xx), try " in done.err
    assert "(tried 6 times)" in done.err


def test_a_run_says_how_many_calls_were_made_again_and_why(tmp_path: Path) -> None:
    with fault_server(limited_once) as server, quick_loops(patience_s=0.1):
        terminal = project(tmp_path, server, cases=3)
        told = terminal.ok("eval", "assistant", "-o", "first.json")
    assert "3 calls made, 0 reused\n  3 calls made again: 3 x rate_limit\n" in told
    assert "  3 calls made again: 3 x rate_limit\n" in terminal.ok("runs", "show", "last")
    told = terminal.ok("eval", "assistant", "-o", "second.json", "-o", "second.md")
    assert "0 calls made, 3 reused\n  3 calls made again: 3 x rate_limit\n" in told
    assert "3 calls made again: 3 x rate_limit." in (tmp_path / "second.md").read_text("utf-8")
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


def test_late_calls_are_raced_and_the_run_says_so(tmp_path: Path) -> None:
    with fault_server(late_at_first, delay_s=0.02) as server:
        terminal = project(tmp_path, server, cases=200, limits="{hedge: true}")
        terminal.ok("eval", "assistant", "-o", "report.jsonl")
        asked = len(server.served)
    run = json.loads(terminal.ok("runs", "show", "last", "--json"))
    assert run["scored"] == 200
    assert run["made_again"] == {"hedged": asked - 200}
    assert asked <= 1.05 * 200
    lines = (tmp_path / "report.jsonl").read_text("utf-8").splitlines()
    late = [json.loads(lines[place]) for place in range(LATE // 2, 200, LATE)]
    raced = [result for result in late if result["made_again"] == ["hedged"]]
    assert len(raced) >= len(late) - 1  # the last may come when the share is used up
    assert all(result["latency_s"] < 2 for result in raced)
