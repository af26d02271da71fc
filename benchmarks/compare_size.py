"""How often a comparison claims a difference where there is none, and finds one that is there.

Usage: python benchmarks/compare_size.py [SAMPLES]
"""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from genaiops.evaluations.columns import Columns
from genaiops.evaluations.contrasts import contrast

Scores = NDArray[np.float64]
SIZES = ((2, 30), (6, 30), (2, 100), (6, 100))


def alike(generator: np.random.Generator, cases: int, arms: int) -> Scores:
    """Graded, heavy tails, alike on each case."""
    base = generator.beta(0.5, 0.5, (cases, 1))
    return np.clip(base + 0.1 * generator.standard_t(2, (cases, arms)), 0, 1)


def binary(generator: np.random.Generator, cases: int, arms: int) -> Scores:
    """0 or 1."""
    ease = generator.beta(2, 1, (cases, 1))
    return (generator.random((cases, arms)) < ease).astype(float)


def skewed(generator: np.random.Generator, cases: int, arms: int) -> Scores:
    """Graded, skewed against constant."""
    scores = np.full((cases, arms), 0.8)
    scores[:, ::2] = generator.beta(4, 1, (cases, scores[:, ::2].shape[1]))
    return scores


def rare(generator: np.random.Generator, cases: int, arms: int) -> Scores:
    """Graded, every second arm a little better on most cases but failing badly on 5%."""
    scores = np.full((cases, arms), 0.8)
    fails = generator.random((cases, scores[:, ::2].shape[1])) < 0.05
    scores[:, ::2] = np.where(fails, 0.0, 0.8 / 0.95)
    return scores


def gaining(generator: np.random.Generator, cases: int, arms: int) -> Scores:
    """The first arm truly better by about 12 points: found."""
    base = generator.beta(0.6, 0.6, (cases, 1))
    scores = base + generator.normal(0, 0.25, (cases, arms))
    scores[:, 0] += 0.18
    return np.clip(scores, 0, 1)


def claims(scores: Scores, *, first_only: bool) -> bool:
    """Whether any pair is told apart; or the first arm from the second."""
    cases, arms = scores.shape
    columns = Columns(
        ids=tuple(map(str, range(cases))),
        starts=np.arange(cases),
        worst=scores,
        best=scores,
        missing=np.zeros((cases, arms), np.int_),
        applies=np.ones((cases, arms), np.bool_),
        repeats=(1,) * arms,
        span=1.0,
    )
    proven = contrast(columns, level=0.95, seed=0).proven
    return bool(proven[0]) if first_only else bool(np.any(proven))


def main(samples: int) -> None:
    """Print the share of samples with a claim, by world and size."""
    worlds: tuple[Callable[[np.random.Generator, int, int], Scores], ...] = (
        alike, binary, skewed, rare, gaining,
    )  # fmt: skip
    print(f"{samples} samples; arms x cases:", *(f"{k} x {n}" for k, n in SIZES), sep="  ")
    for world in worlds:
        generator = np.random.default_rng(1)
        shares = [
            sum(claims(world(generator, n, k), first_only=world is gaining) for _ in range(samples))
            / samples
            for k, n in SIZES
        ]
        print(world.__doc__, *(f"{share:.1%}" for share in shares), sep="  ")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
