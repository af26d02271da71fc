from pydantic import JsonValue

from genaiops.rollout.proposal import propose
from genaiops.rollout.traffic import Traffic
from tests.rollout.build import spec_of

GOAL: list[JsonValue] = [{"metric": "groundedness", "margin": 0.05}]


def test_busy_services_ramp_gradually() -> None:
    proposal = propose(spec_of(eval="a", goals=GOAL), Traffic(600, 1.0))
    assert proposal is not None
    assert proposal.steps == (1, 5, 10, 25, 50)


def test_quiet_services_prove_in_shadow_first() -> None:
    proposal = propose(spec_of(eval="a", goals=GOAL), Traffic(5, 0.4))
    assert proposal is not None
    assert proposal.steps[0] == {"shadow": "until_verdict"}
    assert sum(step.exposed for step in proposal.forecast.steps) == 100


def test_what_needs_users_who_see_answers_is_not_proposed_for_shadow() -> None:
    proposal = propose(spec_of(), Traffic(5, 0.4))
    assert proposal is not None
    assert {"shadow": "until_verdict"} not in proposal.steps


def test_where_nothing_would_do_nothing_is_proposed() -> None:
    assert propose(spec_of(eval="a", goals=GOAL), Traffic(0.05, 0.4)) is None
