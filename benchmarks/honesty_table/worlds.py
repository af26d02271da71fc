"""Worlds of paired scores in which the truth is known: what evaluations draw from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ACCURACY = 0.85
"""The baseline's true share of right answers, in every world."""
_LOST = 0.04
"""The share of documents that an arm of the clustered world loses, with all of their questions."""


@dataclass(frozen=True, slots=True)
class World:
    """How scores come about; `drop` of what is right breaks in the candidate.

    Answers are 0 or 1, `repeats` of them a case, averaged. `is_sparse`: the baseline always answers
    alike, and only what breaks differs. Cases come in documents of `cluster_size`; where that is
    above 1, documents break and are lost as wholes.
    """

    name: str
    told: str
    repeats: int = 1
    cluster_size: int = 1
    is_sparse: bool = False


WORLDS = (
    World("noisy", "temperature above 0: 17% of the answers differ though nothing changed"),
    World("repeats", "the same, each case asked 3 times", repeats=3),
    World("sparse", "temperature 0: only what breaks differs", is_sparse=True),
    World("clustered", "noisy, 3 questions a document, documents lost as wholes", cluster_size=3),
    World(
        "clustered, sparse",
        "temperature 0, 3 questions a document, documents break as wholes",
        cluster_size=3,
        is_sparse=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One evaluation: average scores of both arms, shape (cases,), and the document of each."""

    world: World
    baseline: Floats
    candidate: Floats
    clusters: NDArray[np.int_]

    @property
    def differences(self) -> Floats:
        """By how much the candidate is better, case by case."""
        return self.candidate - self.baseline


@dataclass(frozen=True, slots=True)
class Samples:
    """Many evaluations of one world: scores of the shape (evaluations, cases)."""

    world: World
    baseline: Floats
    candidate: Floats

    @property
    def differences(self) -> Floats:
        """Candidate minus baseline, of the shape of the scores."""
        return self.candidate - self.baseline

    @property
    def clusters(self) -> NDArray[np.int_]:
        """The document of each case."""
        return np.arange(self.baseline.shape[1]) // self.world.cluster_size

    def __getitem__(self, place: int) -> Sample:
        return Sample(self.world, self.baseline[place], self.candidate[place], self.clusters)

    def __len__(self) -> int:
        return len(self.baseline)

    def distinct(self) -> tuple[list[Sample], NDArray[np.int_]]:
        """Those that differ by more than the order of their units, and which one each is like.

        A unit is a document: no rule looks at more than the sums and sizes of its differences.
        """
        starts = np.arange(0, self.baseline.shape[1], self.world.cluster_size)
        steps = np.rint(self.differences * self.world.repeats).astype(np.int64)
        sums = np.add.reduceat(steps, starts, axis=1)
        sizes = np.diff(np.append(starts, self.baseline.shape[1]))
        units = np.sort(sums * (self.world.cluster_size + 1) + np.sign(sums) * sizes, axis=1)
        _, first, like = np.unique(units, axis=0, return_index=True, return_inverse=True)
        return [self[int(place)] for place in first], np.ravel(like)


def draw(
    world: World, generator: np.random.Generator, *, evaluations: int, cases: int, drop: float
) -> Samples:
    """Draw evaluations in which the candidate's true mean is `drop` below the baseline's.

    A drop below 0 is a gain: of what is wrong, so much is right then (not where it is sparse).
    """
    shape = (evaluations, cases)
    broken = _whole(generator.random(shape), world) < drop / ACCURACY
    if world.is_sparse:
        baseline = (generator.random(shape) < ACCURACY).astype(np.float64)
        return Samples(world, baseline, baseline * ~broken)
    kept = np.ones((2, *shape), np.bool_)
    ease = ACCURACY
    if world.cluster_size > 1:
        ease = ACCURACY / (1 - _LOST)
        kept = np.stack([_whole(generator.random(shape), world) >= _LOST for _ in range(2)])
    chances = generator.beta(2 * ease, 2 * (1 - ease), shape)
    mended = np.where(generator.random(shape) < -drop / (1 - ACCURACY), 1.0, chances)
    baseline, candidate = (
        generator.binomial(world.repeats, chance * alive) / world.repeats
        for chance, alive in ((chances, kept[0]), (mended, kept[1] & ~broken))
    )
    return Samples(world, baseline, candidate)


def _whole(numbers: Floats, world: World) -> Floats:
    """One number for all cases of a document: that of its first."""
    first = np.arange(numbers.shape[1]) // world.cluster_size * world.cluster_size
    return numbers[:, first]
