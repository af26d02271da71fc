"""The expected answer and those of the arms, side by side."""

from collections.abc import Mapping

from genaiops.evaluations.reports.comparison_figures import seconds_text, usd_text
from genaiops.evaluations.reports.html.answers import (
    EXPECTED,
    Place,
    fields_of,
    shown_texts,
    text_block,
)
from genaiops.evaluations.reports.html.markup import Html, element, fold, join
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.records import Failure
from genaiops.store import StoredResult


def answer_cards(row: CaseRow) -> Html:
    """A card for each, with the words marked by which they differ."""
    texts = shown_texts(row)
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
