"""From runs, and what was told and found of them, to what a look holds."""

from datetime import timedelta

import pytest

from genaiops.records.findings import Finding
from genaiops.records.live_runs import LiveRun, Split, Told
from genaiops.records.rollout_events import Rollout
from genaiops.records.rollouts import Arm, ByArm, Events
from genaiops.rollout.gathering import Gathering
from genaiops.specs.rollout import FEEDBACK_S, BudgetSpec, RolloutSpec
from tests.rollout.build import spec_of
from tests.rollout.live import SALT, START, run_of

NOW = START.timestamp() + 1
SPEC = spec_of(eval="assistant", guards=["errors"], goals=[{"metric": "exact", "margin_ratio": 2}])
HEARD = spec_of(guards=[], goals=[{"metric": "feedback", "margin_ratio": 2}])


def gathering(spec: RolloutSpec = SPEC) -> Gathering:
    rollout = Rollout(
        id="assistant-1", name="assistant", flow="assistant", stable="a", candidate="b",
        salt=SALT, spec={}, by="ada", at="",
    )  # fmt: skip
    return Gathering(spec, rollout)


def scored(run: str, badness: float | None, cost_usd: float = 0.0) -> Finding:
    return Finding(
        rollout="assistant-1", kind="scored", run=run, badness={"exact": badness},
        cost_usd=cost_usd,
    )  # fmt: skip


def said(run: str, user: str, arm: Arm, after_s: float, badness: float = 1.0) -> Told:
    split = Split(rollout="assistant-1", salt=SALT, unit=user, arm=arm, weight=0.5)
    at = START + timedelta(seconds=after_s)
    return Told(at=at, metric="feedback", badness=badness, run=run, split=split)


def events(found: Gathering, metric: str, now: float = NOW) -> Events:
    (batch,) = found.look(now).batches
    return batch.events[metric]


def test_only_the_first_request_of_a_user_is_scored_and_counts() -> None:
    found = gathering()
    found.take_run(run_of("r1", "u", "candidate", 0.5))
    found.take_run(run_of("r2", "u", "candidate", 0.5, failed=True))
    assert [each.run.id for each in found.wanted()] == ["r1"]
    found.take_finding(scored("r1", 1.0))
    look = found.look(NOW)
    assert look.batches[0].events == {
        "errors": Events(fine=ByArm(candidate=1)),
        "exact": Events(bad=ByArm(candidate=1)),
    }


def test_within_a_window_the_worst_of_a_user_counts() -> None:
    found = gathering(SPEC.model_copy(update={"window": "1m"}))
    for place, after_s in enumerate((0, 30, 90)):
        at = START + timedelta(seconds=after_s)
        found.take_run(run_of(f"r{place}", "u", "stable", 0.5, at))
    assert [each.run.id for each in found.wanted()] == ["r0", "r1"]
    found.take_finding(scored("r0", 0.0))
    found.take_finding(scored("r1", 1.0))
    assert events(found, "exact", NOW + 120) == Events(bad=ByArm(stable=1))


def test_a_failure_that_stable_answered_for_counts_against_the_candidate() -> None:
    found = gathering()
    found.take_run(
        run_of("r1.replaced", "u", "candidate", 0.5, failed=True, part="replaced", of="r1")
    )
    found.take_run(run_of("r1", "u", "stable", 0.5, split_arm="candidate"))
    assert found.wanted() == ()
    look = found.look(NOW)
    assert look.came[0].users == ByArm(candidate=1)
    bad = Events(bad=ByArm(candidate=1))
    assert look.batches[0].events == {"errors": bad, "exact": bad}


def test_a_client_that_leaves_tells_nothing_of_the_arm() -> None:
    found = gathering()
    run = run_of("r1", "u", "candidate", 0.5, failed=True, state="incomplete")
    failure = run.run.failure
    assert failure is not None
    gone = failure.model_copy(update={"kind": "interrupted"})
    left = run.model_copy(update={"run": run.run.model_copy(update={"failure": gone})})
    for _ in range(6):
        found.take_run(left)
    look = found.look(NOW)
    assert (look.trouble, look.batches[0].events) == (None, {})


def test_a_score_that_is_missing_is_told_as_such_and_judges_are_paid_once() -> None:
    found = gathering()
    found.take_run(run_of("r1", "u", "candidate", 0.5))
    for _ in range(2):
        found.take_finding(scored("r1", None, 0.02))
    assert found.judged_usd == 0.02
    assert events(found, "exact") == Events(missing=ByArm(candidate=1))


def test_a_user_whose_outcome_is_known_counts_no_more_however_much_later() -> None:
    found = gathering(SPEC.model_copy(update={"window": "10m"}))
    found.take_run(run_of("r1", "u", "candidate", 0.5))
    counted = [found.look(NOW + after_s).batches for after_s in (600, 7200)]
    assert [len(batches) for batches in counted] == [1, 0]
    found.take_run(run_of("r2", "u", "candidate", 0.5, START + timedelta(hours=3), failed=True))
    assert found.wanted() == ()
    look = found.look(NOW + 20_000)
    assert (look.came, look.batches) == ((), ())


def test_runs_of_another_rollout_do_not_count() -> None:
    found = gathering()
    found.take_run(run_of("r1", "u", "candidate", 0.5, salt="another", failed=True))
    assert found.look(NOW).came == ()


def test_feedback_of_the_first_answer_is_waited_for_and_that_of_later_ones_is_not_heard() -> None:
    found = gathering(HEARD)
    for run, user in (("r1", "u"), ("r2", "u"), ("r3", "v")):
        found.take_run(run_of(run, user, "stable", 0.5))
    found.take_told(said("r2", "u", "stable", 100.0))
    found.take_told(said("r3", "v", "stable", 200.0))
    assert found.look(NOW).batches == ()
    (batch,) = found.look(NOW + FEEDBACK_S).batches
    assert (batch.users, batch.events) == (
        ByArm(stable=2),
        {"feedback": Events(bad=ByArm(stable=1))},
    )


def test_latency_is_judged_by_what_was_usual_before() -> None:
    found = gathering(spec_of(guards=["latency"]).model_copy(update={"goals": ()}))
    for place in range(120):
        at = START + timedelta(seconds=6 * place)
        found.take_run(run_of(f"r{place}", f"u{place}", "stable", 0.5, at))
    late = START + timedelta(seconds=800)
    found.take_run(run_of("slow", "slow", "candidate", 0.5, late, seconds=1.3))
    found.take_run(run_of("fine", "fine", "candidate", 0.5, late, seconds=1.1))
    assert events(found, "latency", NOW + 900).bad == ByArm(candidate=1)


def test_pairs_of_the_shadow_are_compared_once_for_each_user() -> None:
    found = gathering()
    for request in ("r1", "r2"):
        found.take_run(run_of(request, "u", "stable", None))
        found.take_run(
            run_of(
                f"{request}.shadow",
                "u",
                "candidate",
                None,
                part="shadow",
                of=request,
                split_arm="stable",
            )
        )
    for run, badness in (("r1", 0.0), ("r1.shadow", 1.0), ("r2", 0.0), ("r2.shadow", 1.0)):
        found.take_finding(scored(run, badness))
    look = found.look(NOW)
    (batch,) = look.batches
    assert (batch.weight, batch.users) == (None, ByArm(stable=1, candidate=1))
    assert batch.events["exact"].bad == ByArm(candidate=1)


def test_half_a_pair_waits_for_the_other_half() -> None:
    found = gathering()
    found.take_run(run_of("r1", "u", "stable", None))
    found.take_finding(scored("r1", 0.0))
    assert found.look(NOW).came == ()
    found.take_run(
        run_of("r1.shadow", "u", "candidate", None, part="shadow", of="r1", split_arm="stable")
    )
    found.take_finding(scored("r1.shadow", 0.0))
    assert events(found, "exact").fine == ByArm(stable=1, candidate=1)


def test_a_candidate_over_its_budget_is_told_and_so_is_one_that_stable_answered_for() -> None:
    found = gathering(SPEC.model_copy(update={"budget": BudgetSpec(usd_per_hour=1.0)}))
    found.take_run(run_of("r1", "u", "candidate", 0.5, cost_usd=0.4))
    assert found.look(NOW).withheld is None
    found.take_run(run_of("r2", "v", "candidate", 0.5, cost_usd=0.6, failed=True, part="replaced"))
    found.take_run(run_of("r3", "w", "stable", 0.5, cost_usd=9.0))
    assert found.look(NOW).withheld == "its budget of $1 an hour is used up"
    assert found.look(NOW + 3600).withheld is None


def test_what_fails_in_both_arms_opens_no_breaker() -> None:
    found = gathering()
    for number in range(9):
        found.take_run(run_of(f"r{number}", f"u{number}", "candidate", 0.5, failed=True))
    assert found.look(NOW).trouble is None


SLOW = spec_of(guards=["latency"], goals=[{"metric": "errors", "margin_ratio": 2}])


def earlier(count: int, each_s: float, arm: Arm = "stable", **said: object) -> list[LiveRun]:
    """Requests before the rollout, the newest first, which took a second each."""
    known: dict[str, object] = {"release": "a", **said}
    return [
        run_of(f"before-{n}", "u", arm, 0.5, START - timedelta(seconds=n * each_s), **known)
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("before", "is_known"),
    [
        (earlier(100, 1), True),
        (earlier(99, 1), False),
        (earlier(100, 60), True),  # the last hundred, where ten minutes hold fewer
        (earlier(100, 3600), False),  # of the days before
        (earlier(100, 1, release="c"), False),
        (earlier(100, 1, arm="candidate", release="b"), False),
        (earlier(100, 1, failed=True), False),
    ],
)
def test_what_is_slow_is_known_from_the_answers_of_stable_before(
    before: list[LiveRun], *, is_known: bool
) -> None:
    found = gathering(SLOW)
    found.begin(before, START.timestamp())
    found.take_run(run_of("r1", "u", "candidate", 0.5, seconds=1.3))
    (batch,) = found.look(NOW).batches
    told = Events(bad=ByArm(candidate=1)) if is_known else None
    assert batch.events.get("latency") == told


def test_of_what_was_before_no_more_is_read_than_is_needed() -> None:
    before = iter(earlier(1000, 1))
    gathering(SLOW).begin(before, START.timestamp())
    assert next(before).id == "before-602"
    gathering().begin(before, START.timestamp())
    assert next(before).id == "before-603", "nothing there is held against what is usual"
