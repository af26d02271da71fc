"""How often gates are wrong, ours and the common ones, in worlds where the truth is known.

    python benchmarks/honesty.py [--quick] [--seed N] [--evaluations N] [--cases N] [-o honesty.md]

Prints or writes Markdown; with `-o`, a picture stands beside it as .svg. Exits 1 where our gate was
seen to break its promise: at most 5.5%, and two Monte Carlo standard errors, of the candidates that
are worse by the margin pass, and of the unchanged ones fail. What is over the bound is measured
again with five times the evaluations first. docs/honesty.md explains the table.
"""

import argparse
import sys
import time
from pathlib import Path

from honesty_table.markdown import tables
from honesty_table.picture import picture
from honesty_table.sequential import races
from honesty_table.table import SIZES, Cell, broken_bound, measure, places

from genaiops import __version__

FULL, QUICK, LEAST = 4000, 250, 20


def main() -> int:
    """Measure, write, and say by the exit code whether the bounds hold."""
    asked = arguments()
    count = asked.evaluations or (QUICK if asked.quick else FULL)
    begun = time.perf_counter()
    cells = list[Cell]()
    for place in places(asked.cases or SIZES):
        cells.append(measure(place, seed=asked.seed, evaluations=count))
        print(f"\r{len(cells)} cells", end="", file=sys.stderr, flush=True)
    raced = list(races(asked.seed, count))
    seconds = time.perf_counter() - begun
    print(f"\r{len(cells)} cells in {seconds:.0f} s", file=sys.stderr)
    broken = [cell for cell in cells if broken_bound(cell)]
    for cell in broken:
        print(f"over the bound: {broken_bound(cell)}", file=sys.stderr)
    # Of sixty cells one may well be over by chance: it is not over twice.
    again = [measure(cell.place, seed=asked.seed + 1, evaluations=5 * count) for cell in broken]
    proven = [told for cell in again if (told := broken_bound(cell))]
    proven += [told for race in raced if (told := race.broken_bound())]
    text = f"{_head(asked.seed, count)}\n{tables(cells, raced)}"
    if asked.output is None:
        print(text, end="")
    else:
        asked.output.write_text(text, "utf-8")
        drawn = asked.output.with_suffix(".svg")
        drawn.write_text(picture(cells), "utf-8")
        print(f"wrote {asked.output}, {drawn}", file=sys.stderr)
    for told in proven:
        print(f"BROKEN: {told}", file=sys.stderr)
    print(f"{len(proven)} bounds broken", file=sys.stderr)
    return 1 if proven else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} evaluations of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluations", type=int, help=f"of each; {FULL} if not said")
    parser.add_argument("-o", "--output", type=Path, help="a .md file; the picture stands beside")
    parser.add_argument("--cases", type=int, action="append", choices=SIZES, help="repeatable")
    asked = parser.parse_args()
    if asked.evaluations is not None and asked.evaluations < LEAST:
        parser.error(f"--evaluations {asked.evaluations}: at least {LEAST}, fewer show nothing")
    if asked.seed < 0:
        parser.error(f"--seed {asked.seed}: 0 or more")
    if asked.output and (asked.output.suffix != ".md" or not asked.output.parent.is_dir()):
        parser.error(f"-o {asked.output}: name a .md file in a folder that is there")
    return asked


def _head(seed: int, count: int) -> str:
    error = 100 * 2 * (0.05 * 0.95 / count) ** 0.5
    return (
        f"# How often gates are wrong\n\ngenaiops {__version__}, seed {seed}: {count:,} "
        "evaluations of each world, number of cases and true drop, so that a share of 5% is known "
        f"to {error:.1f} points either way.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
