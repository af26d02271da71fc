"""What the claims of an answer may rest on: passages, cut into windows that are compared. Pure."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from genaiops.metrics.claims import split_sentences
from genaiops.metrics.names import plain_name, possible_names
from genaiops.metrics.numbers_held import Numbers, numbers_in
from genaiops.metrics.quantities import Quantity
from genaiops.metrics.tokens import content_of, stems_of, tokens_of
from genaiops.models.sentences import Unit
from genaiops.records import Passage


@dataclass(frozen=True, slots=True)
class Window:
    """A unit of a passage: a sentence, a row, or a cell of a table with what it is a cell of.

    `sequence` are its own content words in order; `words` are those, those of the unit before, and
    those of the headings above.
    """

    document: str
    text: str
    sequence: tuple[str, ...]
    own: frozenset[str]
    words: frozenset[str]

    @property
    def tokens(self) -> frozenset[str]:
        """All its tokens."""
        return frozenset(tokens_of(self.text))

    @property
    def numbers(self) -> Numbers:
        """The numbers of its text."""
        return numbers_in(self.text)


@dataclass(frozen=True, slots=True)
class _Text:
    """What a passage holds: windows, cells of tables, and its words and neighboring stems."""

    windows: tuple[Window, ...]
    cells: tuple[Window, ...]
    stems: frozenset[str]
    neighbors: frozenset[tuple[str, str]]
    joined: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """Words with the weight of each and of all."""

    words: frozenset[str]
    weights: Mapping[str, float]
    total: float

    def share(self, held: frozenset[str]) -> float:
        """The weight of those that are held, of that of all."""
        shared = self.words & held
        return math.fsum(map(self.weights.__getitem__, shared)) / self.total if shared else 0.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """All that claims may rest on.

    `units` are the windows and, behind them, cells; `held_by` has the places among them of those
    that hold a word. `stems` and `neighbors` are the words of the passages and the pairs that
    follow each other, `given` the texts of passages and inputs, `joined` those of passages as
    tokens.
    """

    windows: Sequence[Window]
    units: Sequence[Window]
    held_by: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]
    rarest: float
    stems: frozenset[str]
    neighbors: frozenset[tuple[str, str]]
    given: Sequence[str]
    joined: Sequence[str]

    def weigh(self, words: Collection[str]) -> "Weighed":
        """Words with their weights: those that few windows have weigh more."""
        weights = {word: self.weights.get(word, self.rarest) for word in words}
        return Weighed(frozenset(words), weights, math.fsum(weights.values()))

    def best(self, words: Collection[str]) -> tuple[Window | None, float]:
        """The window that holds most of the words, and the share; of equals that with its own."""
        weighed = self.weigh(words)
        window, most = next(iter(self.windows), None), (0.0, 0.0)
        for each in self.holding(words, self.windows):
            share = weighed.share(each.words)
            if share >= most[0] and (share, own := weighed.share(each.own)) > most:
                window, most = each, (share, own)
        return window, most[0]

    def holding(self, words: Collection[str], among: Sequence[Window]) -> Iterator[Window]:
        """Those of the windows, or of the units, that hold one of the words, in order."""
        places = {place for word in words for place in self.held_by.get(word, ())}
        return (among[place] for place in sorted(places) if place < len(among))

    def has_number(self, wanted: Quantity) -> bool:
        """Whether a passage or an input has this number, with no other kind of unit."""
        return any(numbers_in(text).has(wanted) for text in self.given)

    def has_name(self, name: str) -> bool:
        """Whether a passage or an input has this word, in any case."""
        return any(plain_name(name) in possible_names(text) for text in self.given)

    def says(self, tokens: Sequence[str]) -> bool:
        """Whether a passage has these tokens in a row."""
        said = f" {' '.join(tokens)} "
        return any(said in text for text in self.joined)


def grounds_of(passages: Sequence[Passage], inputs: Sequence[str]) -> Grounds:
    """The grounds that passages give; one that is there twice counts once.

    Args:
        passages: What an answer should rest on.
        inputs: Texts whose numbers and names an answer may repeat.
    """
    texts = [_text(*key) for key in dict.fromkeys((each.document, each.text) for each in passages)]
    windows = [window for text in texts for window in text.windows]
    held_by = defaultdict[str, list[int]](list)
    units = [*windows, *(cell for text in texts for cell in text.cells)]
    for place, unit in enumerate(units):
        for word in unit.words:
            held_by[word].append(place)
    return Grounds(
        windows=windows,
        units=units,
        held_by=held_by,
        weights=_weights(held_by, len(windows)),
        rarest=_weight(0, len(windows)),
        stems=frozenset[str]().union(*(text.stems for text in texts)),
        neighbors=frozenset[tuple[str, str]]().union(*(text.neighbors for text in texts)),
        given=[*dict.fromkeys(each.text for each in passages), *inputs],
        joined=[text.joined for text in texts],
    )


def _weights(held_by: Mapping[str, Sequence[int]], windows: int) -> Mapping[str, float]:
    """The weight of each word, by how many of the windows, which come first, hold it."""
    by_count = [_weight(count, windows) for count in range(windows + 1)]
    return {word: by_count[bisect_left(places, windows)] for word, places in held_by.items()}


def _weight(count: int, windows: int) -> float:
    return math.log(1 + (windows + 1) / (count + 0.5))


@lru_cache(maxsize=256)
def _text(document: str, text: str) -> _Text:
    """Read a passage; kept, as passages come again from case to case."""
    tokens, units = tokens_of(text), list(split_sentences(text))
    stems = stems_of(tokens)
    return _Text(
        windows=tuple(_windows(document, units)),
        cells=tuple(_cells(document, units)),
        stems=frozenset(stems),
        neighbors=frozenset(pairwise(stems)),
        joined=f" {' '.join(tokens)} ",
    )


def _windows(document: str, units: Sequence[Unit]) -> Iterator[Window]:
    """The units that say something; what stands above them is around them."""
    headings = before = frozenset[str]()
    for unit in units:
        window = _window(document, unit.text, before | headings)
        if unit.kind == "heading" and len(units) > 1:
            headings = headings | window.own
        else:
            yield window
        before = window.own


def _cells(document: str, units: Sequence[Unit]) -> Iterator[Window]:
    """Each cell of a table below its heading, with the first cell of its row."""
    heads = list[str]()
    for unit in units:
        cells = [cell.strip() for cell in unit.text.strip().strip("|").split("|")]
        if unit.kind == "row":
            for head, cell in list(zip(heads, cells, strict=False))[1:]:
                yield _window(document, f"{cells[0]} {head} {cell}", frozenset())
        else:
            is_head = unit.kind == "heading" and unit.text.startswith("|")
            heads = cells if is_head else []


def _window(document: str, text: str, around: frozenset[str]) -> Window:
    sequence = tuple(content_of(text))
    own = frozenset(sequence)
    return Window(
        document=document,
        text=text,
        sequence=sequence,
        own=own,
        words=around | own,
    )


def forget_passages() -> None:
    """Read passages anew from here on, as a measurement of the time that takes needs it."""
    for function in (_text, numbers_in, possible_names):
        function.cache_clear()
