"""The error table in Markdown, for a reader who is no statistician."""

from collections.abc import Callable, Iterator, Sequence

from honesty_table.peers import PEERS
from honesty_table.sequential import BATCH, CAP, Race
from honesty_table.table import DROPS, MARGIN, OURS, Cell, Rates

RULES = (*PEERS, OURS)


def tables(cells: Sequence[Cell], races: Sequence[Race]) -> str:
    """False blocks, misses at the margin and at twice the margin, and what honesty costs."""
    points = f"{100 * MARGIN:g}"
    parts = [
        "## Stopped though nothing changed\n",
        *_errors(cells, DROPS[0], lambda rates: rates.fails),
        f"\n## Let through though worse by {points} points, the margin\n",
        *_errors(cells, DROPS[1], lambda rates: rates.passes),
        f"\n## Let through though worse by {100 * DROPS[2]:g} points, twice the margin\n",
        *_errors(cells, DROPS[2], lambda rates: rates.passes),
        "\n## What our gate says and blocks\n",
        *_prices(cells),
        f"\n## Saved by stopping early, of {CAP} cases in batches of {BATCH}\n",
        *_savings(races),
    ]
    return "\n".join(parts) + "\n"


def percent(share: float) -> str:
    """A share as it is read: 41%, 4.1%, 0%; what happened at all is never 0%."""
    if share in (0, 1):
        return f"{share:.0%}"
    if share < 0.0005 or share > 0.9995:
        return "<0.1%" if share < 0.5 else ">99.9%"
    return f"{share:.1%}" if share < 0.0995 or share > 0.995 else f"{share:.0%}"


def rows(header: Sequence[str], body: Iterator[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; all columns but the first are numbers."""
    yield f"| {' | '.join(header)} |"
    yield f"|---|{'--:|' * (len(header) - 1)}"
    for row in body:
        yield f"| {' | '.join(row)} |"


def _errors(cells: Sequence[Cell], drop: float, error: Callable[[Rates], float]) -> Iterator[str]:
    chosen = [cell for cell in cells if cell.place.drop == drop]
    body = (
        [
            cell.place.world.name,
            f"{cell.place.cases:,}",
            *(percent(error(cell.rates[rule])) for rule in RULES),
        ]
        for cell in chosen
    )
    return rows(["world", "cases", *PEERS, f"**{OURS}**"], body)


def _prices(cells: Sequence[Cell]) -> Iterator[str]:
    unchanged = [cell for cell in cells if cell.place.drop == 0]
    header = ["world", "cases", "unchanged: pass", "inconclusive", "fail"]
    header += ["blocked: unchanged", *(f"-{100 * drop:g} points" for drop in DROPS[1:])]
    return rows(header, (_price(cell, cells) for cell in unchanged))


def _savings(races: Sequence[Race]) -> Iterator[str]:
    header = ["world", "true change", "pass", "fail", "calls saved"]
    body = (
        [
            race.world.name,
            f"{-100 * race.drop:+g} points" if race.drop else "none",
            *(percent(share) for share in (race.passes, race.fails, race.saved)),
        ]
        for race in races
    )
    return rows(header, body)


def _price(cell: Cell, cells: Sequence[Cell]) -> list[str]:
    rates = cell.rates[OURS]
    same = [
        other
        for other in cells
        if (other.place.world, other.place.cases) == (cell.place.world, cell.place.cases)
    ]
    said = [percent(share) for share in (rates.passes, rates.is_open, rates.fails)]
    blocked = [percent(other.blocked) for other in same]
    return [cell.place.world.name, f"{cell.place.cases:,}", *said, *blocked]
