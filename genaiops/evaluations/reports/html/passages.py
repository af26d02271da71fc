"""What was retrieved for a case, with the labelled spans marked, and what was not found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter, ValidationError

from genaiops.evaluations.reports.html.answers import PASSAGES
from genaiops.evaluations.reports.html.markup import Html, element, fold, html, join
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.records import GoldPassage, Passage
from genaiops.store import StoredResult
from genaiops.text.quantities import counted

_PASSAGES = TypeAdapter(tuple[Passage, ...])
_GOLD = TypeAdapter(tuple[GoldPassage, ...])
_MAX_OPEN = 6
_MAX_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class _Retrieved:
    passage: Passage
    ranks: Mapping[str, int]


def passages_of(row: CaseRow) -> Html:
    """The passages of all arms, each once, with the rank that it had in each arm."""
    gold = _labelled(row.case.expected.get(PASSAGES))
    by_arm = {label: _retrieved(results[0]) for label, results in row.results.items() if results}
    merged = _merged(by_arm)
    if not merged and not gold:
        return Html()
    items = [_item(found, gold, len(row.results)) for found in merged]
    missed = [_missed(span, by_arm) for span in gold]
    lost = [item for item in missed if item]
    told = counted(len(merged), "passage")
    if gold:
        told += f", {len(gold) - len(lost)} of {counted(len(gold), 'labelled span')} found"
    listed = element("ol", *items, *lost, class_="passages")
    title = f"Retrieved: {told}"
    if len(merged) > _MAX_OPEN:
        return fold(title, listed)
    return join([element("h4", title), listed])


def _retrieved(stored: StoredResult) -> Sequence[Passage]:
    """The passages among the outputs, else those of the retrieving steps."""
    found = _read((stored.result.outputs or {}).get(PASSAGES))
    if found:
        return found
    nodes = [node for node in stored.nodes if node.kind == "retrieve"]
    return [each for node in nodes for each in _read((node.outputs or {}).get(PASSAGES))]


def _read(value: JsonValue) -> Sequence[Passage]:
    try:
        return _PASSAGES.validate_python(value or ())
    except ValidationError:
        return ()


def _labelled(value: JsonValue) -> Sequence[Passage]:
    """The labels that are relevant."""
    try:
        return [each for each in _GOLD.validate_python(value or ()) if each.relevance > 0]
    except ValidationError:
        return ()


def _merged(by_arm: Mapping[str, Sequence[Passage]]) -> Sequence[_Retrieved]:
    ranks: dict[tuple[str, int, int, str], dict[str, int]] = {}
    kept: dict[tuple[str, int, int, str], Passage] = {}
    for label, passages in by_arm.items():
        for rank, passage in enumerate(passages, start=1):
            key = (passage.document, passage.start, passage.end, passage.text)
            kept.setdefault(key, passage)
            ranks.setdefault(key, {}).setdefault(label, rank)
    order = sorted(kept, key=lambda key: min(ranks[key].values()))
    return [_Retrieved(kept[key], ranks[key]) for key in order]


def _item(found: _Retrieved, gold: Sequence[Passage], arms: int) -> Html:
    passage = found.passage
    place = f"{_ranks(found.ranks, arms)} · {_place(passage)}"
    if passage.score is not None:
        place += f" · score {passage.score:.3g}"
    return element(
        "li",
        element("p", place, class_="note"),
        element("div", _with_gold(passage, gold), class_="text", dir="auto"),
    )


def _ranks(ranks: Mapping[str, int], arms: int) -> str:
    """`#1`, `#1 in every arm`, `first #1, second #3`."""
    places = set(ranks.values())
    if len(ranks) == arms and len(places) == 1:
        return f"#{places.pop()}" + (" in every arm" if arms > 1 else "")
    return ", ".join(f"{label} #{rank}" for label, rank in ranks.items())


def _missed(span: Passage, by_arm: Mapping[str, Sequence[Passage]]) -> Html | None:
    """A labelled span that some arm did not retrieve any of; None where all have some."""
    without = [
        label
        for label, passages in by_arm.items()
        if not any(_overlap(passage, span) for passage in passages)
    ]
    if not without:
        return None
    who = f" by {', '.join(without)}" if len(by_arm) > 1 else ""
    told = f"✗ labelled, not retrieved{who} · {_place(span)}"
    return element(
        "li",
        element("p", told, class_="note lost"),
        element("div", element("mark", span.text[:_MAX_CHARACTERS]), class_="text", dir="auto"),
    )


def _with_gold(passage: Passage, gold: Iterable[Passage]) -> Html:
    """The text with the labelled spans marked; spans count in characters of the document."""
    text = passage.text[:_MAX_CHARACTERS]
    spans = sorted(_overlap(passage, span) or (0, 0) for span in gold)
    parts: list[str] = []
    done = 0
    for start, end in spans:
        left, right = max(start - passage.start, done), min(end - passage.start, len(text))
        if right > left:
            parts += [html(text[done:left]), element("mark", text[left:right])]
            done = right
    more = "…" if len(passage.text) > _MAX_CHARACTERS else ""
    return join([*parts, text[done:], more])


def _overlap(passage: Passage, span: Passage) -> tuple[int, int] | None:
    start, end = max(passage.start, span.start), min(passage.end, span.end)
    return (start, end) if passage.document == span.document and end > start else None


def _place(passage: Passage) -> str:
    return f"{passage.document} {passage.start}–{passage.end}"
