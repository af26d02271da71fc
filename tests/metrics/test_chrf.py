import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from genaiops.metrics.chrf import chrf

TEXTS = st.text(st.sampled_from("abcdé 東-."), max_size=40)


@given(TEXTS, TEXTS)
def test_chrf_is_that_of_sacrebleu(answer: str, expected: str) -> None:
    if answer.split() and expected.split():
        reference = CHRF().sentence_score(answer, [expected]).score / 100
        assert chrf(answer, (expected,)) == pytest.approx(reference)


@given(TEXTS)
def test_a_text_is_like_itself(text: str) -> None:
    assert chrf(text, (text,)) == pytest.approx(1)


def test_nothing_is_like_nothing_only() -> None:
    assert chrf(" ", ("",)) == 1
    assert chrf("", ("a",)) == 0


def test_of_several_expected_texts_the_best_counts() -> None:
    assert chrf("two weeks", ("a month", "two weeks")) == pytest.approx(1)
