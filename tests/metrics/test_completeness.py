import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.completeness import completeness
from tests.metrics.building import bind, case_of, run_of

EXPECTED = "You can return it within 30 days. The post is free. Send it to the Leeds office."
SENTENCES = st.sampled_from(
    ["You can return it.", "It takes 30 days.", "I don't know.", "Is it so?", "Yes.", "£150", ""]
)
TEXTS = st.lists(SENTENCES, max_size=4).map(" ".join)


def value_of(answer: str, *expected: str, inputs: str | None = None) -> float:
    score = completeness(answer, expected or (EXPECTED,), inputs)
    assert score.value is not None, score.reason
    return score.value


def test_an_answer_that_says_the_same_is_complete() -> None:
    score = completeness(f"Of course. {EXPECTED} Thank you!", (EXPECTED,))
    assert (score.value, score.explanation) == (1, "3 of 3 expected sentences held")


def test_what_is_missing_lowers_the_score_and_is_told() -> None:
    part = completeness("You can return it within 30 days, and the post is free.", (EXPECTED,))
    assert 0.4 < (part.value or 0) < 0.7
    assert part.explanation == "2 of 3 expected sentences held"
    assert part.evidence[0].startswith("Send it to the Leeds office. (held 0.00; nearest: You can")


def test_what_the_answer_says_beside_is_not_judged() -> None:
    assert value_of(f"{EXPECTED} Penguins live in the south.") == value_of(EXPECTED)


@pytest.mark.parametrize(
    "wrong",
    ["You can return it within 60 days.", "You cannot return it within 30 days.", "Penguins swim."],
)
def test_another_number_a_negation_and_another_matter_lower_the_score(wrong: str) -> None:
    assert value_of(wrong, "You can return it within 30 days.") < 0.6


def test_of_several_expected_answers_the_best_held_counts() -> None:
    answer = "It costs £15."
    assert value_of(answer, "It costs £12.", "It costs £15.") == value_of(answer, "It costs £15.")


def test_numbers_of_the_question_need_not_be_repeated() -> None:
    expected = "After 12 months the deposit is sent back by post."
    answer = "Then the deposit is sent back by post."
    asked = "What happens after 12 months?"
    assert value_of(answer, expected, inputs=asked) > value_of(answer, expected)


@pytest.mark.parametrize("answer", ["I don't know.", "The handbook does not say where to send it."])
def test_a_refusal_holds_nothing(answer: str) -> None:
    score = completeness(answer, (EXPECTED,))
    assert (score.value, score.explanation) == (0, "the answer refuses")


@pytest.mark.anyio
@pytest.mark.parametrize("expected", ["The handbook does not say.", "Yes.", ""])
async def test_a_case_that_expects_no_claim_is_not_scored(expected: str) -> None:
    told = "not applicable: the expected answer claims nothing"
    assert completeness("It costs £5.", (expected,)).reason == told
    score = await bind("completeness").score(case_of({"answer": expected}), run_of("It costs £5."))
    assert score.reason == told


@given(answer=TEXTS, expected=TEXTS)
def test_a_score_is_within_its_range_or_has_a_reason(answer: str, expected: str) -> None:
    score = completeness(answer, (expected,))
    assert score.reason if score.value is None else 0 <= score.value <= 1


@given(TEXTS)
def test_an_answer_holds_itself_unless_it_refuses(text: str) -> None:
    score = completeness(text, (text,))
    assert score.value in {None, 0.0, 1.0}
    assert score.value != 0 or score.explanation == "the answer refuses"


@pytest.mark.parametrize(
    ("answer", "expected"), [("九時です。", "九時。"), ("At nine.", "九時です。")]
)
def test_letters_without_blanks_have_no_score(answer: str, expected: str) -> None:
    assert "no blanks" in (completeness(answer, (expected,)).reason or "")
