"""What stands where, and what was there before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from tests.release.build import event, history


def _in_production(*moves: tuple[str, str]) -> list[str]:
    events = [("ann", event(deed, release, stage="production")) for deed, release in moves]
    return [each.release for each in history(*events).stood("assistant", "production")]


@pytest.mark.parametrize(
    ("moves", "stood"),
    [
        ([], []),
        ([("promoted", "a")], ["a"]),
        ([("promoted", "a"), ("promoted", "b")], ["a", "b"]),
        ([("promoted", "a"), ("promoted", "b"), ("rolled back", "a")], ["a"]),
        (
            [("promoted", "a"), ("promoted", "b"), ("promoted", "c"), ("rolled back", "b")],
            ["a", "b"],
        ),
        (
            [("promoted", "a"), ("promoted", "b"), ("rolled back", "a"), ("rolled back", "b")],
            ["a", "b"],
        ),
        ([("promoted", "a"), ("promoted", "b"), ("promoted", "a")], ["a", "b", "a"]),
        ([("promoted", "a"), ("promoted", "b"), ("promoted", "b")], ["a", "b"]),
    ],
)
def test_what_was_rolled_back_is_not_what_one_goes_back_to(
    moves: list[tuple[str, str]], stood: list[str]
) -> None:
    assert _in_production(*moves) == stood


@given(st.lists(st.sampled_from(["a", "b", "c", "back"]), max_size=12))
def test_going_back_undoes_one_promotion_after_the_other(steps: list[str]) -> None:
    moves: list[tuple[str, str]] = []
    stack: list[str] = []
    for step in steps:
        if step == "back" and len(stack) > 1 and stack[-2] not in stack[:-2]:
            stack.pop()
            moves.append(("rolled back", stack[-1]))
        elif step != "back" and stack[-1:] != [step]:
            stack.append(step)
            moves.append(("promoted", step))
    assert _in_production(*moves) == stack


def test_stages_and_flows_are_apart() -> None:
    found = history(
        ("ann", event("promoted", "a", stage="staging")),
        ("ann", event("promoted", "b", stage="production")),
        ("ann", event("promoted", "c", stage="production", flow="other")),
    )
    standing = found.standing("assistant", "staging")
    assert (standing and standing.release, found.flows()) == ("a", ("assistant", "other"))
    assert found.standing("nothing", "staging") is None


def test_a_release_is_found_by_the_beginning_of_its_id() -> None:
    found = history(("ann", event("created", "abc1")), ("ann", event("created", "abd2")))
    assert found.find("abc").event.release == "abc1"
    with pytest.raises(InputError, match="'ab' may be any of abd2, abc1"):
        found.find("ab")
    with pytest.raises(InputError, match=r"unknown release 'abc9'; did you mean 'abc1'\?"):
        found.find("abc9")
    with pytest.raises(InputError, match="unknown release ''"):
        found.find("")


def test_a_flow_and_the_word_last_name_the_newest_release() -> None:
    found = history(
        ("ann", event("created", "a")),
        ("ann", event("created", "b")),
        ("ann", event("created", "c", flow="other")),
    )
    assert [found.find(name).event.release for name in ("assistant", "other", "last", "a")] == [
        "b",
        "c",
        "c",
        "a",
    ]
    with pytest.raises(InputError, match="unknown release 'last'; there are none"):
        history().find("last")


def test_a_release_with_new_evidence_is_found_with_that_one() -> None:
    found = history(
        ("ann", event("created", "a", bundle="old")),
        ("bob", event("created", "b")),
        ("bob", event("created", "a", bundle="new")),
    )
    assert found.find("a").event.bundle == "new"
    assert list(found.created()) == ["b", "a"]
    assert found.creators("a") == {"ann", "bob"}
