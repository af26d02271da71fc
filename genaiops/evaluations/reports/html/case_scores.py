"""The scores of one case, with the reasons for them."""

from collections.abc import Iterator, Sequence

from genaiops.evaluations.reports.html.markup import Html, element, join
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.evaluations.reports.html.tables import Column, Row, plain_table, wide_table
from genaiops.gates import number_style
from genaiops.records import NOT_APPLICABLE, MetricInfo, Score
from genaiops.store import StoredResult

_MAX_UNSCROLLED = 2


def score_table(row: CaseRow, metrics: Sequence[MetricInfo]) -> Html:
    """A metric a row, an arm a column; metrics that say nothing of the case are left out."""
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
