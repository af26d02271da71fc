"""What is written down: calls, flow runs, scores, evaluations and verdicts. Frozen, plain JSON."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

from genaiops.errors import FailureKind

Direction = Literal["higher", "lower"]
Word = Literal["pass", "fail", "inconclusive"]

WORST_KINDS: frozenset[FailureKind] = frozenset(
    {
        "timeout",
        "truncated",
        "content_filter",
        "length",
        "context_window",
        "template",
        "schema",
        "empty",
        "node",
    }
)
"""Failures that are the product's own: they score the worst of a range; others are missing."""


NOT_APPLICABLE = "not applicable"
"""Begins the reason of a score that a metric does not give for this case; gates leave it out."""


class Record(BaseModel):
    """A frozen record; unknown keys are refused, and numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ToolCall(Record):
    """A model's wish to call a tool; `arguments` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(Record):
    """One chat message; a tool's answer carries the id of the call that it answers."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Tool(Record):
    """A tool offered to a model; `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: dict[str, JsonValue]


class Parameters(Record):
    """Sampling parameters; what is None is left to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


class Passage(Record):
    """A piece of a source document: `text == document[start:end]` in characters."""

    document: str
    start: int
    end: int
    text: str
    score: float | None = None


class CompletionRequest(Record):
    """All that a model is asked at once.

    `passages` and `question` repeat in plain form what the messages hold in prose, for models that
    pick from passages instead of reading a prompt. `top_logprobs` > 0 asks for log-probabilities.
    """

    messages: tuple[Message, ...]
    parameters: Parameters = Parameters()
    tools: tuple[Tool, ...] = ()
    response_schema: dict[str, JsonValue] | None = None
    top_logprobs: int = 0
    passages: tuple[Passage, ...] = ()
    question: str | None = None
    case_id: str | None = None
    repeat: int = 0


class Usage(Record):
    """Tokens and money; `cost_usd` is None where no price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: "Usage") -> "Usage":
        """Add up; an unknown cost stays unknown unless nothing was used."""
        costs = [u.cost_usd for u in (self, other) if u != Usage()]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=None if not costs or None in costs else sum(c for c in costs if c is not None),
        )


class TokenLogprob(Record):
    """A generated token with its natural-log probability and its nearest rivals."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


class Completion(Record):
    """A model's finished answer; `latency_s` and `usage` are those of the call that was made."""

    text: str
    finish_reason: Literal["stop", "length", "tool_calls", "content_filter"] = "stop"
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    latency_s: float = 0.0
    logprobs: tuple[TokenLogprob, ...] = ()


class Failure(Record):
    """Why there is no result, and where: the node or metric that failed."""

    kind: FailureKind
    message: str
    where: str | None = None


class NodeRun(Record):
    """One step that ran, was skipped (`skipped`), or failed (`failure`).

    `seconds` is wall-clock time and no part of a canonical report; `latency_s` is the recorded time
    of its model calls. `calls` holds the keys of the model calls, in order. A `for_each` node keeps
    one NodeRun, with its items' outputs under `all`.
    """

    node: str
    kind: Literal["prompt", "retrieve", "python", "flow"]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    skipped: bool = False
    seconds: float = 0.0
    latency_s: float = 0.0
    usage: Usage = Usage()
    calls: tuple[str, ...] = ()
    model: str | None = None
    messages: tuple[Message, ...] = ()


class FlowRun(Record):
    """A flow that ran once: outputs, or the failure that ended it.

    `latency_s` is the recorded model time along the critical path, in seconds.
    """

    flow: str
    inputs: dict[str, JsonValue]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    nodes: tuple[NodeRun, ...] = ()
    latency_s: float = 0.0
    usage: Usage = Usage()


class Case(Record):
    """One labelled input. Cases of one `cluster` are not independent of each other."""

    id: str
    inputs: dict[str, JsonValue]
    expected: dict[str, JsonValue] = {}
    tags: dict[str, JsonValue] = {}
    cluster: str | None = None


class Score(Record):
    """A finite value, or the reason why there is none; never both, never neither."""

    value: float | None = None
    reason: str | None = None
    explanation: str | None = None
    evidence: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _value_or_reason(self) -> "Score":
        if (self.value is None) == (self.reason is None):
            raise ValueError("a score has a value or a reason why it has none")
        return self


class MetricInfo(Record):
    """What a metric declares: its range (None is unbounded), direction and digest.

    `name` is the label in reports, `metric` the function behind it. `binary` says that values are
    0 or 1 only. `digest` covers function, version and arguments.
    """

    name: str
    metric: str
    low: float | None
    high: float | None
    direction: Direction
    binary: bool = False
    unit: Literal["share", "s", "usd", "tokens", "score"] = "share"
    digest: str

    @property
    def worst(self) -> float | None:
        """The worst value of the range; None where that side is unbounded."""
        return self.low if self.direction == "higher" else self.high


class CaseResult(Record):
    """One case and one repeat: what came out, how it scored, or why it did not.

    `calls` is the digest of the keys of all model calls of the flow.
    """

    case_id: str
    repeat: int = 0
    status: Literal["scored", "errored", "skipped"]
    outputs: dict[str, JsonValue] | None = None
    failure: Failure | None = None
    scores: dict[str, Score] = {}
    latency_s: float = 0.0
    usage: Usage = Usage()
    calls: str = ""


class EvalRun(Record):
    """One whole evaluation: the digests of all it used, and its counts.

    `digest` covers `digests`, seed and repeats: equal inputs give equal digests. planned = scored +
    errored + skipped, counted in cases times repeats. `id`, `started_at` (ISO 8601, UTC), `seconds`
    and `git_commit` tell of this one execution and are no part of a canonical report.
    """

    id: str
    eval: str
    digest: str
    digests: dict[str, str]
    metrics: tuple[MetricInfo, ...]
    slices: tuple[str, ...] = ()
    variant: str | None = None
    models: tuple[str, ...] = ()
    seed: int = 0
    repeats: int = 1
    planned: int
    scored: int = 0
    errored: int = 0
    skipped: int = 0
    reused_calls: int = 0
    made_calls: int = 0
    usage: Usage = Usage()
    version: str
    started_at: str = ""
    seconds: float = 0.0
    git_commit: str | None = None


class CaseScores(Record):
    """The scores of one case, by metric, in the order of the repeats; None is missing.

    A metric that does not apply to the case is absent. `failed` holds the repeats, from 0, that
    ended in a failure of the product's own: their time counts as over every limit.
    """

    case_id: str
    cluster: str | None = None
    tags: dict[str, JsonValue] = {}
    scores: dict[str, tuple[float | None, ...]]
    failed: tuple[int, ...] = ()
    calls: str = ""


class RunScores(Record):
    """An evaluation reduced to what gates need."""

    run: EvalRun
    cases: tuple[CaseScores, ...]


class Baseline(Record):
    """The accepted evaluation that gates compare with; `reason` says why a failing one was."""

    scores: RunScores
    reason: str | None = None


class Estimate(Record):
    """A number with its two-sided interval at `level`; of `n` cases, `missing` lack a score.

    A missing score counts as the worst in `value`, and at both ends in the interval. None is a
    number that is not there: no case, an unbounded side, or too few cases for a bound.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    missing: int = 0
    level: float
    method: str


class Verdict(Record):
    """What one gate says, with its numbers.

    `estimate` is the candidate's; `baseline` and `difference` (candidate minus baseline) are there
    where the gate compares. `improved` and `worsened` count paired cases. `p_fail` is corrected for
    the number of blocking gates. Where the verdict is inconclusive, `to_decide` says what would
    decide, and `n_needed` is the number of cases that would; None where none would.
    """

    gate: str
    metric: MetricInfo
    tier: Literal["blocking", "advisory", "report"]
    word: Word
    sentence: str
    estimate: Estimate
    baseline: Estimate | None = None
    difference: Estimate | None = None
    improved: int = 0
    worsened: int = 0
    margin: float | None = None
    limit: float | None = None
    p_fail: float | None = None
    n_needed: int | None = None
    to_decide: str | None = None
    blocks: bool = False


class Decision(Record):
    """All verdicts of an evaluation's gates, and what follows from them.

    `word` is fail if a blocking gate failed, pass if all blocking gates passed, else inconclusive.
    `summary` says in a few words why. `blocked` is what the policy makes of it.
    """

    eval: str
    word: Word
    summary: str
    blocked: bool
    policy: str
    policy_sentence: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
