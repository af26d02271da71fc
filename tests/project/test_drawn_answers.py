import pytest

from genaiops.errors import InputError
from genaiops.project.drawn_answers import DrawnAnswer, draw_answers
from genaiops.records import Case, CaseResult, Failure
from genaiops.store import StoredResult


def stored(case_id: str, repeat: int = 0, **result: object) -> StoredResult:
    given = {"case_id": case_id, "repeat": repeat, "status": "scored", **result}
    return StoredResult(Case(id=case_id, inputs={}), CaseResult.model_validate(given), ())


RUN = [stored(f"c{i}", repeat) for i in range(40) for repeat in range(2)]


def keys(drawn: list[DrawnAnswer]) -> list[tuple[str, str, int]]:
    return [each.key for each in drawn]


def test_one_answer_of_each_case_in_an_order_that_the_seed_decides() -> None:
    drawn = draw_answers({"r": RUN}, seed=0)
    assert sorted(each.stored.case.id for each in drawn) == sorted({f"c{i}" for i in range(40)})
    assert keys(draw_answers({"r": RUN[::-1]}, seed=0)) != []
    assert keys(drawn) == keys(draw_answers({"r": RUN}, seed=0))
    assert keys(drawn) != keys(draw_answers({"r": RUN}, seed=1))
    assert {each.stored.result.repeat for each in drawn} == {0, 1}


def test_the_arms_of_a_case_stand_together_in_a_random_order() -> None:
    drawn = draw_answers({"a": RUN, "b": RUN}, seed=3)
    pairs = list(zip(drawn[::2], drawn[1::2], strict=True))
    assert all(one.stored.case.id == other.stored.case.id for one, other in pairs)
    assert {one.run for one, _ in pairs} == {"a", "b"}


def test_only_what_every_run_answered_is_drawn() -> None:
    errored = stored("c0", status="errored")
    drawn = draw_answers({"a": [errored, stored("c1")], "b": RUN}, seed=0)
    assert {each.stored.case.id for each in drawn} == {"c1"}
    with pytest.raises(InputError, match="no case has an answer in a and b"):
        draw_answers({"a": [errored], "b": RUN}, seed=0)


def test_a_failure_of_the_product_needs_nobody_to_look_at_it() -> None:
    failure = Failure(kind="timeout", message="late")
    assert DrawnAnswer("r", stored("c", failure=failure)).is_failed
    assert not DrawnAnswer("r", stored("c")).is_failed
