"""What a judge answered: a score of its scale and why, or why no score can be read. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.metrics.refusal import is_refusal
from genaiops.records import Completion
from genaiops.specs.json_text import parse_json_text, unfenced

Unread = Literal["empty", "length", "content_filter", "refusal", "prose", "json", "scale"]
"""Why there is no score: the judge said nothing, was cut off, was filtered, would not judge,
ended without a score, wrote broken JSON, or gave a score that the scale does not have."""

_REPAIRABLE = frozenset[Unread]({"prose", "json", "scale"})
_SCORE_LINE = re.compile(r"[*_`#\s]*score[*_`\s]*:[*_`\s]*(?P<label>.*?)[*_`\s.]*", re.IGNORECASE)
_LONGEST_LINE = 1_000
"""Characters of a line that can be a score."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """A score as the scale writes it and `written` as the judge did, or what is wrong."""

    label: str | None = None
    written: str = ""
    reason: str = ""
    unread: Unread | None = None
    problem: str = ""

    @property
    def is_repairable(self) -> bool:
        """Whether the judge may do better when told what could not be read."""
        return self.unread in _REPAIRABLE


def read_score(completion: Completion, labels: Sequence[str], *, as_json: bool) -> Reading:
    """The score of an answer: of its JSON object, else of its last line `SCORE: …`.

    Nothing is guessed: an answer with two scores, or one beside the scale, has none.
    """
    text = completion.text.strip()
    if completion.finish_reason == "content_filter":
        return _unread("content_filter", "the provider's filter withheld its answer")
    if completion.finish_reason == "length":
        tokens = completion.usage.output_tokens
        return _unread("length", f"cut off after {tokens} tokens; raise max_tokens of the judge")
    if not text:
        return _unread("empty", "it answered nothing")
    reading = _of_json(text, labels) if as_json else _of_lines(text, labels)
    if reading.label is None and is_refusal(text):
        return _unread("refusal", f"it will not judge: {_short(text)!r}")
    return reading


def _of_json(text: str, labels: Sequence[str]) -> Reading:
    try:
        value = parse_json_text(unfenced(text))
    except InputError:
        kind: Unread = "json" if text[0] in "{[`" else "prose"
        return _unread(kind, f"no JSON object: {_short(text)!r}")
    if not isinstance(value, dict) or "score" not in value:
        return _unread("json", f"no JSON object with a score: {_short(text)!r}")
    reason = value.get("reason")
    return _on_scale(_written(value["score"]), labels, reason if isinstance(reason, str) else "")


def _of_lines(text: str, labels: Sequence[str]) -> Reading:
    lines = [line for line in text.splitlines() if line.strip()]
    short = (line for line in lines if len(line) <= _LONGEST_LINE)
    found = [match for match in map(_SCORE_LINE.fullmatch, short) if match]
    if not found or found[-1].string is not lines[-1]:
        return _unread("prose", f"no last line `SCORE: …`, but {_short(lines[-1])!r}")
    if len({match["label"].casefold() for match in found}) > 1:
        given = ", ".join(_short(match["label"]) for match in found[:5])
        return _unread("prose", f"more than one score: {given}")
    return _on_scale(found[-1]["label"], labels, " ".join(lines[:-1]))


def _on_scale(written: str, labels: Sequence[str], reason: str) -> Reading:
    folded = written.strip().casefold()
    label = next((each for each in labels if each.strip().casefold() == folded), None)
    if label is None:
        return _unread("scale", f"the scale has no score {_short(written)!r}")
    return Reading(label, written.strip(), " ".join(reason.split()))


def _written(score: JsonValue) -> str:
    """A score of JSON as a text; a number without a fraction as a whole one."""
    match score:
        case str():
            return score
        case bool():
            return "yes" if score else "no"
        case float() if score.is_integer():
            return str(int(score))
        case int() | float():
            return str(score)
        case _:
            return type(score).__name__


def _unread(kind: Unread, problem: str) -> Reading:
    return Reading(unread=kind, problem=problem)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
