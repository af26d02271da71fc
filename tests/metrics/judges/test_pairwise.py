import pytest

from genaiops.metrics.judges.pairwise import compared, said_in_both_orders
from genaiops.records import Score
from tests.fakes import ScriptedModel
from tests.metrics.judges.building import PAIR, pair_judge, scored

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("forth", "back", "value", "told"),
    [
        ("first", "second", 1, "wins in both orders"),
        ("second", "first", 0, "loses in both orders"),
        ("tie", "tie", 0.5, "tie in both orders"),
        ("first", "first", 0.5, "tie: the first shown wins in both orders"),
        ("second", "second", 0.5, "tie: the second shown wins in both orders"),
        ("first", "tie", 0.5, "tie: a tie in one order only"),
    ],
)
async def test_an_answer_wins_only_in_both_orders(
    forth: str, back: str, value: float, told: str
) -> None:
    model = ScriptedModel([scored(forth), scored(back)])
    score = await compared(pair_judge(), model, PAIR, as_json=False)
    assert (score.value, score.explanation) == (value, f"{told}: It says so.")
    assert said_in_both_orders(score) == (forth, back)


async def test_the_answers_change_places_and_nothing_else_does() -> None:
    model = ScriptedModel([scored("first"), scored("first")])
    await compared(pair_judge(), model, PAIR, as_json=False)
    forth, back = (request.messages[-1].content for request in model.requests)
    assert forth.index("At nine.") < forth.index("I do not know.")
    mine, other = "| At nine.", "| I do not know."
    swapped = back.replace(mine, "…").replace(other, mine).replace("…", other)
    assert swapped == forth
    assert {request.top_logprobs for request in model.requests} == {0}


async def test_one_order_that_cannot_be_read_leaves_no_score() -> None:
    model = ScriptedModel([scored("first"), ""])
    score = await compared(pair_judge(), model, PAIR, as_json=False)
    assert score.reason == "judge: empty: it answered nothing"
    assert said_in_both_orders(score) is None
    assert said_in_both_orders(Score(value=1.0)) is None
