"""The page: what was found, then every case, on one page or on several of a bounded size."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports.html.details import contrasts, gates, slices
from genaiops.evaluations.reports.html.document import closing, opening
from genaiops.evaluations.reports.html.filters import filter_links
from genaiops.evaluations.reports.html.markup import Html, element, join
from genaiops.evaluations.reports.html.overview import lead, masthead
from genaiops.evaluations.reports.html.provenance import what_ran
from genaiops.evaluations.reports.html.ranking import ranking
from genaiops.evaluations.reports.html.scores import scores
from genaiops.evaluations.reports.html.stack import CaseStack, Entry, stacked_cases
from genaiops.evaluations.reports.html.subject import Subject, subject_of
from genaiops.evaluations.reports.output import write_pieces
from genaiops.evaluations.reports.report import ArmReport
from genaiops.text.quantities import counted

MAX_PAGE_BYTES = 3_000_000
_FRAME_BYTES = 100_000
"""Kept free for style sheet, filters and links between pages."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One page of several: its cases, its number from 1, and the names of all files."""

    entries: Sequence[Entry]
    number: int
    names: Sequence[str]


def render_page(arms: Sequence[ArmReport], comparison: Comparison | None) -> Iterator[str]:
    """One page with all cases, however many, in pieces of text."""
    subject = subject_of(arms, comparison)
    with stacked_cases(subject) as stack:
        yield from _page(subject, stack, _Part(stack.entries, 1, [""]))


def write_page(
    arms: Sequence[ArmReport], comparison: Comparison | None, path: Path
) -> tuple[Path, ...]:
    """Write the page; where it would be over 3 MB, more pages (`out.2.html` …) hold the rest.

    Returns:
        The files that were written, the first page first.

    Raises:
        ExecutionError: a file cannot be written.
    """
    subject = subject_of(arms, comparison)
    with stacked_cases(subject) as stack:
        parts = _parts(stack.entries, path, len("".join(_top(subject)).encode()))
        written: list[Path] = []
        for part in parts:
            place = path.with_name(part.names[part.number - 1])
            write_pieces(_page(subject, stack, part), place)
            written.append(place)
    return tuple(written)


def _parts(entries: Sequence[Entry], path: Path, top_bytes: int) -> Sequence[_Part]:
    """The cases in order, as many on each page as fit, at least one."""
    pages: list[list[Entry]] = [[]]
    size = top_bytes + _FRAME_BYTES
    for entry in entries:
        if size + entry.size > MAX_PAGE_BYTES and pages[-1]:
            pages.append([])
            size = _FRAME_BYTES
        pages[-1].append(entry)
        size += entry.size
    numbers = range(1, len(pages) + 1)
    names = [path.name if n == 1 else f"{path.stem}.{n}{path.suffix}" for n in numbers]
    return [_Part(page, n, names) for n, page in zip(numbers, pages, strict=True)]


def _page(subject: Subject, stack: CaseStack, part: _Part) -> Iterator[str]:
    many = len(part.names) > 1
    title = f"{subject.title}, page {part.number}" if many else subject.title
    yield opening(title, stack.filters if part.entries else ())
    if part.entries:
        yield element("a", "Skip to the cases", href="#cases", class_="skip")
    if part.number == 1:
        yield from _top(subject)
    else:
        yield masthead(subject)
        yield Html("<main>\n")
    if part.entries:
        yield from _cases(subject, stack, part)
    yield Html("</main>\n")
    yield element("footer", element("p", _ABOUT))
    yield closing()


def _top(subject: Subject) -> Iterator[str]:
    plots = count(1)
    yield masthead(subject)
    yield Html("<main>\n")
    yield lead(subject)
    if subject.comparison is not None:
        yield from ranking(subject.comparison, plots)
    yield from scores(subject, plots)
    yield from gates(subject)
    yield from slices(subject)
    yield from contrasts(subject)
    yield from what_ran(subject)


def _cases(subject: Subject, stack: CaseStack, part: _Part) -> Iterator[str]:
    here = Counter(kind for entry in part.entries for kind in entry.kinds)
    yield Html('<section class="all-cases">\n')
    yield element("h2", "Cases", id="cases")
    yield element("p", _order(subject), class_="note")
    yield filter_links(stack.filters, here)
    yield _pager(part)
    yield Html('<div class="cases">\n')
    for entry in part.entries:
        yield stack.read(entry)
    yield Html("</div>\n")
    yield _pager(part)
    yield Html("</section>\n")


def _order(subject: Subject) -> str:
    """How the cases are sorted, and what the marks in the answers mean."""
    labels, metric = list(subject.reports), subject.metric
    told = f" in {metric.name}" if metric else ""
    if len(labels) == 1:
        marks = (
            "Struck words stand only in the expected answer, underlined ones only in the answer."
        )
        return f"Failed cases first, then the lowest scores{told}. {marks}"
    lost = "" if metric is None else f"The largest loss against {labels[0]}{told} first. "
    if len(labels) == 2:
        marks = f"Struck words stand only with {labels[0]}, underlined ones only with {labels[1]}."
    else:
        marks = f"Underlined words do not stand with {labels[0]}."
    return f"{lost}{marks}"


def _pager(part: _Part) -> Html:
    """Links to the other pages, none where there is only one."""
    if len(part.names) == 1:
        return Html()
    links = [
        element(
            "a",
            str(number),
            href=f"./{name}#cases",
            aria_current="page" if number == part.number else None,
        )
        for number, name in enumerate(part.names, start=1)
    ]
    told = f"Page {part.number} of {len(part.names)}, {counted(len(part.entries), 'case')}: "
    return element("nav", told, join(links, " "), class_="pages", aria_label="Pages")


_ABOUT = "Made by genaiops. This page holds all it shows, runs no script and asks no other host."
