"""`evals/<name>.yaml`: a flow, a dataset, metrics and gates."""

from typing import Literal

from pydantic import Field, JsonValue, model_validator

from genaiops.specs.base import Spec

AtOnce = Literal["block", "allow", "block_if_worse"]
"""What an open gate can do that is judged once."""
OnInconclusive = Literal[AtOnce, "extend"]
IMPORTED = "imported"
"""The flow of an evaluation whose answers come from elsewhere."""
RULES = ("at_least", "at_most", "no_worse_than", "max_cases")


class MetricUse(Spec):
    """A metric with its label and arguments.

    `answer_f1` is short for `{metric: answer_f1}`, and `passage_recall: {as: recall_at_4, k: 4}`
    for `{metric: passage_recall, as: recall_at_4, arguments: {k: 4}}`.
    """

    metric: str
    """A name of docs/metrics.md, `judges/<name>`, or `package.module:function`."""
    as_: str | None = Field(default=None, alias="as")
    """Its label in reports and gates; by default its name."""
    arguments: dict[str, JsonValue] = {}
    """Values, or references such as `${run.outputs.answer}` and `${case.expected.answer}`."""

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return {"metric": value}
        if isinstance(value, dict) and len(value) == 1 and "metric" not in value:
            ((name, arguments),) = value.items()
            if isinstance(arguments, dict):
                rest = {key: item for key, item in arguments.items() if key != "as"}
                label = {"as": arguments["as"]} if "as" in arguments else {}
                return {"metric": name, "arguments": rest, **label}
        return value

    @property
    def label(self) -> str:
        """The name in reports and gates."""
        return self.as_ or self.metric.rpartition(":")[2].rpartition("/")[2]


class GateSpec(Spec):
    """One rule: a metric and exactly one of at_least, at_most, no_worse_than, max_cases."""

    metric: str
    """A metric of this evaluation, by its label."""
    at_least: float | None = None
    """The mean, proven, in units of the metric."""
    at_most: float | None = None
    """The mean, proven, in units of the metric."""
    no_worse_than: Literal["baseline"] | None = None
    """The accepted run, case by case; goes with margin or margin_ratio."""
    max_cases: int | None = Field(default=None, ge=0)
    """At most so many cases may fail (a binary metric); observed, never inconclusive."""
    margin: float | None = Field(default=None, ge=0)
    """The drop no_worse_than tolerates, in units of the metric; `baseline accept` writes it."""
    margin_ratio: float | None = Field(default=None, gt=1)
    """The same for latency, cost and tokens: 1.2 tolerates a fifth more."""
    quantile: float | None = Field(default=None, gt=0, lt=1)
    """With at_most or at_least: so large a share of the cases must be within the limit."""
    slice: str | dict[str, JsonValue] | None = None
    """A tag, or a tag with its value: each slice is judged by itself; it can fail, never pass."""
    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    """One-sided error of a pass and of a fail."""
    max_missing: float = Field(default=1.0, ge=0, le=1)
    """A larger share of missing scores makes the gate inconclusive."""
    on_inconclusive: OnInconclusive | None = None
    """None: that of the evaluation."""
    tier: Literal["blocking", "advisory", "report"] = "blocking"
    """Only `blocking` ones decide; a gate on an uncalibrated judge is `advisory` by default."""

    @model_validator(mode="after")
    def _one_rule(self) -> "GateSpec":
        rules = [name for name in RULES if getattr(self, name) is not None]
        if len(rules) != 1:
            raise ValueError(f"a gate has exactly one of: {', '.join(RULES)}")
        if self.no_worse_than is None and (self.margin, self.margin_ratio) != (None, None):
            raise ValueError("margin and margin_ratio go with no_worse_than")
        if self.margin is not None and self.margin_ratio is not None:
            raise ValueError("a gate has one of margin and margin_ratio")
        if self.quantile is not None and rules[0] not in {"at_least", "at_most"}:
            raise ValueError("quantile goes with at_least or at_most")
        if isinstance(self.slice, dict) and len(self.slice) != 1:
            raise ValueError("slice is one tag, or one tag with its value: {topic: billing}")
        return self

    @property
    def lacks_margin(self) -> bool:
        """Whether it compares with a baseline, and nothing says which drop it tolerates."""
        return self.no_worse_than is not None and self.margin is None and self.margin_ratio is None

    @property
    def slice_tag(self) -> str | None:
        """The tag by which the gate tells slices."""
        return next(iter(self.slice)) if isinstance(self.slice, dict) else self.slice


class EvalSpec(Spec):
    """One evaluation."""

    description: str = ""
    flow: str
    """`flows/<name>`, a Python function such as `app:answer`, or `imported`: `genaiops import`."""
    dataset: str
    """A CSV, TSV, JSONL or JSON file of the project, from its root."""
    inputs: dict[str, JsonValue] = {}
    """Inputs of the flow from the case; by default those of the same name."""
    plant: str | None = None
    """`${case.…}`: a text that every index finds first, as an attacker's document; empty: none."""
    variant: str | None = None
    """A variant of the flow."""
    model: str | None = None
    """Stands in for the model of every prompt node."""
    repeats: int = Field(default=1, ge=1, le=100)
    """Draws of each case."""
    seed: int | None = None
    """None: the project's."""
    limit: int | None = Field(default=None, gt=0)
    """Only the first cases, after the filter."""
    filter: dict[str, JsonValue] = {}
    """Only cases with these tags."""
    concurrency: int = Field(default=8, ge=1, le=1000)
    """Cases at once."""
    timeout_s: float | None = Field(default=None, gt=0)
    """For the flow of one case; a case over it has the worst scores."""
    metrics: tuple[MetricUse, ...] = Field(min_length=1)
    """What is scored: names, or names with arguments."""
    gates: tuple[GateSpec, ...] = ()
    """What may not happen."""
    slices: tuple[str, ...] = ()
    """Tags by whose values scores are also shown."""
    on_inconclusive: OnInconclusive = "block_if_worse"
    """Whether an open gate blocks; `block_if_worse`: where what was seen is on the wrong side.

    `extend`: asks each case again first, then as `block_if_worse`.
    """

    @model_validator(mode="after")
    def _labels(self) -> "EvalSpec":
        labels = [use.label for use in self.metrics]
        doubled = sorted({label for label in labels if labels.count(label) > 1})
        if doubled:
            raise ValueError(
                f"two metrics are called {doubled[0]!r}; give one another name by `as`"
            )
        return self

    @property
    def slice_tags(self) -> tuple[str, ...]:
        """The tags by whose values scores are kept apart: those of `slices`, and of gates."""
        of_gates = [gate.slice_tag for gate in self.gates if gate.slice_tag is not None]
        return tuple(dict.fromkeys([*self.slices, *of_gates]))
