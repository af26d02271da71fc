"""A judge's spec as messages, and the form in which the judge is to answer."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.metrics.judges.data import as_data
from genaiops.prompts import Prompt, load_prompt
from genaiops.records import CompletionRequest, Message, Parameters
from genaiops.specs.judge import ANSWER, EXPECTED, OTHER, Form, JudgeExample, JudgeSpec

_FORM = "2"
"""Of how an answer is asked for and read; counts up when the same spec gives another score."""
_CALLED: Mapping[Form, Mapping[str, str]] = {
    "pointwise": {},
    "reference": {EXPECTED: "expected answer"},
    "pairwise": {ANSWER: "first answer", OTHER: "second answer", EXPECTED: "expected answer"},
}
_TOKENS_PER_WORD = 4
_TOKENS_AROUND = 40


@dataclass(frozen=True, slots=True)
class RubricPrompt:
    """How a judge is asked; `as_json` where its model keeps to a schema."""

    spec: JudgeSpec
    as_json: bool

    def request(self, seen: Mapping[str, object], vote: int = 0) -> CompletionRequest:
        """The question about one case; each vote has a seed of its own.

        Raises:
            TemplateError: what is seen is too long for any prompt.
        """
        return CompletionRequest(
            messages=(*self._messages(as_data(seen, _CALLED[self.spec.form])),),
            parameters=Parameters(
                temperature=self.spec.temperature,
                max_tokens=self.spec.max_tokens or self._tokens,
                seed=vote * 1000 if self.spec.votes > 1 else None,
            ),
            response_schema=self._schema if self.as_json else None,
        )

    def again(self, request: CompletionRequest, answered: str, problem: str) -> CompletionRequest:
        """The question once more, after an answer that could not be read."""
        told = f"Your answer could not be read: {problem}. Answer again. {self.order}"
        said = (
            Message(role="assistant", content=answered),
            Message(role="user", content=told),
        )
        messages = (*request.messages, *said)
        return request.model_copy(update={"messages": messages, "attempt": 1})

    @property
    def order(self) -> str:
        """How to answer; the last that a judge reads."""
        scores = " | ".join(self.spec.values)
        words = self.spec.max_reason_words
        says_why = self.spec.reason == "before"
        if self.as_json:
            told = f"The reason says why in at most {words} words. " if says_why else ""
            keys = "reason and score" if says_why else "score"
            return f"Answer with one JSON object of {keys}. {told}The score is one of: {scores}"
        if says_why:
            return (
                f"Say why in at most {words} words. Then write a last line in this form:\n"
                f"SCORE: {scores}"
            )
        return f"Answer with one line in this form, and nothing else:\nSCORE: {scores}"

    def _messages(self, data: str) -> list[Message]:
        values = {
            "criteria": self.spec.criteria.strip(),
            "scores": self._scores,
            "order": self.order,
        }
        told: list[Message] = []
        for example in self.spec.examples:
            seen = {name: example.sees[name] for name in self.spec.seen}
            user = _prompt().render({**values, "data": as_data(seen, _CALLED[self.spec.form])})[-1]
            told += [user, Message(role="assistant", content=self._answer(example))]
        system, user = _prompt().render({**values, "data": data})
        return [system, *told, user]

    def _answer(self, example: JudgeExample) -> str:
        """What the judge would have answered to an example."""
        says_why = self.spec.reason == "before"
        if self.as_json:
            said: dict[str, JsonValue] = {"reason": example.reason} if says_why else {}
            return json.dumps(
                {**said, "score": _value(example.score, self.spec)}, ensure_ascii=False
            )
        why = f"{example.reason}\n" if says_why and example.reason else ""
        return f"{why}SCORE: {example.score}"

    @property
    def _scores(self) -> str:
        levels = self.spec.levels
        return "\n".join(
            f"- {label}: {levels[label]}" if label in levels else f"- {label}"
            for label in self.spec.values
        )

    @property
    def _schema(self) -> dict[str, JsonValue]:
        scores: list[JsonValue] = [_value(label, self.spec) for label in self.spec.values]
        properties: dict[str, JsonValue] = {"score": {"enum": scores}}
        if self.spec.reason == "before":
            properties = {"reason": {"type": "string"}, **properties}
        return {
            "type": "object",
            "properties": properties,
            "required": [*properties],
            "additionalProperties": False,
        }

    @property
    def _tokens(self) -> int:
        """What reason and score need at most: words of other languages take more tokens."""
        longest = max(map(len, self.spec.values))
        reason = self.spec.max_reason_words * _TOKENS_PER_WORD
        return (reason if self.spec.reason == "before" else 0) + longest + _TOKENS_AROUND


def made_of(spec: JudgeSpec, structured: Collection[str]) -> str:
    """The digest of all that decides a judge's scores but for the model's own identity.

    What a default means decides as well, so all keys count.
    """
    said = spec.model_dump(mode="json", exclude={"description", "model"})
    parts = {"judge": said, "structured": sorted(structured)}
    return digest({**parts, "prompt": _prompt().digest, "form": _FORM})


def _value(label: str, spec: JudgeSpec) -> JsonValue:
    """A score as JSON has it: a whole number where the scale is of numbers."""
    return int(label) if isinstance(spec.scale, tuple) else label


@cache
def _prompt() -> Prompt:
    path = Path(__file__).with_name("judge.md")
    return load_prompt(path, path.name)
