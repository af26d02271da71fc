import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.index.chunking import Span, TokenSpans, chunk

PIECES = st.sampled_from(
    ["# Head\n\n", "## Two\n", "Some words. ", "x", "\n\n", "\n", " ", "Why? ", "。", "日本", "\t",
     "…", "a" * 40, "\x00", "- item\n", "é\u0301", "🙂"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))
SIZES = st.integers(16, 40)


def word_spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


def cut(text: str, size: int, overlap: int = 0) -> list[str]:
    return [text[span.start : span.end] for span in chunk(text, size, overlap)]


MEASURES = st.sampled_from([None, word_spans])


@given(TEXTS, SIZES, st.integers(0, 8), MEASURES)
def test_chunks_hold_all_that_is_not_white_space(
    text: str, size: int, overlap: int, measure: TokenSpans | None
) -> None:
    held: set[int] = set()
    for span in chunk(text, size, overlap, token_spans=measure):
        held.update(range(span.start, span.end))
    assert all(char.isspace() or i in held for i, char in enumerate(text))


@given(TEXTS, SIZES, st.integers(0, 8), MEASURES)
def test_starts_and_ends_rise_and_no_chunk_has_white_space_at_its_ends(
    text: str, size: int, overlap: int, measure: TokenSpans | None
) -> None:
    spans = chunk(text, size, overlap, token_spans=measure)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(spans))
    for span in spans:
        piece = text[span.start : span.end]
        assert piece
        assert piece == piece.strip()


@given(TEXTS, SIZES, st.integers(0, 8))
def test_a_chunk_has_at_most_size_characters(text: str, size: int, overlap: int) -> None:
    assert all(span.end - span.start <= size for span in chunk(text, size, overlap))


@given(TEXTS, SIZES, st.integers(0, 8))
def test_a_chunk_touches_at_most_size_tokens(text: str, size: int, overlap: int) -> None:
    tokens = word_spans(text)
    for span in chunk(text, size, overlap, token_spans=word_spans):
        assert sum(start < span.end and end > span.start for start, end in tokens) <= size


@given(TEXTS, SIZES, st.integers(0, 8), MEASURES)
def test_the_same_text_is_cut_the_same_way(
    text: str, size: int, overlap: int, measure: TokenSpans | None
) -> None:
    once = chunk(text, size, overlap, token_spans=measure)
    assert once == chunk(text, size, overlap, token_spans=measure)


@given(TEXTS, SIZES)
def test_without_overlap_no_character_is_in_two_chunks(text: str, size: int) -> None:
    spans = chunk(text, size)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(TEXTS, SIZES, st.integers(1, 8))
def test_neighbors_share_at_most_overlap_characters(text: str, size: int, overlap: int) -> None:
    spans = chunk(text, size, overlap)
    assert all(a.end - b.start <= overlap for a, b in pairwise(spans))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=20).map(sorted))
def test_odd_tokens_of_a_tokenizer_lose_nothing(tokens: list[tuple[int, int]]) -> None:
    text = "word " * 12
    held: set[int] = set()
    for span in chunk(text, 16, 4, token_spans=lambda _: tokens):
        held.update(range(span.start, span.end))
    assert all(char == " " or i in held for i, char in enumerate(text))


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \n\t ", [], id="only white space"),
        pytest.param("short", ["short"], id="fits"),
        pytest.param("first part\n\nsecond part", ["first part", "second part"], id="paragraphs"),
        pytest.param("a line here\nanother line", ["a line here", "another line"], id="lines"),
        pytest.param("It is so. Is it? Yes!", ["It is so. Is it?", "Yes!"], id="sentences"),
        pytest.param("seven words of one", ["seven words of", "one"], id="words"),
        pytest.param("x" * 40, ["x" * 16, "x" * 16, "x" * 8], id="inside of a word"),
        pytest.param("これは一文である。次も文。", ["これは一文である。次も文。"], id="cjk"),
        pytest.param("あ" * 12 + "。" + "い" * 8, ["あ" * 12 + "。", "い" * 8], id="cjk sentences"),
    ],
)
def test_text_is_cut_at_the_best_boundary_that_fits(text: str, chunks: list[str]) -> None:
    assert cut(text, 16) == chunks


def test_words_overlap_when_asked_to() -> None:
    assert cut("aaa bbb ccc ddd eee fff", 16, 8) == ["aaa bbb ccc ddd", "ccc ddd eee fff"]


def test_a_long_word_is_cut_into_overlapping_windows() -> None:
    assert chunk("x" * 30, 16, 4) == (Span(0, 16), Span(12, 28), Span(24, 30))


@pytest.mark.parametrize("size", [24, 32, 48])
def test_a_heading_stays_with_what_follows(size: int) -> None:
    text = "# A title\n\n## Part\n\nOne sentence. Another one.\n\n## Next\n\nThe end of it all."
    assert not any(re.search(r"^#+ [^\n]*\Z", piece, re.MULTILINE) for piece in cut(text, size))


def test_cuts_before_headings_are_preferred() -> None:
    text = "## One\n\nText a.\n\nText b.\n\n## Two\n\nText c."
    assert cut(text, 32) == ["## One\n\nText a.\n\nText b.", "## Two\n\nText c."]


@pytest.mark.parametrize("word", ["x" * 100_000, "\x00" * 100_000], ids=["token", "no token"])
def test_a_tokenizer_that_sees_one_token_or_none_still_gives_bounded_chunks(word: str) -> None:
    def one_token(text: str) -> list[tuple[int, int]]:
        return [(0, len(text))] if "x" in text else []

    spans = chunk(word, 16, token_spans=one_token)
    assert max(span.end - span.start for span in spans) <= 16 * 64


@pytest.mark.parametrize("piece", ["x", "word. ", "# H\n\n", "\n \n", "a\n"])
def test_measuring_work_grows_with_the_length_of_the_text(piece: str) -> None:
    """Twice the text gives about twice the chunks, and one look at its tokens."""
    looks: list[int] = []

    def spans(text: str) -> list[tuple[int, int]]:
        looks.append(len(text))
        return word_spans(text)

    once, twice = (chunk(piece * n, 50, token_spans=spans) for n in (2_000, 4_000))
    assert abs(len(twice) - 2 * len(once)) <= 1
    assert looks == [2_000 * len(piece), 4_000 * len(piece)]
