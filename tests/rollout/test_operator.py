import pytest

from genaiops.errors import InputError
from genaiops.records.rollouts import Look
from genaiops.rollout import operator
from genaiops.rollout.actions import Promote, SetTraffic
from tests.rollout.build import followed, look_of, spec_of, started

QUIET = Look()


def test_a_pause_keeps_the_weight_and_stops_the_time() -> None:
    spec = spec_of()
    held = operator.pause(started(spec), "a look at answers")
    assert held.actions[0] == SetTraffic(0.1)
    later = followed(spec, held.state, [look_of(0.1, (18, 2))] * 20)
    assert (later.state.step, later.state.weight, later.state.step_s) == (0, 0.1, 0.0)
    going = operator.resume(spec, later.state)
    assert (going.state.phase, going.state.reason) == ("progressing", "needs 10 min more")


def test_a_person_may_promote_without_a_proof_and_the_reason_says_so() -> None:
    done = operator.promote(spec_of(), started(spec_of()), "urgent")
    assert done.actions == (Promote("urgent (not proven: feedback; measured nothing: errors)"),)
    assert (done.state.weight, done.state.cause) == (1.0, "operator")


def test_what_is_over_takes_no_command() -> None:
    spec = spec_of()
    ended = operator.abort(started(spec), "no").state
    told = r"the rollout is over: it was rolled back \(no\)"
    for act in (
        lambda: operator.abort(ended, "again"),
        lambda: operator.pause(ended, "again"),
        lambda: operator.resume(spec, ended),
        lambda: operator.promote(spec, ended, "again"),
    ):
        with pytest.raises(InputError, match=told):
            act()


def test_pausing_twice_and_resuming_what_goes_on_are_told() -> None:
    spec = spec_of()
    with pytest.raises(InputError, match="not paused"):
        operator.resume(spec, started(spec))
    with pytest.raises(InputError, match="paused already: once"):
        operator.pause(operator.pause(started(spec), "once").state, "twice")


def test_time_that_is_used_up_does_not_come_back() -> None:
    spec = spec_of(max_time="10m")
    held = followed(spec, started(spec), [QUIET] * 10)
    with pytest.raises(InputError, match="promote or abort"):
        operator.resume(spec, held.state)
