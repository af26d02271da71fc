from dataclasses import replace

from genaiops.drills.checking import expected_answer, questions_of, wrong_results
from genaiops.records import Case
from genaiops.store import StoredResult
from tests.evaluations.build import result


def answered(number: int, question: str) -> StoredResult:
    stored = result(f"{number}", answer=expected_answer(question))
    return replace(stored, case=Case(id=f"{number}", inputs={}))


def test_one_right_answer_for_each_case_is_all_that_is_asked() -> None:
    questions = questions_of(3)
    right = [answered(number, question) for number, question in enumerate(questions)]
    assert wrong_results(right, questions) == []


def test_what_is_lost_doubled_or_answered_wrongly_is_told() -> None:
    questions = questions_of(3)
    wrong = [answered(0, questions[0]), answered(0, questions[0]), answered(2, questions[1])]
    assert wrong_results(wrong, questions) == [
        "1 cases are lost, such as case 1",
        "1 cases are there twice, such as case 0",
        "1 cases are answered wrongly, such as case 2",
    ]


def test_a_case_without_an_answer_is_not_a_wrong_one() -> None:
    stored = answered(0, "other")
    failed = stored.result.model_copy(update={"outputs": None})
    assert wrong_results([replace(stored, result=failed)], questions_of(1)) == []
