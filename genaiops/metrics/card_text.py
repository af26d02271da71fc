"""A metric card as text, which is Markdown too: docs/metrics/ and the terminal show the same."""

import textwrap
from collections.abc import Iterator

from genaiops.metrics.agreement import Agreement
from genaiops.metrics.card import CardArgument, MetricCard
from genaiops.text.printable import printable

WIDTH = 100


def card_text(card: MetricCard, width: int = WIDTH) -> str:
    """The whole card, its lines no longer than the width."""
    return "\n".join(_lines(card, width)).rstrip() + "\n"


def _lines(card: MetricCard, width: int) -> Iterator[str]:
    yield f"# {printable(card.name)}"
    for paragraph in card.definition or (card.help,):
        yield ""
        yield from _wrapped(paragraph, width)
    yield ""
    for line in _facts(card):
        yield from _bullet(line, width)
    for title, lines in _sections(card):
        yield from ("", f"## {title}", "")
        for line in lines:
            yield from _bullet(line, width)
    if card.source:
        yield ""
        yield from _wrapped(f"Source: {card.source}", width)


def _facts(card: MetricCard) -> Iterator[str]:
    unit = "" if card.unit in {"share", "score"} else f" ({card.unit})"
    yield f"range: {card.range}{unit}"
    yield f"better: {card.better}"
    yield f"needs: {', '.join(f'`{name}`' for name in card.needs) or 'nothing'}"
    yield f"costs: {card.cost}"
    yield f"version: {card.version}"


def _sections(card: MetricCard) -> Iterator[tuple[str, list[str]]]:
    if card.arguments:
        yield "Arguments", [_argument(each) for each in card.arguments]
    if card.agreement:
        yield "Measured", [_measured(each) for each in card.agreement]
    if card.blind:
        yield "What it cannot see", list(card.blind)


def _argument(argument: CardArgument) -> str:
    told = f"`{argument.name}`"
    if argument.gets is not None:
        told += f" (by default {argument.gets})"
    elif argument.default is not None:
        told += f" (default {argument.default})"
    return f"{told}: {argument.help}" if argument.help else told


def _measured(row: Agreement) -> str:
    parts = [f"{row.data}: {row.measure} {row.shown}, n = {row.n:,}"]
    if row.metric != row.of_metric:
        parts[0] = f"{row.metric}: {parts[0]}"
    if row.is_reached is False:
        parts.append(f"wanted {row.wanted}, not reached")
    if row.note:
        parts.append(row.note)
    return "; ".join(parts)


def _wrapped(text: str, width: int) -> list[str]:
    flat = " ".join(printable(text).split())
    return textwrap.wrap(flat, width, break_long_words=False, break_on_hyphens=False)


def _bullet(text: str, width: int) -> list[str]:
    first, *rest = _wrapped(text, width - 2) or [""]
    return [f"* {first}", *(f"  {line}" for line in rest)]
