from hypothesis import given
from hypothesis import strategies as st

from genaiops.records.rollouts import Arm, Arrivals, ByArm, Events, Scores
from genaiops.rollout.outcomes import Outcome, Outcomes, shadow_look
from tests.stats.strategies import steady

GRADED = frozenset({"f1"})


def asked(user: str, arm: Arm = "stable", at: float = 0.0, **met: float | None) -> Outcome:
    return Outcome(user, arm, 0.1, at, met)


def test_the_first_request_of_a_user_counts_and_no_other() -> None:
    outcomes = Outcomes(GRADED)
    for at, bad in enumerate((0.0, 1.0, 1.0)):
        outcomes.add(asked("ada", at=at, errors=bad))
    look = outcomes.look(3.0)
    assert look.came == (Arrivals(weight=0.1, users=ByArm(stable=1)),)
    (batch,) = look.batches
    assert batch.events == {"errors": Events(fine=ByArm(stable=1))}
    assert outcomes.look(9.0).came == ()


def test_within_the_window_the_worst_counts_when_it_is_over() -> None:
    outcomes = Outcomes(GRADED, window_s=60)
    outcomes.add(asked("ada", "candidate", 0, errors=0.0, f1=0.2))
    outcomes.add(asked("ada", "candidate", 50, errors=1.0, f1=0.1))
    outcomes.add(asked("ada", "candidate", 70, errors=0.0, f1=1.0))
    early = outcomes.look(59)
    assert early.came != ()
    assert early.batches == ()
    (batch,) = outcomes.look(60).batches
    assert batch.events == {"errors": Events(bad=ByArm(candidate=1))}
    assert batch.scores == {"f1": Scores(candidate=(0.2,))}


def test_a_user_whom_a_rising_weight_moves_keeps_what_was_met_before() -> None:
    outcomes = Outcomes(GRADED, window_s=60)
    outcomes.add(asked("ada", "stable", 0, errors=0.0))
    outcomes.add(Outcome("ada", "candidate", 0.5, 10, {"errors": 1.0}))
    (batch,) = outcomes.look(60).batches
    assert (batch.weight, batch.events["errors"].fine) == (0.1, ByArm(stable=1))


def test_a_score_that_is_missing_in_the_window_is_missing() -> None:
    outcomes = Outcomes(GRADED, window_s=60)
    outcomes.add(asked("ada", f1=None))
    outcomes.add(asked("ada", at=1, f1=0.5))
    outcomes.add(asked("bob", at=2, errors=0.0))
    (batch,) = outcomes.look(62).batches
    assert batch.scores == {"f1": Scores(missing=ByArm(stable=1))}
    assert batch.events == {"errors": Events(fine=ByArm(stable=1))}
    assert batch.users == ByArm(stable=2)


def test_users_of_two_weights_are_two_batches() -> None:
    outcomes = Outcomes(GRADED)
    outcomes.add(asked("ada", errors=0.0))
    outcomes.add(Outcome("bob", "candidate", 0.5, 1, {"errors": 1.0}))
    look = outcomes.look(1)
    assert [batch.weight for batch in look.batches] == [0.1, 0.5]
    assert [came.weight for came in look.came] == [0.1, 0.5]


def test_a_pair_that_lacks_a_score_is_missing_once() -> None:
    pairs = [
        (asked("ada", f1=0.5, errors=0.0), asked("ada", "candidate", f1=0.25, errors=1.0)),
        (asked("bob", f1=None, errors=0.0), asked("bob", "candidate", f1=None, errors=0.0)),
    ]
    look = shadow_look(pairs, GRADED)
    (batch,) = look.batches
    assert batch.weight is None
    assert batch.scores == {
        "f1": Scores(stable=(0.5,), candidate=(0.25,), missing=ByArm(candidate=1))
    }
    assert batch.events["errors"].bad == ByArm(candidate=1)
    assert look.came == (Arrivals(weight=None, users=ByArm(stable=2)),)


@steady
@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from([0.0, 1.0, None]), st.booleans()))
)
def test_every_user_counts_once(requests: list[tuple[str, float | None, bool]]) -> None:
    outcomes = Outcomes(GRADED, window_s=2)
    came = counted = 0
    for at, (user, bad, looks) in enumerate(requests):
        outcomes.add(asked(user, "candidate" if user < "c" else "stable", at, errors=bad))
        if looks:
            look = outcomes.look(at)
            came += sum(each.users.total for each in look.came)
            counted += sum(batch.users.total for batch in look.batches)
    last = outcomes.look(1e9)
    came += sum(each.users.total for each in last.came)
    counted += sum(batch.users.total for batch in last.batches)
    assert came == counted == len({user for user, _, _ in requests})
