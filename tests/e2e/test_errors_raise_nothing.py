"""Errors cannot raise a score: a truth that is known, and faults on the cases that are worst."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from genaiops.drills.fault_server import FaultServer
from tests.cli.terminal import Terminal
from tests.drills.serving import fault_server
from tests.e2e.distant import distant_project

CASES = 100
RIGHT = 60
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [exact_match]
    gates: [{metric: exact_match, at_least: 0.45}]
    on_inconclusive: block
    concurrency: 16
    """


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with fault_server() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Seen:
    code: int
    word: str
    value: float
    low: float
    high: float
    missing: int


def project(root: Path, server: FaultServer, broken: Mapping[int, str]) -> Terminal:
    """The first forty cases are answered wrongly, the others rightly; some meet a fault."""
    cases = [
        (
            f"{broken.get(n, 'What')} {n}",
            f"You said: What {n}" if n >= CASES - RIGHT else "else",
        )
        for n in range(CASES)
    ]
    return distant_project(root, server, EVAL, cases)


def gated(root: Path, server: FaultServer, broken: Mapping[int, str] | None = None) -> Seen:
    done = project(root, server, broken or {})("gate", "assistant", "--json")
    verdict = json.loads(done.out)["verdicts"][0]
    estimate = verdict["estimate"]
    return Seen(
        done.code,
        verdict["word"],
        estimate["value"],
        estimate["low"],
        estimate["high"],
        estimate["missing"],
    )


@pytest.mark.parametrize("fault", ["half_json", "auth", "no_credit"])
@pytest.mark.parametrize("share", [10, 30])
def test_faults_on_the_worst_cases_do_not_raise_the_estimate(
    tmp_path: Path, server: FaultServer, fault: str, share: int
) -> None:
    clean = gated(tmp_path / "clean", server)
    assert (clean.code, clean.word, clean.value) == (0, "pass", 0.6)
    seen = gated(tmp_path / "broken", server, dict.fromkeys(range(share), fault))
    assert seen.value <= clean.value
    assert seen.low <= clean.low
    assert (seen.missing, seen.high > clean.high) == (share, True)


def test_faults_on_the_best_cases_leave_open_what_they_hide(
    tmp_path: Path, server: FaultServer
) -> None:
    broken = dict.fromkeys(range(CASES - 30, CASES), "half_json")
    seen = gated(tmp_path, server, broken)
    assert (seen.code, seen.word, seen.missing) == (3, "inconclusive", 30)
    assert seen.value == pytest.approx(0.3)
    assert seen.high > 0.6


def test_where_all_fail_nothing_is_claimed(tmp_path: Path, server: FaultServer) -> None:
    terminal = project(tmp_path, server, dict.fromkeys(range(CASES), "half_json"))
    done = terminal("gate", "assistant", "--json")
    assert (done.code, done.out) == (4, "")
    assert "malformed" in done.err
