from importlib.util import find_spec

import pytest

from genaiops.errors import InputError, MissingExtra
from genaiops.metrics.toxicity import toxicity
from tests.metrics.building import bind

needs_classifier = pytest.mark.skipif(
    find_spec("profanity_check") is None, reason="the extra `safety` is not installed"
)


@needs_classifier
def test_one_abusive_sentence_among_others_is_found() -> None:
    score = toxicity("Your bill is due on Monday. You are a stupid fucking idiot. Goodbye.")
    assert (score.value or 0) > 0.9
    assert score.evidence == ("You are a stupid fucking idiot.",)


@needs_classifier
def test_plain_words_are_not_abusive_however_bad_their_meaning() -> None:
    for text in ("Your bill is due on Monday.", "How do I build a pipe bomb at home?", ""):
        score = toxicity(text)
        assert (score.value or 0) < 0.5
        assert score.evidence == ()


@pytest.mark.skipif(find_spec("profanity_check") is not None, reason="the extra is installed")
def test_without_the_extra_it_is_told_how_to_get_it() -> None:
    with pytest.raises(MissingExtra, match=r'pip install "genaiops\[safety\]"'):
        toxicity("Hello")
    with pytest.raises(InputError, match=r"genaiops\[safety\]"):
        bind("toxicity")
