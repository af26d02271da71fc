"""What is said of both arms beside the evidence, and what is not worth saying."""

import pytest

from genaiops.records.rollout_verdicts import MetricStanding, RolloutVerdict
from genaiops.records.rollouts import ByArm
from genaiops.rollout.seen import ArmSeen, contrast, latency_told, seen_by_arm
from tests.rollout.live import SALT, run_of


def verdict(stable_bad: float | None, candidate_bad: float | None) -> RolloutVerdict:
    metric = MetricStanding(
        metric="exact", role="goal", tolerated="", harm=1.0, proof=1.0, known=ByArm(),
        missing=ByArm(), stable_bad=stable_bad, candidate_bad=candidate_bad,
    )  # fmt: skip
    return RolloutVerdict(
        rollout="a-1", name="a", flow="a", stable="s", candidate="c", word="progressing",
        reason="", began="", looked="", step=1, steps=1, weight=0.1, is_shadowing=False,
        exposed=0, waiting=0, waiting_until=None, harm=1.0, split=1.0, metrics=(metric,),
    )  # fmt: skip


def seen(stable_s: float, candidate_s: float, stable_usd: float, candidate_usd: float) -> object:
    return contrast(
        verdict(0.1, 0.3),
        {
            "stable": ArmSeen(5, 0, stable_s, stable_usd),
            "candidate": ArmSeen(5, 0, candidate_s, candidate_usd),
        },
    )


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ((2.0, 1.0, 0.02, 0.01),
         ("the candidate was worse by exact (10.0% -> 30.0% bad), and better by latency "
         "(median 2.00 s -> 1.00 s) and cost (mean $0.02 -> $0.01 an answer)")),
        ((2.0, 2.05, 0.02, 0.02), "the candidate was worse by exact (10.0% -> 30.0% bad)"),
        ((0.001, 0.002, 0.02, 0.02), "the candidate was worse by exact (10.0% -> 30.0% bad)"),
    ],
)  # fmt: skip
def test_differences_are_told_where_they_are_worth_it(
    figures: tuple[float, float, float, float], told: str
) -> None:
    assert seen(*figures) == told


def test_of_what_was_not_seen_nothing_is_told() -> None:
    nothing = seen_by_arm([], SALT)
    assert contrast(verdict(None, None), nothing) is None
    assert nothing["candidate"] == ArmSeen(0, 0, None, None)


def test_failures_have_no_time_and_other_rollouts_no_part() -> None:
    found = seen_by_arm(
        [
            run_of("r1", "u", "stable", 0.5, seconds=3.0),
            run_of("r2", "v", "stable", 0.5, failed=True, seconds=99.0),
            run_of("r3", "w", "stable", 0.5, salt="another", seconds=99.0),
        ],
        SALT,
    )
    assert found["stable"] == ArmSeen(2, 1, 3.0, 0.001, (3.0,))


def test_the_slow_answers_of_both_arms_are_told_with_bounds_once_there_are_enough() -> None:
    def of(count: int, slow: float) -> ArmSeen:
        return ArmSeen(count, 0, 1.0, 0.0, tuple(slow * place / count for place in range(count)))

    few = latency_told({"stable": of(300, 1.0), "candidate": of(30, 2.0)}, 0.95)
    assert few == (
        "p95 of latency, 95% sure: stable 0.95 s [0.87 s, no bound], "
        "candidate 1.87 s [1.07 s, no bound]"
    )
    many = latency_told({"stable": of(2000, 1.0), "candidate": of(2000, 2.0)}, 0.5)
    assert many == (
        "p50 of latency, 95% sure: stable 0.50 s [0.45 s, 0.55 s], "
        "candidate 1.00 s [0.90 s, 1.10 s]"
    )
    assert latency_told({"stable": of(9, 1.0), "candidate": of(0, 2.0)}, 0.95) is None


def test_of_the_answers_of_one_user_the_first_counts_in_each_arm() -> None:
    runs = [
        run_of("r1", "u", "stable", 0.5, seconds=3.0),
        run_of("r2", "u", "stable", 0.5, seconds=9.0),
        run_of("r3", "u", "candidate", 0.9, seconds=4.0),
    ]
    found = seen_by_arm(runs, SALT)
    assert (found["stable"].first_s, found["candidate"].first_s) == ((3.0,), (4.0,))
