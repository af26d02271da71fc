"""How long a comparison of many arms takes: from a CSV of scores to the text of the table.

    python benchmarks/compare_matrix.py [--arms 60] [--cases 800] [--binary]

CPU seconds of this process are printed, in parts, and as a ratio to what is computed first: a
bare loop of means, standard deviations and paired t statistics over the same pairs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from genaiops.evaluations.comparing import compare_arms
from genaiops.evaluations.reports.terminal.comparison import comparison_text
from genaiops.evaluations.score_matrix import read_score_matrix

ResultT = TypeVar("ResultT")


def timed(name: str, work: Callable[[], ResultT]) -> tuple[ResultT, float]:
    start = time.process_time()
    result = work()
    took = time.process_time() - start
    print(f"{name:<28} {took:6.2f} s")
    return result, took


def write_matrix(path: Path, arms: int, cases: int, *, binary: bool) -> np.ndarray:
    generator = np.random.default_rng(7)
    level = generator.normal(0.6, 0.15, (cases, 1)) + np.linspace(-0.1, 0.1, arms)
    scores = np.clip(level + generator.normal(0, 0.15, (cases, arms)), 0, 1)
    if binary:
        scores = (generator.random((cases, arms)) < scores).astype(float)
    head = ",".join(["id", *(f"arm-{place}" for place in range(arms))])
    rows = [f"c{n}," + ",".join(f"{value:.6g}" for value in row) for n, row in enumerate(scores)]
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, arms + 1))


def bare_loop(scores: np.ndarray) -> float:
    total = 0.0
    for first in range(scores.shape[1]):
        for second in range(first + 1, scores.shape[1]):
            differences = scores[:, second] - scores[:, first]
            error = differences.std(ddof=1) / np.sqrt(len(differences))
            total += abs(differences.mean() / error)
    return total


def main(arms: int, cases: int, *, binary: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        scores = write_matrix(path, arms, cases, binary=binary)
        print(f"{arms} arms x {cases} cases, {arms * (arms - 1) // 2} pairs")
        read, reading = timed("read and estimate", lambda: read_score_matrix(path))
        found, comparing = timed("compare", lambda: compare_arms(read, metric=None))
        _, showing = timed("render", lambda: comparison_text(found, 160))
        _, bare = timed("bare loop over pairs", lambda: bare_loop(scores))
        whole = reading + comparing + showing
        print(f"{'in all':<28} {whole:6.2f} s, {whole / bare:.1f} times the bare loop")
        print(found.sentence)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arms", type=int, default=60)
    parser.add_argument("--cases", type=int, default=800)
    parser.add_argument("--binary", action="store_true")
    chosen = parser.parse_args()
    main(chosen.arms, chosen.cases, binary=chosen.binary)
