from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.words import estimated_tokens, token_spans


@given(st.text())
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    spans = token_spans(text)
    assert "".join(text[start:end] for start, end in spans) == "".join(text.split())
    assert spans == sorted(spans)


def test_an_estimate_is_never_less_than_a_quarter() -> None:
    assert [estimated_tokens("x" * length) for length in (0, 1, 4, 5)] == [0, 1, 1, 2]
