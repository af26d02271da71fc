"""Questions about means: what has to be drawn for an answer, and the answer from what was drawn.

Draws are the dear part of Gaffke's bounds. So what is asked of a run is gathered before anything is
drawn, and one set of random weights serves all means of equally many units.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from genaiops.stats import MeanDraws, Units, draw_together

_QUESTIONS_AT_ONCE = 32

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """`answer` takes the draws of the `means`, in their order."""

    means: tuple[Units, ...]
    answer: Callable[[Sequence[MeanDraws]], T]

    def then(self, tell: Callable[[T], U]) -> "Question[U]":
        """The question whose answer is told from the answer of this one."""
        return Question(self.means, lambda draws: tell(self.answer(draws)))

    def beside(self, other: "Question[U]") -> "Question[tuple[T, U]]":
        """Both questions as one."""
        here = len(self.means)
        return Question(
            (*self.means, *other.means),
            lambda draws: (self.answer(draws[:here]), other.answer(draws[here:])),
        )


def settled(answer: T) -> Question[T]:
    """A question that takes no draws."""
    return Question((), lambda _: answer)


def answers(questions: Sequence[Question[T]], *, seed: int) -> list[T]:
    """The answers, in the order of the questions; few draws are held at a time."""
    told: dict[int, T] = {}
    for places in _batches(questions):
        means = [mean for place in places for mean in questions[place].means]
        draws = iter(draw_together(means, seed=seed))
        for place in places:
            question = questions[place]
            told[place] = question.answer([next(draws) for _ in question.means])
    return [told[place] for place in range(len(questions))]


def answer_of(question: Question[T], *, seed: int) -> T:
    """The answer of one question."""
    return answers([question], seed=seed)[0]


def _batches(questions: Sequence[Question[T]]) -> Iterator[list[int]]:
    """Places of questions with equally many units, which can share their weights."""
    groups: dict[int, list[int]] = {}
    for place, question in enumerate(questions):
        units = question.means[0].count if question.means else 0
        groups.setdefault(units, []).append(place)
    for places in groups.values():
        for at in range(0, len(places), _QUESTIONS_AT_ONCE):
            yield places[at : at + _QUESTIONS_AT_ONCE]
