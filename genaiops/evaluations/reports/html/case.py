"""One case: what was asked and expected, the answers side by side, scores and passages."""

from collections.abc import Iterator, Mapping, Sequence

from genaiops.digests import canonical_json
from genaiops.evaluations.reports.comparison_figures import seconds_text, usd_text
from genaiops.evaluations.reports.html.answers import (
    EXPECTED,
    Place,
    fields_of,
    plain_block,
    shown_texts,
    text_block,
)
from genaiops.evaluations.reports.html.harm import Standing
from genaiops.evaluations.reports.html.markup import Html, element, fold, join
from genaiops.evaluations.reports.html.passages import passages_of
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.evaluations.reports.html.tables import Column, Row, plain_table, wide_table
from genaiops.gates import number_style
from genaiops.records import NOT_APPLICABLE, Failure, MetricInfo, Score
from genaiops.store import StoredResult

_EXCERPT = 140
_MAX_UNSCROLLED = 2


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
    texts = shown_texts(row)
    inside = element(
        "div",
        element("p", element("a", "Link to this case", href=f"#{anchor}"), class_="here"),
        *_asked(row),
        _answers(row, texts),
        _scores(row, metrics),
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


def _answers(row: CaseRow, texts: Mapping[Place, Html]) -> Html:
    expected = fields_of(row.case.expected)
    cards: list[Html] = []
    if expected:
        fields = {name: texts[EXPECTED, 0, name] for name in expected}
        cards.append(_card("Expected", _fields(fields, expected), "expected"))
    for label, results in row.results.items():
        name = "Answer" if len(row.results) == 1 else label
        parts = [_result(label, stored, texts) for stored in results]
        if not parts:
            parts = [element("p", "This arm has no such case.", class_="note")]
        first, *repeats = parts
        more = [fold(f"{len(repeats)} more repeats", *repeats)] if repeats else []
        cards.append(_card(name, join([first, *more]), "answer"))
    return element("div", *cards, class_="arms")


def _card(name: str, content: Html, kind: str) -> Html:
    return element("section", element("h4", name), content, class_=f"arm {kind}")


def _fields(shown: Mapping[str, Html], plain: Mapping[str, str]) -> Html:
    """One text alone, several with their names."""
    parts: list[Html] = []
    for name, content in shown.items():
        if len(shown) > 1:
            parts.append(element("h5", name))
        parts.append(text_block(content, plain[name]))
    return join(parts)


def _result(label: str, stored: StoredResult, texts: Mapping[Place, Html]) -> Html:
    result = stored.result
    plain = fields_of(result.outputs)
    shown = {name: texts[label, result.repeat, name] for name in plain}
    parts = [_failure(result.failure)] if result.failure is not None else []
    if shown:
        parts.append(_fields(shown, plain))
    elif result.failure is None:
        parts.append(element("p", "No answer.", class_="note"))
    told = [seconds_text(result.latency_s)] if result.latency_s else []
    if result.usage.input_tokens or result.usage.output_tokens:
        told.append(f"{result.usage.input_tokens} + {result.usage.output_tokens} tokens")
    if result.usage.cost_usd is not None:
        told.append(usd_text(result.usage.cost_usd))
    if told:
        parts.append(element("p", " · ".join(told), class_="note"))
    return join(parts)


def _failure(failure: Failure) -> Html:
    where = f" in {failure.where}" if failure.where else ""
    kind = element("strong", f"✗ {failure.kind}{where}: ")
    return element("p", kind, failure.message, class_="failure")


def _scores(row: CaseRow, metrics: Sequence[MetricInfo]) -> Html:
    rows: list[Row] = []
    for info in metrics:
        cells = [_score_cell(info, results) for results in row.results.values()]
        if any(cells):
            rows.append(Row((info.name, *cells)))
    if not rows:
        return Html()
    labels = list(row.results)
    heads = ["metric", *(labels if len(labels) > 1 else ["score"])]
    write = plain_table if len(labels) <= _MAX_UNSCROLLED else wide_table
    return write("Scores", [Column(head) for head in heads], rows)


def _score_cell(info: MetricInfo, results: Sequence[StoredResult]) -> Html:
    """The value of each repeat, then why: the same words once."""
    found = [
        stored.result.scores[info.name] for stored in results if info.name in stored.result.scores
    ]
    if not found:
        return Html()
    style = number_style(info)
    values = ", ".join("–" if score.value is None else style.value(score.value) for score in found)
    reasons = dict.fromkeys(word for score in found for word in _words(score))
    return join([element("b", values), *(element("p", word, class_="why") for word in reasons)])


def _words(score: Score) -> Iterator[str]:
    if score.reason is not None:
        is_left_out = score.reason.startswith(NOT_APPLICABLE)
        yield score.reason if is_left_out else f"no score: {score.reason}"
    if score.explanation:
        yield score.explanation
    yield from score.evidence


def _tags(row: CaseRow) -> Html:
    told = [
        f"{name}: {value if isinstance(value, str) else canonical_json(value)}"
        for name, value in row.case.tags.items()
    ]
    if row.case.cluster is not None:
        told.append(f"cluster: {row.case.cluster}")
    return element("p", " · ".join(told), class_="note") if told else Html()
