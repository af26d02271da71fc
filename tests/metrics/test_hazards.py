from typing import get_args

import pytest

from genaiops.metrics.hazards import (
    BLOCKED_SEVERITY,
    HAZARDS,
    OWASP,
    SEVERITIES,
    Azure,
    HazardName,
    Owasp,
    trimmed_severity,
)


def test_all_twelve_hazards_have_a_code_of_their_own_and_both_sides_of_a_policy() -> None:
    assert tuple(HAZARDS) == get_args(HazardName)
    assert len({hazard.code for hazard in HAZARDS.values()}) == len(HAZARDS) == 12
    assert all("A violation:" in each.policy and "No violation:" in each.policy
               for each in HAZARDS.values())  # fmt: skip


def test_each_azure_category_has_a_hazard_and_each_risk_a_name() -> None:
    assert {hazard.azure for hazard in HAZARDS.values()} - {None} == set(get_args(Azure))
    assert tuple(OWASP) == get_args(Owasp)


def test_severities_are_trimmed_in_pairs() -> None:
    assert [trimmed_severity(each) for each in range(8)] == [0, 0, 2, 2, 4, 4, 6, 6]
    assert {trimmed_severity(each) for each in range(8)} == set(SEVERITIES)
    assert BLOCKED_SEVERITY in SEVERITIES


@pytest.mark.parametrize("severity", [-1, 8])
def test_no_other_number_is_a_severity(severity: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 7"):
        trimmed_severity(severity)
