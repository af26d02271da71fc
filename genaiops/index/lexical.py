"""Lexical search: which passage holds which words how often, and BM25 over that."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genaiops.index.ranking import best_rows

K1 = 1.2
B = 0.75
WORDS_FILE = "words.txt"
POSTINGS_FILE = "postings.npy"
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\w+|[^\w\s]")


def words(text: str) -> list[str]:
    """The words of a text in lower case: runs of letters, digits and underscores of any script."""
    return _WORD.findall(text.lower())


def word_spans(text: str) -> list[tuple[int, int]]:
    """The (start, end) of words and single signs: tokens where there is no embedder's tokenizer."""
    return [match.span() for match in _PIECE.finditer(text)]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Postings of all words.

    `postings` has shape (n, 3): word, row and count, sorted by word, then row. The postings of word
    w are those from `first[w]` to `first[w + 1]`. `lengths` counts the words of each row.
    """

    vocabulary: dict[str, int]
    postings: NDArray[np.int32]
    first: NDArray[np.int64]
    lengths: NDArray[np.float64]

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """The k best rows that hold a word of the query, with their BM25 scores.

        Source: Robertson and Zaragoza (2009), The probabilistic relevance framework, 3.4, with
        ln(1 + …) as idf, which is never negative.
        """
        scores = np.zeros(len(self.lengths))
        norms = K1 * (1 - B + B * self.lengths / max(float(self.lengths.mean()), 1.0))
        for word in dict.fromkeys(words(query)):
            place = self.vocabulary.get(word)
            if place is None:
                continue
            found = self.postings[self.first[place] : self.first[place + 1]]
            rows, counts = found[:, 1], found[:, 2]
            idf = np.log1p((len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += idf * counts * (K1 + 1) / (counts + norms[rows])
        return [(row, score) for row, score in best_rows(scores, k) if score > 0]


def write_lexicon(folder: Path, texts: Iterable[str]) -> None:
    """Count the words of texts, row by row, and write them down."""
    numbers: dict[str, int] = {}
    flat = array("i")
    for row, text in enumerate(texts):
        for word, count in Counter(words(text)).items():
            flat.extend((numbers.setdefault(word, len(numbers)), row, count))
    vocabulary = sorted(numbers)
    places = np.empty(len(numbers), dtype=np.int32)
    places[[numbers[word] for word in vocabulary]] = np.arange(len(numbers), dtype=np.int32)
    postings = np.frombuffer(flat, dtype=np.int32).reshape(-1, 3).copy()
    postings[:, 0] = places[postings[:, 0]]
    order = np.lexsort((postings[:, 1], postings[:, 0]))
    np.save(folder / POSTINGS_FILE, postings[order], allow_pickle=False)
    (folder / WORDS_FILE).write_bytes("\n".join(vocabulary).encode())


def read_lexicon(folder: Path, rows: int) -> Lexicon:
    """Open what was written, mapped into memory."""
    vocabulary = _vocabulary((folder / WORDS_FILE).read_bytes().decode().split("\n"))
    postings: NDArray[np.int32] = np.load(folder / POSTINGS_FILE, mmap_mode="r", allow_pickle=False)
    first = np.searchsorted(postings[:, 0], np.arange(len(vocabulary) + 1))
    lengths = np.bincount(postings[:, 1], weights=postings[:, 2], minlength=rows).astype(float)
    return Lexicon(vocabulary, postings, first, lengths)


def _vocabulary(listed: Sequence[str]) -> dict[str, int]:
    return {word: place for place, word in enumerate(listed) if word}
