"""How far a judge and people agree on labelled answers; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import median_low

import numpy as np
from numpy.typing import NDArray

from genaiops.stats import (
    Measured,
    Threshold,
    ac1,
    balanced_threshold,
    coincidences,
    kappa,
    krippendorff_alpha,
    measured,
    rating_pairs,
    share_agreeing,
)

Rating = float | str
"""A number, or a word that has no place among others."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rated:
    """One answer: what each of its raters gave, at least one, and what the judge gave."""

    people: tuple[Rating, ...]
    judge: Rating


@dataclass(frozen=True)
class Agreement:
    """Answers that people and a judge rated, all or a part of a `whole`.

    Ratings are all numbers or all words. What people say of an answer is the middle one of its
    numbers, the lower one of two; of words it is the one that most raters gave, and an answer
    without such a word is `split` and set aside. Of two numbers the judge says the higher one
    from a threshold on, unless it gives just those two; of more, the nearest one, and of whole
    numbers also one that people never say.
    """

    answers: tuple[Rated, ...]
    whole: "Agreement | None" = None

    def on(self, answers: Iterable[Rated]) -> "Agreement":
        """Some of the answers by themselves, with the categories and the threshold of all."""
        return Agreement(tuple(answers), whole=self)

    @cached_property
    def is_words(self) -> bool:
        """Whether ratings are words."""
        if self.whole is not None:
            return self.whole.is_words
        return any(isinstance(each, str) for rated in self.answers for each in rated.people)

    @cached_property
    def categories(self) -> tuple[Rating, ...]:
        """What can be said, in order: all that people say.

        Also what the judge says, where these are words, or people say one thing only; and of more
        than two whole numbers those that its scores are nearest to.
        """
        if self.whole is not None:
            return self.whole.categories
        said = {each for rated in self.answers for each in rated.people}
        if self.is_words or len(said) == 1:
            said |= {rated.judge for rated in self.answers}
        elif len(said) > 2 and all(_number(each).is_integer() for each in said):
            said |= {float(round(_number(rated.judge))) for rated in self.answers}
        return tuple(sorted(said, key=lambda each: (isinstance(each, str), each)))

    @cached_property
    def values(self) -> list[float] | None:
        """The categories as numbers where their distances mean something: more than two numbers."""
        if self.is_words or len(self.categories) < 3:
            return None
        return [float(each) for each in self.categories]

    @cached_property
    def kept(self) -> tuple[Rated, ...]:
        """The answers of which people say one thing."""
        return tuple(rated for rated in self.answers if self._said(rated.people) is not None)

    @property
    def split(self) -> int:
        """How many answers people are split about."""
        return len(self.answers) - len(self.kept)

    @cached_property
    def threshold(self) -> Threshold | None:
        """From which score the judge says the higher of two numbers.

        None for words, for grades, and for a judge that says one of the two numbers itself.
        """
        if self.whole is not None:
            return self.whole.threshold
        if self.is_words or len(self.categories) != 2:
            return None
        if all(rated.judge in self.categories for rated in self.answers):
            return None
        higher = self.categories[1]
        people = [self._said(rated.people) == higher for rated in self.kept]
        return balanced_threshold(people, [_number(rated.judge) for rated in self.kept])

    @cached_property
    def table(self) -> _Floats:
        """How often people (rows) and judge (columns) say each category; shape (k, k)."""
        return self._pairs.sum(0)

    @cached_property
    def agreeing(self) -> Measured:
        """The share of answers on which people and judge say the same."""
        return measured(self._pairs, share_agreeing)

    @cached_property
    def kappa(self) -> Measured:
        return measured(self._pairs, kappa)

    @cached_property
    def weighted_kappa(self) -> Measured | None:
        """With squared distances; None where categories have none."""
        if self.values is None:
            return None
        return measured(self._pairs, partial(kappa, values=self.values))

    @cached_property
    def ac1(self) -> Measured:
        return measured(self._pairs, ac1)

    @cached_property
    def alpha(self) -> Measured:
        """Krippendorff's alpha of people, taken as one rater, and judge."""
        both = self._pairs + np.swapaxes(self._pairs, 1, 2)
        return measured(both, self._alpha)

    @cached_property
    def raters_agreeing(self) -> Measured:
        """How often two raters of an answer say the same; None where no answer has two."""
        return measured(self._coincidences, share_agreeing)

    @cached_property
    def raters_alpha(self) -> Measured:
        """Krippendorff's alpha among the raters."""
        return measured(self._coincidences, self._alpha)

    @cached_property
    def judge_agreeing(self) -> Measured:
        """How often the judge says what one of the raters of an answer does, as drawn at random.

        To be set beside `raters_agreeing`: a rater is compared with one rater there, too, while the
        middle of several is steadier than any of them.
        """
        return measured(self._with_each, share_agreeing)

    @property
    def _k(self) -> int:
        return max(len(self.categories), 2)

    @cached_property
    def _places(self) -> dict[Rating, int]:
        return {each: place for place, each in enumerate(self.categories)}

    def _said(self, people: Sequence[Rating]) -> Rating | None:
        if not self.is_words:
            return median_low([_number(each) for each in people])
        counts = {each: people.count(each) for each in people}
        most = [each for each, count in counts.items() if count == max(counts.values())]
        return most[0] if len(most) == 1 else None

    def _judged(self, rated: Rated) -> int:
        """The place of the category that the judge says."""
        if self.is_words:
            return self._places[rated.judge]
        score = _number(rated.judge)
        if self.threshold is not None:
            return int(score >= self.threshold.value)
        near = [abs(float(each) - score) for each in self.categories]
        return near.index(min(near))

    @cached_property
    def _pairs(self) -> _Floats:
        said = [self._said(rated.people) for rated in self.kept]
        people = [self._places[each] for each in said if each is not None]
        return rating_pairs(people, [self._judged(rated) for rated in self.kept], self._k)

    @cached_property
    def _coincidences(self) -> _Floats:
        ratings = [[self._places[each] for each in rated.people] for rated in self.answers]
        return coincidences(ratings, self._k)

    @cached_property
    def _with_each(self) -> _Floats:
        tables = np.zeros((len(self.answers), self._k, self._k))
        for table, rated in zip(tables, self.answers, strict=True):
            for each in rated.people:
                table[self._places[each], self._judged(rated)] += 1 / len(rated.people)
        return tables

    def _alpha(self, tables: _Floats) -> _Floats:
        return krippendorff_alpha(tables, self.values)


def _number(rating: Rating) -> float:
    """A rating that is known to be a number."""
    return float(rating)
