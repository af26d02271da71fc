"""One case: what was asked and expected, the answers side by side, scores and passages."""

from collections.abc import Iterator, Sequence

from genaiops.digests import canonical_json
from genaiops.evaluations.reports.html.answers import fields_of, plain_block
from genaiops.evaluations.reports.html.cards import answer_cards
from genaiops.evaluations.reports.html.case_scores import score_table
from genaiops.evaluations.reports.html.harm import Standing
from genaiops.evaluations.reports.html.markup import Html, element
from genaiops.evaluations.reports.html.passages import passages_of
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.gates import number_style
from genaiops.records import Failure, MetricInfo

_EXCERPT = 140


def case_html(
    row: CaseRow,
    standing: Standing,
    metrics: Sequence[MetricInfo],
    *,
    anchor: str,
    kinds: Sequence[str],
) -> Html:
    """A case behind its first line; its anchor lies inside, so that a link to it opens it.

    Args:
        row: the case with its results.
        standing: how it stands by the metric that cases are sorted by, the first of `metrics`.
        metrics: whose scores are shown.
        anchor: the id of the case's anchor.
        kinds: the classes by which filters find it.
    """
    inside = element(
        "div",
        element("p", element("a", "Link to this case", href=f"#{anchor}"), class_="here"),
        *_asked(row),
        answer_cards(row),
        score_table(row, metrics),
        passages_of(row),
        _tags(row),
        id=anchor,
        class_="inside",
    )
    line = element("summary", *_first_line(row, standing, metrics))
    return element("details", line, inside, class_=" ".join(kinds))


def _first_line(row: CaseRow, standing: Standing, metrics: Sequence[MetricInfo]) -> Iterator[Html]:
    yield element("h3", row.case.id)
    if any(score is not None for score in standing.scores):
        style = number_style(metrics[0])
        told = " → ".join("–" if s is None else style.value(s) for s in standing.scores)
        yield element("span", told, class_="move")
        if standing.gain is not None and "worse" in standing.marks:
            size = style.difference(abs(standing.gain)).removeprefix("+")
            yield element("span", f"▼ worse by {size}", class_="flag bad")
        elif "better" in standing.marks:
            yield element("span", "▲ better", class_="flag good")
        if "unstable" in standing.marks:
            yield element("span", "~ unstable: repeats differ", class_="flag")
    kinds = dict.fromkeys(failure.kind for failure in _failures(row))
    if kinds:
        yield element("span", f"✗ failed: {', '.join(kinds)}", class_="flag bad")
    asked = next(iter(fields_of(row.case.inputs).values()), "")
    yield element("span", " ".join(asked[: 2 * _EXCERPT].split())[:_EXCERPT], class_="ask")


def _failures(row: CaseRow) -> Iterator[Failure]:
    for results in row.results.values():
        for stored in results:
            if stored.result.failure is not None:
                yield stored.result.failure


def _asked(row: CaseRow) -> Iterator[Html]:
    for name, text in fields_of(row.case.inputs).items():
        yield element("h4", name)
        yield plain_block(text)


def _tags(row: CaseRow) -> Html:
    told = [
        f"{name}: {value if isinstance(value, str) else canonical_json(value)}"
        for name, value in row.case.tags.items()
    ]
    if row.case.cluster is not None:
        told.append(f"cluster: {row.case.cluster}")
    return element("p", " · ".join(told), class_="note") if told else Html()
