from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.reports.html.words import MAX_WORDS, Piece, compare_words

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "b.", " ", "\n", ", ", "漢字"]), max_size=14).map(
    " ".join
)


def own(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_own]


def longest_common(a: list[str], b: list[str]) -> int:
    lengths = {(i, j): 0 for i in range(len(a) + 1) for j in range(len(b) + 1)}
    for i, j in product(range(len(a)), range(len(b))):
        best = max(lengths[i, j + 1], lengths[i + 1, j])
        lengths[i + 1, j + 1] = lengths[i, j] + 1 if a[i] == b[j] else best
    return lengths[len(a), len(b)]


@given(TEXTS, TEXTS)
def test_pieces_add_up_to_the_texts_and_what_is_shared_is_shared_by_both(a: str, b: str) -> None:
    found = compare_words(a, b)
    if found is None:
        return
    assert "".join(piece.text for piece in found.first) == a
    assert "".join(piece.text for piece in found.second) == b
    kept = [
        "".join(piece.text for piece in side if not piece.is_own).split()
        for side in (found.first, found.second)
    ]
    assert "".join(kept[0]) == "".join(kept[1])


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_as_many_words_are_kept_as_can_be(a: list[str], b: list[str]) -> None:
    found = compare_words(" ".join(a), " ".join(b))
    shared = longest_common(a, b)
    if found is None:
        assert shared < 0.4 * (len(a) + len(b)) / 2
        assert shared < 0.8 * min(len(a), len(b)) or not a or not b
    else:
        words = " ".join(piece.text for piece in found.first if piece.is_own).split()
        assert len(a) - len(words) == shared


def test_only_the_words_that_differ_are_marked_and_no_space_at_their_end() -> None:
    found = compare_words("It costs £12.50 a month.", "It costs £13 each month.")
    assert found is not None
    assert own(found.first) == ["12.50 a"]
    assert own(found.second) == ["13 each"]
    assert [piece.text for piece in found.second] == ["It costs £", "13 each", " month."]


def test_equal_texts_have_no_marks() -> None:
    found = compare_words("The same.\n\nTwice.", "The same.\n\nTwice.")
    assert found is not None
    assert own(found.first) == own(found.second) == []


def test_other_texts_are_not_marked_as_edits() -> None:
    assert compare_words("The handbook does not say.", "If it rains, a bus will come.") is None


def test_too_long_texts_are_not_compared() -> None:
    assert compare_words("a " * (MAX_WORDS + 1), "a") is None


def test_a_text_of_the_longest_length_is_compared_at_once() -> None:
    long = " ".join(str(number % 97) for number in range(MAX_WORDS))
    found = compare_words(long, f"{long} end"[2:])
    assert found is not None
    assert own(found.first) == ["0"]
