from hypothesis import given
from hypothesis import strategies as st

from genaiops.records.rollouts import Arrivals, ByArm, Events, Look
from genaiops.rollout.actions import Hold, Promote, RollBack, SetTraffic
from genaiops.rollout.machine import begin, decide, promoted
from genaiops.rollout.state import RolloutState
from genaiops.specs.rollout import WeightStep
from tests.rollout.build import followed, look_of, spec_of, started
from tests.stats.strategies import steady

QUIET = Look()

counts = st.tuples(st.integers(0, 30), st.integers(0, 30))
looks = st.builds(
    lambda weight, users, errors, feedback, trouble: look_of(
        weight, users, errors=errors, feedback=feedback, trouble=trouble
    ),
    st.sampled_from([None, 0.1, 0.5]),
    counts,
    counts,
    counts,
    st.sampled_from([None] * 9 + ["dead"]),
)
times = st.floats(-1e9, 1e9)


def test_a_rollout_begins_at_its_first_step() -> None:
    begun = begin(spec_of(), salt="salt", now=5.0)
    assert begun.actions == (
        SetTraffic(0.1),
        Hold("needs 10 min more and 10 more users of the candidate"),
    )
    assert (begun.state.step, begun.state.weight, begun.state.phase) == (0, 0.1, "progressing")


def test_a_step_ends_with_its_time_and_its_users() -> None:
    spec = spec_of()
    busy = [look_of(0.1, (18, 2))] * 5
    early = followed(spec, started(spec), busy)
    assert early.actions == (Hold("needs 5 min more"),)
    assert followed(spec, early.state, [QUIET] * 4).state.step == 0
    assert followed(spec, early.state, [QUIET] * 5).actions[0] == SetTraffic(0.5)


def test_nothing_moves_without_users_and_the_reason_is_told() -> None:
    done = followed(spec_of(), started(spec_of()), [QUIET] * 100)
    told = "no new user for 1 h 40 min: nothing is learned; needs 10 more users of the candidate"
    assert done.actions == (Hold(told),)
    assert done.state.weight == 0.1


def test_it_is_promoted_when_all_is_proven_and_every_step_is_done() -> None:
    spec = spec_of()
    first = [look_of(0.1, (90, 10), errors=(1, 0), feedback=(9, 1))] * 10
    second = [look_of(0.5, (50, 50), errors=(1, 1), feedback=(5, 5))] * 20
    ramped = followed(spec, started(spec), first)
    assert ramped.state.weight == 0.5
    done = followed(spec, ramped.state, second)
    assert done.state.phase == "promoted"
    assert (done.state.weight, done.state.cause) == (1.0, "proven")


def test_time_and_users_alone_promote_nothing() -> None:
    spec = spec_of()
    unscored = [look_of(0.1, (90, 10), errors=(0, 0))] * 10 + [look_of(0.5, (50, 50))] * 100
    done = followed(spec, started(spec), unscored)
    assert done.state.phase == "progressing"
    assert done.actions == (Hold("needs a proof of feedback"),)


def test_proven_harm_rolls_back_at_any_step() -> None:
    done = followed(spec_of(), started(spec_of()), [look_of(0.1, (90, 10), errors=(0, 6))])
    assert isinstance(done.actions[0], RollBack)
    assert done.actions[0].reason.startswith("errors is proven worse than stable's (evidence ")
    assert (done.state.phase, done.state.weight) == ("rolled_back", 0.0)


def test_harm_by_one_metric_has_to_outweigh_the_number_of_metrics() -> None:
    few, many = spec_of(), spec_of(guards=["errors", *"abcdefgh"])
    look = look_of(0.1, (90, 10), errors=(0, 4))
    assert followed(few, started(few), [look]).state.phase == "rolled_back"
    assert followed(many, started(many), [look]).state.phase == "progressing"


def test_a_goal_guards_too() -> None:
    done = followed(spec_of(), started(spec_of()), [look_of(0.1, (90, 10), feedback=(0, 9))])
    assert done.state.cause == "worse"


def test_trouble_rolls_back_at_once_also_when_paused() -> None:
    spec = spec_of()
    state = started(spec).model_copy(update={"phase": "paused", "cause": "operator"})
    done = decide(spec, state, Look(trouble="5 requests failed"), 1.0)
    assert done.actions == (RollBack("breaker", "5 requests failed"),)


def test_a_broken_split_rolls_back_and_says_that_nothing_is_valid() -> None:
    done = followed(spec_of(), started(spec_of()), [look_of(0.1, (100, 60))])
    assert done.state.cause == "split"
    assert "60 of 160 came to the candidate at a weight of 10 %" in done.state.reason


def test_without_a_proof_in_time_a_person_decides_or_it_is_rolled_back() -> None:
    hold, back = (spec_of(max_time="1h", without_proof=word) for word in ("hold", "roll_back"))
    idle = [QUIET] * 60
    held = followed(hold, started(hold), idle)
    assert held.state.phase == "paused"
    assert held.actions[0] == SetTraffic(0.1)
    assert "no harm shown, safety not proven: feedback" in held.state.reason
    assert followed(back, started(back), idle).state.cause == "no_proof"


def test_exposed_users_end_a_step_and_no_more_come() -> None:
    spec = spec_of(flow="external", steps=[{"weight": 50, "max_exposed_users": 20}])
    done = followed(spec, started(spec), [look_of(0.5, (11, 10))] * 2)
    assert (done.state.phase, done.state.cause) == ("paused", "no_proof")
    assert done.actions[0] == SetTraffic(0.0)
    assert done.state.exposed == 20


def test_what_the_last_exposed_users_meet_is_waited_for_and_nobody_new_comes() -> None:
    spec = spec_of(steps=[{"weight": 50, "max_exposed_users": 20}], window="10m")
    full = followed(spec, started(spec), [look_of(0.5, (20, 20), feedback=(2, 2))])
    told = "needs 10 min more, to see what the last users meet"
    assert full.actions == (SetTraffic(0.0), Hold(told))
    waiting = followed(spec, full.state, [QUIET] * 9)
    assert (waiting.state.phase, waiting.state.weight) == ("progressing", 0.0)
    assert followed(spec, waiting.state, [QUIET]).state.cause == "no_proof"
    worse = followed(spec, waiting.state, [look_of(0.5, errors=(0, 9))])
    assert worse.state.cause == "worse"


def test_feedback_of_the_last_exposed_users_is_waited_for_where_no_window_is_named() -> None:
    spec = spec_of(steps=[{"weight": 50, "max_exposed_users": 20}])
    full = followed(spec, started(spec), [look_of(0.5, (20, 20))])
    waiting = followed(spec, full.state, [QUIET] * 9)
    assert (waiting.state.phase, waiting.state.weight) == ("progressing", 0.0)
    assert followed(spec, waiting.state, [QUIET]).state.cause == "no_proof"


def test_low_traffic_is_proven_in_shadow_and_then_shown_to_few_users() -> None:
    spec = spec_of(
        eval="assistant",
        steps=[{"shadow": "until_verdict"}, {"weight": 50, "max_exposed_users": 20}],
        goals=[{"metric": "f1", "margin": 0.1}],
    )
    begun = begin(spec, salt="salt", now=0.0)
    assert begun.actions[0] == SetTraffic(0.0, is_shadowing=True)
    pairs = {"f1": ([0.2, 0.3], [0.3, 0.2])}
    shadowed = followed(spec, begun.state, [look_of(None, (2, 2), scores=pairs)] * 40)
    assert (shadowed.state.step, shadowed.state.weight, shadowed.state.exposed) == (1, 0.5, 0)
    done = followed(spec, shadowed.state, [look_of(0.5, (10, 10), errors=(0, 0))] * 2)
    assert done.state.phase == "promoted"


def test_missing_scores_never_help_a_proof_and_never_roll_back() -> None:
    spec = spec_of(eval="assistant", goals=[{"metric": "f1", "margin": 0.1}])
    state = started(spec)
    scored = look_of(0.1, (20, 4), scores={"f1": ([0.2] * 20, [0.2] * 4)})
    batch = scored.batches[0]
    graded = batch.scores["f1"].model_copy(update={"missing": ByArm(candidate=4)})
    lost = scored.model_copy(
        update={"batches": (batch.model_copy(update={"scores": {"f1": graded}}),)}
    )
    whole, less = (decide(spec, state, look, 60.0).state.evidence["f1"] for look in (scored, lost))
    assert whole.worse == less.worse
    assert whole.tolerable is not None
    assert less.tolerable is not None
    assert less.tolerable.log_e < whole.tolerable.log_e


@steady
@given(st.lists(st.tuples(looks, times), max_size=30))
def test_the_candidate_never_has_more_than_its_step_says(
    happened: list[tuple[Look, float]],
) -> None:
    spec = spec_of(
        steps=[{"shadow": "until_verdict"}, {"weight": 10}, {"weight": 50, "min_users": 5}]
    )
    state = started(spec)
    for look, now in happened:
        done = decide(spec, state, look, now)
        step = spec.steps[done.state.step]
        most = step.weight / 100 if isinstance(step, WeightStep) else 0.0
        assert done.state.weight <= most or done.state.phase == "promoted"
        assert done.state.step <= state.step + 1
        for action in done.actions:
            if isinstance(action, SetTraffic):
                assert action.weight == done.state.weight
        state = done.state


def unmeasured_by(metric: str, look: Look) -> Look:
    """The same users, none of whom could be scored by a metric."""
    lost = Events(missing=look.batches[0].users)
    batch = look.batches[0]
    kept = batch.model_copy(update={"events": {**batch.events, metric: lost}})
    return look.model_copy(update={"batches": (kept,)})


def test_a_guard_that_measured_nothing_keeps_from_promotion_and_from_nothing_else() -> None:
    spec = spec_of(guards=["errors", "cost"], max_time="2h")
    first = [look_of(0.1, (90, 10), errors=(1, 0), feedback=(9, 1), cost=(0, 0))] * 10
    second = [look_of(0.5, (50, 50), errors=(1, 1), feedback=(5, 5), cost=(0, 0))] * 20
    blind = [unmeasured_by("cost", look) for look in (*first, *second)]
    held = followed(spec, started(spec), blind)
    assert (held.state.step, held.state.phase) == (1, "progressing")
    assert held.state.reason == "needs a user of the candidate whom cost measures"
    assert followed(spec, held.state, second[:1]).state.phase == "promoted"
    over = followed(spec, held.state, blind[-1:] * 120)
    assert over.state.cause == "no_proof"
    assert over.state.reason.endswith("safety not proven: cost measured nothing")


@steady
@given(st.lists(st.tuples(looks, times), max_size=30), st.booleans())
def test_a_promotion_has_every_goal_proven_and_every_guard_measured(
    happened: list[tuple[Look, float]],
    is_blind: bool,  # noqa: FBT001  drawn
) -> None:
    spec = spec_of(steps=[{"weight": 10, "min_users": 1, "min_time": "0s"}])
    state = started(spec)
    for look, now in happened:
        done = decide(spec, state, unmeasured_by("errors", look) if is_blind else look, now)
        if any(isinstance(action, Promote) for action in done.actions):
            assert done.state.evidence["errors"].known.candidate
            tolerable = done.state.evidence["feedback"].tolerable
            assert tolerable is not None
            assert tolerable.peak >= 2.99
        state = done.state


@steady
@given(st.lists(st.tuples(looks, times), max_size=30))
def test_nothing_goes_on_while_the_candidate_gets_nothing(
    happened: list[tuple[Look, float]],
) -> None:
    spec = spec_of(steps=[{"weight": 10, "min_users": 1, "min_time": "0s"}, 50])
    state = started(spec)
    for look, now in happened:
        withheld = look.model_copy(update={"withheld": "it cannot be opened"})
        held = decide(spec, state, withheld, now)
        assert held.state.step == state.step
        assert held.state.phase != "promoted" or state.phase == "promoted"
        assert held.state.weight <= state.weight
        state = decide(spec, state, look, now).state


@steady
@given(looks, times)
def test_what_is_over_stays_over(look: Look, now: float) -> None:
    spec = spec_of()
    for ended in (
        followed(spec, started(spec), [Look(trouble="dead")]).state,
        promoted(started(spec), "proven", "done").state,
    ):
        done = decide(spec, ended, look, now)
        assert (done.state, done.actions) == (ended, ())


@steady
@given(st.lists(times, max_size=20))
def test_a_clock_that_jumps_adds_no_more_than_five_minutes_a_look(jumps: list[float]) -> None:
    spec = spec_of()
    state = started(spec)
    for count, now in enumerate(jumps, start=1):
        before, state = state, decide(spec, state, QUIET, now).state
        assert 0 <= state.step_s - before.step_s <= 300 + 1e-6
        assert state.total_s <= 300 * count + 1e-6


@steady
@given(st.lists(st.tuples(looks, times), max_size=10))
def test_a_state_is_read_back_as_it_was_written(happened: list[tuple[Look, float]]) -> None:
    spec = spec_of(eval="assistant", goals=[{"metric": "f1", "margin": 0.1}], guards=["errors"])
    state = started(spec)
    for look, now in happened:
        kept = look.model_copy(
            update={
                "batches": tuple(
                    batch.model_copy(update={"events": {"errors": batch.events["errors"]}})
                    for batch in look.batches
                )
            }
        )
        state = decide(spec, state, kept, now).state
    assert RolloutState.model_validate_json(state.model_dump_json()) == state


def test_users_of_an_earlier_weight_are_not_those_of_the_step() -> None:
    spec = spec_of()
    late = Look(came=(Arrivals(weight=0.25, users=ByArm(stable=30, candidate=10)),))
    done = decide(spec, started(spec), late, 60.0)
    assert done.state.step_users.total == 0
    assert done.state.exposed == 10


def test_what_keeps_users_from_the_candidate_is_part_of_the_reason() -> None:
    spec = spec_of()
    look = look_of(0.1).model_copy(update={"withheld": "its budget of $1 an hour is used up"})
    state = decide(spec, started(spec), look, 60.0).state
    assert state.reason.startswith(
        "its budget of $1 an hour is used up: stable answers for the candidate; needs "
    )
    assert "budget" not in decide(spec, state, look_of(0.1), 120.0).state.reason
