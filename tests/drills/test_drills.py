"""Small drills of each kind, against real processes that are really killed."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

pytestmark = pytest.mark.slow


def drilled(folder: Path, *words: str) -> dict[str, object]:
    done = Terminal(folder)("drill", *words, "--json")
    assert done.code == 0, done
    told = json.loads(done.out)
    assert told["held"], told
    return {str(next(iter(row.values()))): list(row.values())[1] for row in told["figures"]}


def test_a_run_that_is_killed_and_resumed_loses_nothing(tmp_path: Path) -> None:
    figures = drilled(tmp_path, "resume-kill", "--cases", "200", "--kills", "3", "--seed", "7")
    assert figures["results"] == "200"
    assert int(str(figures["kills -9"])) >= 1


def test_recorded_calls_give_the_same_bytes_in_all_ways(tmp_path: Path) -> None:
    figures = drilled(tmp_path, "determinism", "--cases", "300")
    assert len(set(figures.values())) == 1
    assert "after 0 kills" not in figures


def test_a_full_disk_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    figures = drilled(tmp_path, "disk-full", "--cases", "60", "--points", "3")
    assert "4" in figures.values()


def test_processes_that_share_a_store_are_not_locked_out(tmp_path: Path) -> None:
    figures = drilled(tmp_path, "concurrent-runs", "--cases", "60")
    assert figures["told that the store is locked"] == "0"
    assert figures["calls served"] == "60"


def test_candidates_that_fail_reach_no_user_and_kills_lose_no_rollout(tmp_path: Path) -> None:
    words = ("--mode", "cut", "--kills", "1", "--seed", "3")
    told = json.loads(Terminal(tmp_path).ok("drill", "rollout", *words, "--json"))
    assert told["held"], told
    assert [row["candidate"] for row in told["figures"]] == ["cut", "well, 1 kills"]
    cut = told["figures"][0]
    assert cut["errors met"] == "0"
    assert cut["ended"] == "5 requests of the candidate in a row failed"
