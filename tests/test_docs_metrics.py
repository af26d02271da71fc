"""The cards of docs/metrics/ and the table of docs/metrics.md: anew with `--update-golden`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genaiops.metrics import METRICS
from genaiops.metrics.card import MetricCard, catalog_card
from genaiops.metrics.card_text import card_text
from tests.cli.terminal import Terminal
from tests.pages import DOCS, blocks, type_in

FOLDER = DOCS / "metrics"
PAGE = DOCS / "metrics.md"
WRITTEN = "<!-- Written by: pytest tests/test_docs_metrics.py --update-golden -->\n\n"
TABLE = re.compile(r"(<!-- metrics -->\n)(?:\|.*\n)*")


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_its_card(golden: Callable[[Path, str], None], name: str) -> None:
    golden(FOLDER / f"{name}.md", WRITTEN + card_text(catalog_card(name)))


def test_there_is_no_card_without_a_metric() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted(METRICS)


def test_the_overview_lists_every_metric(golden: Callable[[Path, str], None]) -> None:
    text = PAGE.read_text("utf-8")
    assert TABLE.search(text)
    golden(PAGE, TABLE.sub(lambda match: match[1] + _table(), text))


def test_a_score_at_once_is_as_the_page_shows(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(PAGE) if block.info == "console"]
    type_in(Terminal(tmp_path), shown)


def _table() -> str:
    rows = ["| metric | score | range | better | arguments |", "|---|---|---|---|---|"]
    rows += [f"| {' | '.join(_cells(catalog_card(name)))} |" for name in METRICS]
    return "".join(f"{row}\n" for row in rows)


def _cells(card: MetricCard) -> Iterator[str]:
    yield f"[`{card.name}`](metrics/{card.name}.md)"
    yield card.help.replace("|", "\\|")
    yield card.range
    yield card.better
    yield ", ".join(f"`{each.name}`" for each in card.arguments if each.name != "answer")
