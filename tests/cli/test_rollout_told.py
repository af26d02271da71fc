"""What a person is told of a rollout, and of what would disturb it."""

from genaiops.cli.rollout_status_text import status_lines
from genaiops.records.rollout_verdicts import MetricStanding, RolloutVerdict
from genaiops.records.rollouts import ByArm
from tests.cli.terminal import Terminal
from tests.cli.test_release import standing, words
from tests.cli.test_rollout_live import first, ready, start

__all__ = ["first", "ready"]


def test_beside_a_rollout_nothing_else_is_promoted_by_hand(
    ready: tuple[Terminal, str, str],
) -> None:
    library, stable, candidate = ready
    start(library, candidate)
    done = library("release", "promote", candidate, "--to", "production")
    assert done.code == 2
    assert "rollout assistant-1 compares its candidate with what stands there" in words(done)
    assert "genaiops rollout promote assistant-1" in words(done)
    assert standing(library) == stable
    assert library("release", "promote", candidate, "--to", "staging").code == 0
    library.ok("rollout", "abort")
    assert max(len(line) for line in library.ok("rollout", "replay").splitlines()) <= 80
    assert library("release", "promote", candidate, "--to", "production").code == 0
    assert library("release", "rollback").code == 0


def test_a_plan_that_no_traffic_checks_is_told(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 0
    assert "the plan was not checked: fewer than 100 requests" in words(done)


def test_a_flow_names_a_release_so_that_it_is_told_as_one(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    done = library("rollout", "start", "--candidate", "asistant")
    assert done.code == 2
    assert f"did you mean 'assistant'? (known: assistant, {candidate}" in words(done)


def test_a_verdict_fits_80_columns_and_loses_no_word() -> None:
    goal = MetricStanding(
        metric="groundedness", role="goal", tolerated="a drop below 0.05", harm=12345.0,
        proof=20.5, known=ByArm(stable=1000, candidate=900),
        missing=ByArm(stable=4, candidate=3), stable_bad=1.0, candidate_bad=1.0,
    )  # fmt: skip
    verdict = RolloutVerdict(
        rollout="assistant-1", name="assistant", flow="assistant", stable="a" * 12,
        candidate="b" * 12, word="progressing", reason="needs 3 min more",
        began="2026-05-01T10:00:00", looked="2026-05-01T10:00:00", step=1, steps=2, weight=0.1,
        is_shadowing=False, exposed=3, waiting=0, waiting_until=None, unmeasured=(), harm=1.0,
        split=1.0, metrics=(goal,),
    )  # fmt: skip
    text = "\n".join(status_lines(verdict))
    assert max(len(line) for line in text.splitlines()) <= 80
    flat = " ".join(text.split())
    assert "bad: stable candidate harm proof" in flat
    assert "1900 100.0% 100.0% >10,000 proven" in flat
    assert "groundedness: 7 users could not be measured" in flat
