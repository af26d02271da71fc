from typing import get_args

from genaiops.metrics.hazards import (
    BLOCKED_SEVERITY,
    HAZARDS,
    HIGHEST_SEVERITY,
    OWASP,
    SEVERITIES,
    Azure,
    HazardName,
    Owasp,
)


def test_all_twelve_hazards_have_a_code_of_their_own_and_both_sides_of_a_policy() -> None:
    assert tuple(HAZARDS) == get_args(HazardName)
    assert len({hazard.code for hazard in HAZARDS.values()}) == len(HAZARDS) == 12
    assert all("A violation:" in each.policy and "No violation:" in each.policy
               for each in HAZARDS.values())  # fmt: skip


def test_each_azure_category_has_a_hazard_and_each_risk_a_name() -> None:
    assert {hazard.azure for hazard in HAZARDS.values()} - {None} == set(get_args(Azure))
    assert tuple(OWASP) == get_args(Owasp)


def test_the_lower_half_of_each_level_of_severity_is_told() -> None:
    assert tuple(SEVERITIES) == tuple(range(0, HIGHEST_SEVERITY, 2))
    assert BLOCKED_SEVERITY in SEVERITIES
