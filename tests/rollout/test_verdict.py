"""One verdict: its words, its exit code, and how Prometheus reads it."""

import pytest

from genaiops.cli.rollout_status_text import status_lines
from genaiops.records.rollout_events import Rollout, RolloutEvent
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.records.rollouts import Arrivals, ByArm, Look
from genaiops.rollout import operator
from genaiops.rollout.actions import Transition
from genaiops.rollout.committing import Grounds, Moment, carried_out, event_of
from genaiops.rollout.explaining import what_would_change
from genaiops.rollout.exposition import exposition
from genaiops.rollout.machine import begin
from genaiops.rollout.verdict import verdict_on
from tests.rollout.build import followed, look_of, spec_of, started

SPEC = spec_of()
ROLLOUT = Rollout(
    id='a-"1"', name="a", flow="assistant", stable="s", candidate="c", salt="salt",
    spec=SPEC.model_dump(mode="json", exclude_unset=True), by="ada", at="",
)  # fmt: skip
AT = Moment(1000.0, "2026-05-01T10:00:00+00:00")
BEGUN = event_of(None, begin(SPEC, salt="salt", now=1000.0), Grounds("begun"), AT)


def decided(transition: Transition) -> RolloutEvent:
    return event_of(BEGUN, transition, Grounds("looked"), AT)


def verdict(
    transition: Transition, event: RolloutEvent | None = None, now: float = 1000.0
) -> RolloutVerdict:
    return verdict_on(ROLLOUT, event or decided(transition), transition.state, now)


def test_what_goes_as_planned_is_0_and_what_ended_back_is_1() -> None:
    going = followed(SPEC, started(SPEC), [look_of(0.1, (18, 2))])
    assert (verdict(going).word, verdict(going).exit_code) == ("progressing", 0)
    back = verdict(operator.abort(going.state, "a complaint"))
    assert (back.word, back.reason, back.exit_code) == ("rolled_back", "a complaint", 1)


def test_a_promotion_is_held_until_it_is_carried_out() -> None:
    done = operator.promote(SPEC, started(SPEC), "urgent")
    event = decided(done)
    waiting = verdict(done, event)
    assert (waiting.word, waiting.exit_code, waiting.weight) == ("held", 3, 0.1)
    assert waiting.reason.endswith("its release does not stand in production yet")
    ended = verdict(done, carried_out(event, AT, "release c stands in production"))
    assert (ended.word, ended.exit_code, ended.weight) == ("promoted", 0, 1.0)


def test_nobody_who_comes_or_looks_is_held() -> None:
    going = followed(SPEC, started(SPEC), [look_of(0.1, (18, 2))])
    unwatched = verdict(going, now=1000.0 + 600)
    assert (unwatched.word, unwatched.exit_code) == ("held", 3)
    assert unwatched.reason.startswith("nobody looked for 10 min: genaiops serve carries")
    idle = followed(SPEC, going.state, [look_of(0.1)] * 3)
    assert (verdict(idle).word, idle.state.idle_s) == ("held", 180.0)
    paused = operator.pause(going.state, "a look")
    assert (verdict(paused).word, verdict(paused).reason) == ("held", "a look")


def test_a_candidate_that_gets_nothing_for_now_is_held_at_the_next_look() -> None:
    look = look_of(0.1, (18, 2)).model_copy(update={"withheld": "its budget is used up"})
    going = followed(SPEC, started(SPEC), [look])
    told = verdict(going, event_of(BEGUN, going, Grounds("looked", look=look), AT))
    assert (told.word, told.exit_code) == ("held", 3)
    assert told.reason.startswith("its budget is used up: stable answers for the candidate; needs")
    again = followed(SPEC, going.state, [look_of(0.1, (18, 2))])
    assert verdict(again).word == "progressing"


def test_a_guard_that_measured_nothing_is_told_once_users_came() -> None:
    spec = spec_of(guards=["errors", "cost"])
    rollout = ROLLOUT.model_copy(update={"spec": spec.model_dump(mode="json", exclude_unset=True)})

    def told(done: Transition) -> RolloutVerdict:
        return verdict_on(rollout, decided(done), done.state, 1000.0)

    assert told(begin(spec, salt="salt", now=0.0)).unmeasured == ()
    going = followed(spec, started(spec), [look_of(0.1, (18, 2), errors=(0, 0))])
    assert told(going).unmeasured == ("cost",)
    line = "  cost: nothing measured of the candidate yet, guards nothing"
    assert line in list(status_lines(told(going)))
    seen = followed(spec, going.state, [look_of(0.1, (18, 2), cost=(0, 0))])
    assert told(seen).unmeasured == ()


def test_outcomes_that_are_waited_for_are_told_with_the_time_of_the_last() -> None:
    came = Arrivals(weight=0.1, users=ByArm(stable=18, candidate=2))
    going = followed(SPEC, started(SPEC), [Look(came=(came,))])
    told = verdict(going)
    assert (told.waiting, told.waiting_until) == (20, "1970-01-01T00:11:00+00:00")
    line = "20 users' outcomes are waited for, the last until 1970-01-01T00:11Z"
    assert any(line in each for each in status_lines(told))
    known = [look_of(None).model_copy(update={"batches": look_of(0.1, (18, 2)).batches})]
    done = verdict(followed(SPEC, going.state, known))
    assert (done.waiting, done.waiting_until) == (0, None)
    assert not any("waited for" in each for each in status_lines(done))


def test_a_full_step_that_waits_for_its_last_users_goes_as_planned() -> None:
    spec = spec_of(steps=[{"weight": 50, "max_exposed_users": 20}])
    full = followed(spec, started(spec), [look_of(0.5, (20, 20)), *[Look()] * 5])
    assert (verdict(full).word, full.state.idle_s) == ("progressing", 300.0)
    assert full.state.reason == "needs 5 min more, to see what the last users meet"


def test_prometheus_reads_the_same_with_labels_that_cannot_break_out() -> None:
    going = followed(SPEC, started(SPEC), [look_of(0.1, (18, 2), errors=(3, 1))])
    told = verdict(going)
    lines = exposition([told]).splitlines()
    labels = 'rollout="a-\\"1\\"",flow="assistant"'
    assert f'genaiops_rollout_state{{{labels},state="progressing"}} 1' in lines
    assert f"genaiops_rollout_weight{{{labels}}} 0.1" in lines
    assert f'genaiops_rollout_badness{{{labels},metric="errors",arm="candidate"}} 0.5' in lines
    assert sum(line.startswith("# TYPE") for line in lines) == 8
    assert all(line.startswith(("#", "genaiops_rollout_")) for line in lines)


@pytest.mark.parametrize("events", [1, 2, 3, 4, 5, 6])
def test_so_many_bad_events_as_are_told_roll_back_and_one_fewer_does_not(events: int) -> None:
    spec = spec_of(goals=[{"metric": "errors", "margin_ratio": 2}], guards=[])
    state = started(spec)
    (told, _) = what_would_change(spec, state)
    needed = int(told.removeprefix("errors: ").split()[0])
    look = look_of(0.1, (events * 9, events), errors=(0, events))
    is_back = followed(spec, state, [look]).state.phase == "rolled_back"
    assert is_back == (events >= needed)


def test_a_proof_comes_after_about_as_many_users_as_are_told() -> None:
    spec = spec_of(goals=[{"metric": "errors", "margin_ratio": 2}], guards=[], steps=[50])
    state = followed(spec, started(spec), [look_of(0.5, (100, 100), errors=(10, 10))]).state
    told = list(what_would_change(spec, state))[-1]
    needed = int(told.removeprefix("errors: about ").split()[0].replace(",", ""))
    half = needed // 2
    more = look_of(0.5, (half, half), errors=(round(half / 10), round(half / 10)))
    later = followed(spec, state, [more]).state
    tolerable = later.evidence["errors"].tolerable
    assert tolerable is not None
    assert tolerable.log_e == pytest.approx(3.0, abs=0.35)
