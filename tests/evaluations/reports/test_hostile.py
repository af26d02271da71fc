"""Texts that would run, compute or move a cursor are shown as text by every report."""

import csv
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from genaiops.evaluations.reports import ArmReport, Report, write_report
from genaiops.evaluations.reports.comparison_csv import render_comparison_csv
from genaiops.evaluations.reports.comparison_json import render_comparison_json
from genaiops.evaluations.reports.comparison_markdown import render_comparison_markdown
from genaiops.evaluations.reports.html import render_page
from genaiops.evaluations.reports.html.markup import escape
from genaiops.evaluations.reports.terminal.comparison import comparison_text
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.summary import failures_text, run_text
from tests.evaluations.reports.wild import wild_arm, wild_comparison
from tests.hostile import HOSTILE

_ELEMENTS = """
html head meta title style body header footer main section nav h1 h2 h3 h4 h5 p a ul ol li span b
strong div table caption thead tbody tr th td details summary ins del mark svg line circle text
"""
_ATTRIBUTES = """
lang charset http-equiv content name class id href scope role tabindex dir data-label aria-label
aria-labelledby aria-current viewbox width height x y x1 x2 y1 y2 cx cy r text-anchor
"""
_OF_MARKDOWN = """
h1 h2 p ul ol li table thead tbody tr th td strong code details summary
"""
_OF_GITHUB = ["table", "strikethrough"]
_LIVE = re.compile(r"[@#]\w|://|www\.")
"""What GitHub and GitLab make a mention or a link of, outside of code."""
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
FORMULA = re.compile(r"[\s\ufeff\u200b\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
GROUPS = [HOSTILE[place : place + 10] for place in range(0, len(HOSTILE), 10)]


class Page(HTMLParser):
    """What a page holds: elements, attributes, addresses and texts by the element around them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in {"href", "src"}}
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "an element ends where another is open"

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def of(self, tag: str) -> Iterator[str]:
        return (text for around, text in self.texts if around == tag)


def whole_page(*arms: ArmReport, compared: bool = False) -> str:
    comparison = wild_comparison([arm.label for arm in arms]) if compared else None
    return "".join(render_page(arms, comparison))


def check(page: str) -> Page:
    """A page of our elements only, closed in order, that names no other place."""
    read = Page(page)
    assert read.elements <= set(_ELEMENTS.split())
    assert read.attributes <= set(_ATTRIBUTES.split())
    assert all(re.fullmatch(r"#[a-z0-9-]+", address) for address in read.addresses)
    assert RAW.search(page) is None
    page.encode()
    return read


def shown(text: str) -> str:
    """The text as a reader of the page sees it."""
    return Page(f"<p>{escape(text)}</p>").texts[0][1] if text else ""


def told(what: str, *counts: int) -> None:
    sys.stdout.write(f"{what}: {', '.join(map(str, counts))}\n")


def test_seven_hundred_texts_and_more_are_tried() -> None:
    assert len(HOSTILE) >= 700


def test_a_page_shows_every_text_of_its_cases_as_text() -> None:
    page = check(whole_page(wild_arm(["m"], cases=HOSTILE), wild_arm(["n"], cases=HOSTILE)))
    assert sorted(page.of("h3")) == sorted(shown(text) for text in HOSTILE if text)
    blocks = set(page.of("div"))
    assert {shown(text) for text in HOSTILE if text.strip() and len(text) < 5_000} <= blocks
    told("page, texts in every field of a case, elements of theirs", len(HOSTILE), 0)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{len(group)} texts")
def test_a_page_shows_names_of_arms_metrics_slices_and_gates_as_text(group: list[str]) -> None:
    check(whole_page(wild_arm(group)))
    others = [wild_arm([text]) for text in group]
    page = check(whole_page(*others, compared=True))
    assert {shown(text) for text in group if text.strip()} <= {text for _, text in page.texts}


@pytest.fixture(scope="module")
def report() -> Report:
    found = wild_arm(HOSTILE, cases=HOSTILE).report
    assert found is not None
    return found


def written(folder: Path, name: str, report: Report) -> str:
    write_report(report, folder / name)
    text = (folder / name).read_text("utf-8")
    assert RAW.search(text) is None
    return text


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path, report: Report) -> None:
    text = written(tmp_path, "r.csv", report)
    csv.field_size_limit(10_000_000)
    cells = [cell for row in csv.reader(text.splitlines(keepends=True)) for cell in row]
    live = [cell for cell in cells if FORMULA.match(cell)]
    assert live == []
    told("CSV, cells, live formulas, raw controls", len(cells), len(live), 0)


def test_json_gives_every_text_back(tmp_path: Path, report: Report) -> None:
    read = json.loads(written(tmp_path, "r.json", report))
    assert [line["case"]["id"] for line in read["results"]] == list(HOSTILE)
    lines = written(tmp_path, "r.jsonl", report).split("\n")
    assert [json.loads(line)["case"]["inputs"]["question"] for line in lines if line] == list(
        HOSTILE
    )


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{len(group)} texts")
def test_markdown_holds_no_markup_link_or_mention_of_a_text(
    tmp_path: Path, group: list[str]
) -> None:
    texts = [f"{text} @all #1 http://evil.test www.evil.test" for text in group]
    hostile = wild_arm(texts, cases=texts).report
    assert hostile is not None
    text = written(tmp_path, "r.md", hostile)
    assert RAW.search(text) is None
    page = Page(MarkdownIt("commonmark", {"html": True}).enable(_OF_GITHUB).render(text))
    assert page.elements <= set(_OF_MARKDOWN.split())
    assert (page.attributes - {"style"}, page.addresses) == (set(), set())
    shown = [text for element, text in page.texts if element != "code"]
    assert [text for text in shown if _LIVE.search(text)] == []
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {6}


def test_junit_is_xml_with_a_test_case_for_each_gate(tmp_path: Path, report: Report) -> None:
    root = ET.fromstring(written(tmp_path, "r.junit.xml", report))  # noqa: S314  ours, just written
    assert len(root.findall("testsuite/testcase")) == len(HOSTILE)
    tags = {element.tag for element in root.iter()}
    assert tags == {"testsuites", "testsuite", "testcase", "skipped"}


def test_the_terminal_gets_no_control_byte(report: Report) -> None:
    assert report.decision is not None
    texts = (
        run_text(report.run, report.estimates),
        failures_text(report.results(), most=len(HOSTILE)),
        decision_text(report.decision, report.run),
    )
    assert [text for text in texts if RAW.search(text)] == []
    told("terminal, texts in every field, raw controls", len(HOSTILE), 0)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{len(group)} texts")
def test_a_comparison_has_no_live_formula_and_no_raw_control(group: list[str]) -> None:
    comparison = wild_comparison(group)
    table, data = (
        "".join(render(comparison)) for render in (render_comparison_csv, render_comparison_json)
    )
    cells = [cell for row in csv.reader(table.splitlines(keepends=True)) for cell in row]
    assert [
        cell for cell in cells if FORMULA.match(cell) and not re.fullmatch(r"-?[\d.]+", cell)
    ] == []
    assert [arm["label"] for arm in json.loads(data)["arms"]] == list(group)
    shown = ["".join(render_comparison_markdown(comparison)), comparison_text(comparison, 160)]
    assert [text for text in (table, data, *shown) if RAW.search(text)] == []
    assert re.search(r"(?<!\\)<[a-zA-Z/!]", shown[0]) is None
