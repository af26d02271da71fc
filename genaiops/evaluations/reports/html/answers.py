"""The answers to a case as text, with the words marked by which they differ."""

import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from genaiops.evaluations.diff import is_passage
from genaiops.evaluations.reports.html.markup import Html, element, fold, html, join
from genaiops.evaluations.reports.html.rows import CaseRow
from genaiops.evaluations.reports.html.words import Piece, compare_words

PASSAGES = "passages"
"""The field of outputs and expected values that is shown as passages, where it holds some."""
MAX_CHARACTERS = 20_000
"""Of a longer text, only so much is shown."""
_FOLD_LINES = 40
_LINE = 90
EXPECTED = "expected"

Place = tuple[str, int, str]
"""An arm (or `EXPECTED`), a repeat, a field."""


def fields_of(values: Mapping[str, JsonValue] | None) -> dict[str, str]:
    """The fields of inputs, outputs or expected values as text; passages are shown apart."""
    return {
        name: value if isinstance(value, str) else _json(value)
        for name, value in (values or {}).items()
        if name != PASSAGES or not _holds_passages(value)
    }


def shown_texts(row: CaseRow) -> dict[Place, Html]:
    """Every text of the answers, with marks where it is compared.

    Two arms: words that only one of them has. More arms: words that the first does not have. One
    arm: words that only the answer or only the expected answer has.
    """
    texts: dict[Place, str] = {
        (label, stored.result.repeat, name): text
        for label, results in row.results.items()
        for stored in results
        for name, text in fields_of(stored.result.outputs).items()
    }
    expected = fields_of(row.case.expected)
    texts |= {(EXPECTED, 0, name): text for name, text in expected.items()}
    shown: dict[Place, Html] = {}
    labels = list(row.results)
    for place, text in texts.items():
        other = _counterpart(place, labels, texts)
        difference = compare_words(texts[other], text) if other and place not in shown else None
        if other is None or difference is None:
            continue
        shown[place] = _marked(difference.second, "ins")
        if other[0] == EXPECTED or len(labels) == 2:
            shown.setdefault(other, _marked(difference.first, "del"))
    return {place: shown.get(place) or html(_cut(text)) for place, text in texts.items()}


def text_block(content: str, plain: str) -> Html:
    """A text as it is written, its lines kept; a long one folded behind its beginning."""
    block = element("div", content, class_="text", dir="auto")
    lines = sum(1 + len(line) // _LINE for line in plain.splitlines())
    if len(plain) > MAX_CHARACTERS:
        left = f"{len(plain) - MAX_CHARACTERS:,} more characters are only in the run's export."
        block = join([block, element("p", left, class_="note")])
    if lines <= _FOLD_LINES:
        return block
    beginning = " ".join(plain[:400].split())[:80]
    return fold(f"{beginning}… ({lines:,} lines, {len(plain):,} characters)", block)


def plain_block(text: str) -> Html:
    """A text without marks."""
    return text_block(_cut(text), text)


def _counterpart(place: Place, labels: Sequence[str], texts: Mapping[Place, str]) -> Place | None:
    """What a text is compared with: the first arm's, or the expected one of an only arm."""
    arm, repeat, name = place
    if arm == EXPECTED or len(texts[place]) > MAX_CHARACTERS:
        return None
    if len(labels) > 1:
        other = (labels[0], repeat, name)
        is_other = arm != labels[0] and other in texts
        return other if is_other and len(texts[other]) <= MAX_CHARACTERS else None
    wanted = [found for found in texts if found[0] == EXPECTED]
    same = [found for found in wanted if found[2] == name]
    given = [found for found in texts if found[0] == arm and found[1] == repeat]
    if not same and len(wanted) == len(given) == 1:
        same = wanted
    return next((found for found in same if len(texts[found]) <= MAX_CHARACTERS), None)


def _marked(pieces: Sequence[Piece], name: str) -> Html:
    return join(element(name, piece.text) if piece.is_own else piece.text for piece in pieces)


def _holds_passages(value: JsonValue) -> bool:
    return isinstance(value, list) and all(map(is_passage, value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
