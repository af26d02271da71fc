import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.index.lexical import Lexicon, read_lexicon, word_spans, words, write_lexicon

TEXTS = ["The cat sat on the mat", "the dog", "", "Cat cat CAT dog bird"]


def lexicon(folder: Path, texts: list[str]) -> Lexicon:
    write_lexicon(folder, texts)
    return read_lexicon(folder, len(texts))


def bm25(query: str, texts: list[str], row: int) -> float:
    """The formula as it is printed, word by word."""
    rows = [words(text) for text in texts]
    mean = max(sum(map(len, rows)) / len(rows), 1.0)
    score = 0.0
    for word in set(words(query)):
        n = sum(word in one for one in rows)
        tf = rows[row].count(word)
        idf = math.log(1 + (len(rows) - n + 0.5) / (n + 0.5))
        score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(rows[row]) / mean))
    return score


@pytest.mark.parametrize("query", ["cat", "the dog", "bird on the MAT?", "cat cat cat"])
def test_scores_are_bm25(tmp_path: Path, query: str) -> None:
    expected = {row: round(bm25(query, TEXTS, row), 6) for row in range(len(TEXTS))}
    found = dict(lexicon(tmp_path, TEXTS).search(query, 10))
    assert found == pytest.approx({row: score for row, score in expected.items() if score})


def test_only_rows_with_a_word_of_the_query_are_found(tmp_path: Path) -> None:
    assert [row for row, _ in lexicon(tmp_path, TEXTS).search("dog", 10)] == [1, 3]


@pytest.mark.parametrize("query", ["", "?!", "unknown", " \n"])
def test_a_query_without_a_known_word_finds_nothing(tmp_path: Path, query: str) -> None:
    assert lexicon(tmp_path, TEXTS).search(query, 10) == []


def test_texts_without_words_are_searched_too(tmp_path: Path) -> None:
    assert lexicon(tmp_path, ["...", "?"]).search("dog", 10) == []


def test_equal_texts_come_in_the_order_of_their_rows(tmp_path: Path) -> None:
    found = lexicon(tmp_path, ["b", "same words", "same words", "same words"]).search("same", 2)
    assert [row for row, _ in found] == [1, 2]


@given(text=st.text(max_size=60))
def test_a_text_of_any_script_is_found_by_itself(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    found = lexicon(tmp_path_factory.mktemp("lexicon"), [text, "other"]).search(text, 2)
    assert [row for row, _ in found[:1]] == ([0] if words(text) else [])


def test_what_was_written_is_the_same_for_the_same_texts(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_lexicon(tmp_path / name, TEXTS)
    for file in ("words.txt", "postings.npy"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_spans_of_words_and_signs() -> None:
    assert word_spans("£30, é!") == [(0, 1), (1, 3), (3, 4), (5, 6), (6, 7)]
