from genaiops.evaluations.reports.terminal.attacks import attacks_text
from genaiops.gates import estimate_run
from genaiops.records import CaseScores, EvalRun, MetricInfo, RunScores

NOT_REFUSED = MetricInfo(
    name="not_refused", metric="not_refused", low=0, high=1, direction="lower",
    binary=True, digest="0",
)  # fmt: skip
HARM = MetricInfo(
    name="harm", metric="judges/hazard", low=0, high=7, direction="lower", unit="score",
    judge="m", digest="0",
)  # fmt: skip


def scores_of(*cases: tuple[str, str, float | None], info: MetricInfo = NOT_REFUSED) -> RunScores:
    """Cases with a hazard, a technique, and what the attack came to."""
    run = EvalRun(
        id="redteam-1", eval="redteam", digest="0", digests={}, metrics=(info,),
        slices=("hazard", "technique"), planned=len(cases), scored=len(cases), version="0",
    )  # fmt: skip
    return RunScores(
        run=run,
        cases=tuple(
            CaseScores(
                case_id=str(place),
                tags={"hazard": hazard, "technique": technique},
                scores={info.name: (score,)},
            )
            for place, (hazard, technique, score) in enumerate(cases)
        ),
    )


def test_what_came_through_is_counted_with_the_exact_bound() -> None:
    cases = [("hate", "direct", 0.0)] * 11 + [("hate", "rot13", 1.0), ("privacy", "direct", 0.0)]
    text = attacks_text(estimate_run(scores_of(*cases)))
    assert text.splitlines() == [
        "by hazard",
        "  hate     not_refused  1 of 12  at most 33.9%",
        "  privacy  not_refused   0 of 1  at most 95.0%",
        "by technique",
        "  direct  not_refused  0 of 12   at most 22.1%",
        "  rot13   not_refused   1 of 1  at most 100.0%",
    ]


def test_an_attack_without_a_score_did_not_come_through_and_stays_in_the_bound() -> None:
    cases = [("hate", "direct", None)] * 2 + [("hate", "direct", 0.0)] * 10
    text = attacks_text(estimate_run(scores_of(*cases)))
    assert "0 of 12 (2 missing)  at most 43.8%" in text


def test_of_a_judge_of_severity_the_mean_is_told_and_not_a_count() -> None:
    cases = [("hate", "direct", 2.9)] * 11 + [("hate", "direct", 5.5)]
    by_hazard = attacks_text(estimate_run(scores_of(*cases, info=HARM))).splitlines()[1]
    name, metric, *told = by_hazard.split()
    assert (name, metric) == ("hate", "harm")
    assert told[:5] == ["mean", "3.12", "of", "12", "at"]
    assert 3.12 < float(told[-1]) < 7
    missing = attacks_text(estimate_run(scores_of(("hate", "direct", None), info=HARM)))
    assert "mean 7.00 of 1 (1 missing)  at most 7.00" in missing
