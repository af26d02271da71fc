import pytest

from genaiops.cli.plan import plan_text
from genaiops.project.call_counts import Counts, PlannedRequest
from genaiops.project.planning import Plan
from genaiops.records import Message

ASKED = PlannedRequest("m", (Message(role="user", content="a\x1b[31m b"),), None)


def plan(*, looked_at: int = 24, runs_code: bool = False, **counts: object) -> str:
    said = {"calls": 24, "recorded": 9, "input_tokens": 12_000, "output_tokens": 1500}
    said["is_assumed"] = False
    return plan_text(
        Plan(
            eval="e", cases=12, repeats=2, case_id="c1", requests=(ASKED,), looked_at=looked_at,
            runs_code=runs_code, counts=Counts(**{**said, "cost_usd": 0.5, **counts}),  # pyright: ignore[reportArgumentType]  test shorthand
        )
    )  # fmt: skip


def test_calls_to_make_are_told_with_tokens_and_cost() -> None:
    assert plan().split("\n") == [
        "e: 12 cases x 2, about 24 model calls, of which 9 recorded",
        "  to make: about 15 calls, 12,000 input and 1,500 output tokens (as recorded",
        "  calls took), $0.50",
        "  shown: case c1; an answer that a later step needs and that is not recorded",
        "  stands as <answer to …>",
        "--- m: user",
        "a b",
    ]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"is_assumed": True}, "(characters / 4, and 500 an answer or what it may have), $0.50"),
        ({"cost_usd": 0.0}, "output tokens (as recorded calls took), $0.00"),
        ({"cost_usd": None}, "output tokens (as recorded calls took), cost unknown"),
    ],
)
def test_what_is_not_known_is_said_to_be_assumed(counts: dict[str, object], told: str) -> None:
    lines = " ".join(" ".join(line.split()) for line in plan(**counts).split("\n"))
    assert f"{told} shown:" in lines


def test_it_is_said_what_the_counts_rest_on() -> None:
    assert "\n  counted from 10 of these, evenly spread\n" in plan(looked_at=10)
    alone = "\n  counted from the case below alone: the flow runs Python code\n"
    assert alone in plan(looked_at=1, runs_code=True)
    assert "counted from" not in plan()
