"""How well the metrics agree with people on public data: the table behind the metric cards.

    python benchmarks/metrics.py [--data ../shared/data] [--only PART …] [--write]

Runs the modules of benchmarks/agreement/ and prints one Markdown table. `--write` puts the rows of
those that ran into genaiops/metrics/agreement.json, which the cards show, and leaves the rows of
others there. A module has `rows(data: Path) -> Iterator[Row]`; what else `rows` takes by name is an
option here that takes a path. Exits 1 where a figure misses what is wanted of it.
"""

import argparse
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import cast

import agreement
from agreement.row import NotThere, Row

from genaiops.metrics.agreement import FILE, read_measured, written_measured

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "genaiops" / "metrics" / FILE
HEAD = ("metric", "data", "measure", "n", "value", "wanted", "")

Rows = Callable[..., Iterator[Row]]


def main() -> int:
    """Run the parts, print and write what they found, and say by the exit code what was missed."""
    parts = {name: found for name in _modules() if (found := _rows_of(name)) is not None}
    asked = _arguments(parts)
    found = run({name: parts[name] for name in asked.only or parts}, asked)
    rows = [row for each in found.values() for row in each]
    print(table(rows), end="")
    if asked.write:
        kept = read_measured(KEPT.read_text("utf-8"))
        KEPT.write_text(written_measured(kept | found), "utf-8")
        print(f"wrote {KEPT.relative_to(ROOT)}", file=sys.stderr)
    missed = [row for row in rows if row.is_reached is False]
    for row in missed:
        told = f"{row.metric}, {row.data}, {row.measure}: {row.shown}, wanted {row.wanted}"
        print(f"MISSED: {told}", file=sys.stderr)
    return 1 if missed else 0


def run(parts: Mapping[str, Rows], asked: argparse.Namespace) -> dict[str, tuple[Row, ...]]:
    """The rows of the parts that have what they need; why others were not run is told."""
    found = dict[str, tuple[Row, ...]]()
    for name, rows in parts.items():
        print(f"{name} …", file=sys.stderr, flush=True)
        options = {option: getattr(asked, option) for option in _options(rows)}
        try:
            found[name] = tuple(rows(asked.data, **options))
        except NotThere as error:
            print(f"{name}: not run: {error}", file=sys.stderr)
    return found


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown."""
    lines = [HEAD, ("---", "---", "---", "---:", "---", "---", "---")]
    lines += [
        (row.metric, row.data, row.measure, f"{row.n:,}", row.shown, row.wanted or "", row.note)
        for row in rows
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _modules() -> list[str]:
    return [module.name for module in iter_modules(agreement.__path__)]


def _rows_of(name: str) -> Rows | None:
    return cast("Rows | None", getattr(import_module(f"agreement.{name}"), "rows", None))


def _options(rows: Rows) -> list[str]:
    return list(inspect.signature(rows).parameters)[1:]


def _arguments(parts: Mapping[str, Rows]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    parser.add_argument("--only", nargs="+", metavar="PART", choices=list(parts))
    parser.add_argument("--write", action="store_true")
    for name, rows in parts.items():
        for option in _options(rows):
            flag = f"--{option.replace('_', '-')}"
            parser.add_argument(flag, type=Path, metavar="PATH", help=f"for {name}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
