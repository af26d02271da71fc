"""`judges/<name>.yaml`: a rubric, and how a model is asked to judge by it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, JsonValue, field_validator

from genaiops.records import Direction
from genaiops.specs.base import Spec

Form = Literal["pointwise", "reference", "pairwise"]
Scale = Literal["yes/no"] | tuple[int, int] | dict[str, float]

PAIR: Mapping[str, float] = {"first": 1.0, "tie": 0.5, "second": 0.0}
"""What a pairwise judge answers, with what the answer that was shown first gets for it."""
ANSWER, OTHER, EXPECTED = "answer", "other", "expected"
_YES_NO: Mapping[str, float] = {"yes": 1.0, "no": 0.0}
_SEEN: Mapping[Form, tuple[str, ...]] = {
    "pointwise": ("question", ANSWER),
    "reference": ("question", ANSWER, EXPECTED),
    "pairwise": ("question", ANSWER, OTHER),
}
_REFERENCES: Mapping[str, str] = {"question": "${case.inputs.question}"}
SCALES = "yes/no, two whole numbers [1, 5], or labels with values {poor: 0, fair: 0.5, good: 1}"


class JudgeExample(Spec):
    """A judged case: what the judge sees, by the names of `sees`, its score and why."""

    sees: dict[str, str] = Field(min_length=1)
    """A text for each name that the judge sees."""
    score: str
    """One of the scale; of a pairwise judge first, second or tie."""
    reason: str = ""
    """What the judge says before its score."""


class JudgeSpec(Spec):
    """One judge."""

    description: str = ""
    model: str | None = None
    """A model or selection of the catalog; None: each use names it."""
    form: Form = "pointwise"
    """One answer, one answer beside the expected one, or two answers in both orders."""
    criteria: str = Field(min_length=1)
    """What is judged, and what makes it good, in sentences."""
    scale: Scale | None = None
    """`yes/no`, `[low, high]`, or labels with values; a pairwise judge has none."""
    levels: dict[str, str] = {}
    """What a score of the scale means, by score."""
    direction: Direction = "higher"
    """Which scores are better."""
    sees: tuple[str, ...] | dict[str, str] | None = None
    """Names, or names with `${…}`; None: question and answer, and expected or other by form."""
    examples: tuple[JudgeExample, ...] = Field(default=(), max_length=20)
    """Judged cases that the model is shown first."""
    reason: Literal["before", "none"] = "before"
    """Whether the judge says why before it scores."""
    max_reason_words: int = Field(default=60, ge=1, le=1000)
    """So long the judge is told that its reason may be."""
    max_tokens: int | None = Field(default=None, ge=1)
    """None: what reason and score need; models that think before they answer need more."""
    temperature: float = Field(default=0, ge=0, le=2)
    """0: always the likeliest answer."""
    votes: int = Field(default=1, ge=1, le=25)
    """So often each case is judged; the score is the mean."""
    logprobs: Literal["auto", "never"] = "auto"
    """`auto`: weighs the scale by the probabilities of its scores, where the model tells them."""

    @field_validator("scale", mode="before")
    @classmethod
    def _known_scale(cls, value: JsonValue) -> JsonValue:
        match value:
            case None | "yes/no" | [int(), int()]:
                return value
            case dict() if all(isinstance(each, int | float) for each in value.values()):
                return value
            case _:
                raise ValueError(f"scale is {SCALES}, not {value!r}")

    @property
    def values(self) -> Mapping[str, float]:
        """Each score as the judge writes it, with its value, in the order of the scale."""
        match self.scale:
            case None:
                return PAIR if self.form == "pairwise" else {}
            case "yes/no":
                return _YES_NO
            case (low, high):
                return {str(score): float(score) for score in range(low, high + 1)}
            case labels:
                return labels

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest value of a score."""
        return min(self.values.values()), max(self.values.values())

    @property
    def seen(self) -> tuple[str, ...]:
        """The names of what the judge sees, in order."""
        return _SEEN[self.form] if self.sees is None else tuple(self.sees)

    @property
    def references(self) -> Mapping[str, str]:
        """Where what it sees comes from, where the file or the name says it."""
        written = self.sees if isinstance(self.sees, dict) else {}
        known = {name: _REFERENCES[name] for name in self.seen if name in _REFERENCES}
        return {**known, **written}

    @property
    def is_weighed(self) -> bool:
        """Whether a score is weighed by probabilities, where the model tells them."""
        return self.logprobs == "auto" and self.form != "pairwise"

    @property
    def is_binary(self) -> bool:
        """Whether a score is always 0 or 1."""
        is_plain = not self.is_weighed and self.votes == 1
        return is_plain and set(self.values.values()) == {0.0, 1.0}
