"""Who has to approve, and who may."""

import pytest
from pydantic import ValidationError

from genaiops.errors import InputError
from genaiops.release.approvals import missing_approvals, roles_of
from genaiops.release.history import History
from genaiops.specs.releases import ReleasesSpec
from tests.release.build import event, history

ROLES = {"owner": ["ann", "bob"], "legal": ["eve"]}
POLICY = ReleasesSpec.model_validate(
    {"roles": ROLES, "production": {"approvals": ["owner", "legal"]}}
)
CREATED = ("ann", event("created"))


def _approved(*names: str, bundle: str = "bundle of r1") -> History:
    deeds = [(n, event("approved", bundle=bundle, stage="production")) for n in names]
    return history(CREATED, *deeds)


def _missing(found: History, policy: ReleasesSpec = POLICY) -> list[str]:
    missing = missing_approvals(
        policy, found, release="r1", bundle="bundle of r1", stage="production"
    )
    return [str(each) for each in missing]


def test_every_role_has_to_approve() -> None:
    assert _missing(_approved()) == ["owner (bob)", "legal (eve)"]
    assert _missing(_approved("bob")) == ["legal (eve)"]
    assert _missing(_approved("bob", "eve")) == []


def test_whoever_created_a_release_does_not_count_where_four_eyes_look() -> None:
    assert _missing(_approved("ann", "eve")) == ["owner (bob)"]
    two_eyes = POLICY.model_copy(update={"four_eyes": False})
    assert _missing(_approved("ann", "eve"), two_eyes) == []


def test_an_approval_counts_for_the_evidence_that_was_seen() -> None:
    assert _missing(_approved("bob", "eve", bundle="older evidence")) != []


def test_an_approval_counts_while_its_author_has_the_role() -> None:
    left = ReleasesSpec.model_validate(
        {"roles": {"owner": ["ann"], "legal": ["eve"]}, "production": {"approvals": ["owner"]}}
    )
    assert _missing(_approved("bob", "eve"), left) == ["owner (nobody is left who may)"]


def test_who_may_approve_does_so_in_all_roles_of_theirs() -> None:
    policy = ReleasesSpec.model_validate(
        {"roles": {**ROLES, "legal": ["bob"]}, "production": {"approvals": ["owner", "legal"]}}
    )
    found = history(CREATED)
    assert roles_of(policy, found, "bob", release="r1", stage="production") == ("owner", "legal")


@pytest.mark.parametrize(
    ("name", "stage", "told"),
    [
        ("ann", "production", "'ann' created release r1: somebody else has to approve"),
        ("mallory", "production", "'mallory' may not approve for production, which asks for owner"),
        ("bob", "staging", "staging asks for no approval"),
    ],
)
def test_who_may_not_approve_is_told_why(name: str, stage: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        roles_of(POLICY, history(CREATED), name, release="r1", stage=stage)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("roles", "told"),
    [({"owners": ["ann"]}, "did you mean 'owners'"), ({"owner": []}, "nobody who could approve")],
)
def test_a_stage_asks_for_roles_that_somebody_has(roles: dict[str, list[str]], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ReleasesSpec.model_validate({"roles": roles, "production": {"approvals": ["owner"]}})
