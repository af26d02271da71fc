import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets.tally import Tally

TEXTS = st.lists(st.text("ab", max_size=3))


@given(TEXTS)
def test_what_came_twice_is_among_the_repeated(texts: list[str]) -> None:
    tally = tallied(texts)
    assert tally.repeated == {hash(text) for text in texts if texts.count(text) > 1}


@given(TEXTS)
def test_texts_are_counted_once_and_in_all(texts: list[str]) -> None:
    tally = tallied(texts)
    assert (tally.distinct, len(tally)) == (len(set(texts)), len(texts))


def test_no_text_is_held() -> None:
    count = 10_000
    tracemalloc.start()
    tally = tallied([])
    for number in range(count):
        tally.add(f"case-{number}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(tally), held / count < 10) == (count, True)  # bytes


def tallied(texts: list[str]) -> Tally:
    tally = Tally()
    for text in texts:
        tally.add(text)
    return tally
