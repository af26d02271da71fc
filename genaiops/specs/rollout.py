"""`rollouts/<name>.yaml`: how a release gets into traffic, what is watched, and what is proven."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag, model_validator

from genaiops.specs.base import Spec
from genaiops.specs.durations import Duration, duration_s

RELATIVE = ("latency", "cost")
"""Metrics whose bad events are told by what is usual of stable."""
SERVED = ("errors", *RELATIVE, "feedback")
"""Metrics that serving tells by itself; others are those of an evaluation."""
SHOWN = "feedback"
"""The metric that needs an answer which its user saw; in shadow there is none."""
FEEDBACK_S = 600.0
"""So long is waited for what a user says of the first answer, where the file gives no window."""
EXTERNAL = "external"
"""The flow of a rollout whose service splits its users itself, and tells what they met."""


class WatchedSpec(Spec):
    """A metric, and what of it is a bad event."""

    metric: str
    """`errors`, `latency`, `cost`, `feedback`, or a metric of the evaluation, by its label."""
    at_least: float | None = None
    """A score below is a bad event, in units of the metric."""
    at_most: float | None = None
    """A score above is a bad event, in units of the metric."""
    quantile: float | None = Field(default=None, gt=0, lt=1)
    """Of `latency` and `cost`: a request above this quantile of stable's is bad; by default .95."""
    slack: float | None = Field(default=None, ge=1)
    """Of `latency` and `cost`: times that quantile; by default 1.2."""
    sample: float = Field(default=1.0, gt=0, le=1)
    """The share of users whose answers are scored by it, the same in both arms."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: JsonValue) -> JsonValue:
        return {"metric": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fitting_limits(self) -> "WatchedSpec":
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("what is bad is told by one of at_least and at_most")
        has_limit = self.at_least is not None or self.at_most is not None
        if has_limit and self.metric in SERVED:
            raise ValueError(f"{self.metric} has no at_least and no at_most")
        is_relative = self.quantile is not None or self.slack is not None
        if is_relative and self.metric not in RELATIVE:
            raise ValueError(f"quantile and slack go with {' and '.join(RELATIVE)}")
        return self

    @property
    def usual_quantile(self) -> float:
        """The quantile of stable's that latency and cost are held against."""
        return 0.95 if self.quantile is None else self.quantile

    @property
    def usual_slack(self) -> float:
        """How many times that quantile is still usual."""
        return 1.2 if self.slack is None else self.slack


class GuardSpec(WatchedSpec):
    """What rolls back as soon as it is proven worse; `errors` is short for `{metric: errors}`."""

    margin_ratio: float = Field(default=1.0, ge=1)
    """So many times the bad events of stable are tolerated."""


class GoalSpec(WatchedSpec):
    """What has to be proven before a release is promoted; it guards, too."""

    margin_ratio: float | None = Field(default=None, gt=1)
    """Proven are fewer than so many times the bad events of stable."""
    margin: float | None = Field(default=None, gt=0, lt=1)
    """Proven is a drop smaller than this; for graded scores from 0 to 1."""

    @model_validator(mode="after")
    def _one_margin(self) -> "GoalSpec":
        if (self.margin is None) == (self.margin_ratio is None):
            raise ValueError("a goal has exactly one of: margin_ratio, margin")
        if self.margin is None:
            return self
        if self.at_least is not None or self.at_most is not None:
            raise ValueError("at_least and at_most go with margin_ratio; margin is for the scores")
        if self.metric in SERVED:
            raise ValueError(f"{self.metric} is told by bad events: give margin_ratio")
        return self


class ShadowStep(Spec):
    """Both arms answer, users see stable's answers, and pairs of answers are scored."""

    shadow: Literal["until_verdict"]
    """It goes on until every goal is proven, or the candidate is rolled back."""


class WeightStep(Spec):
    """The candidate answers a share of the users; `10` is short for `{weight: 10}`."""

    weight: float = Field(gt=0, le=100)
    """Percent of the users, below 100; above that of the step before."""
    min_time: Duration = "10m"
    """The step takes at least so long."""
    min_users: int = Field(default=100, ge=1)
    """At least so many new users of the candidate."""
    max_exposed_users: int | None = Field(default=None, ge=1)
    """So many new users of the candidate end the step: nobody new comes.

    One server shows it to no more, and of several each: they hear of each other at a look, every
    two seconds. One that was killed forgets whom it brought since.
    """

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: JsonValue) -> JsonValue:
        is_weight = isinstance(value, int | float) and not isinstance(value, bool)
        return {"weight": value} if is_weight else value

    @property
    def users_needed(self) -> int:
        """The new users of the candidate that end the step."""
        if self.max_exposed_users is None:
            return self.min_users
        return min(self.min_users, self.max_exposed_users)


def _kind_of(value: object) -> str:
    is_shadow = isinstance(value, ShadowStep) or (isinstance(value, dict) and "shadow" in value)
    return "shadow" if is_shadow else "weight"


StepSpec = Annotated[
    Annotated[ShadowStep, Tag("shadow")] | Annotated[WeightStep, Tag("weight")],
    Discriminator(_kind_of),
]


def _errors_guarded() -> tuple[GuardSpec, ...]:
    return (GuardSpec(metric="errors"),)


class ProbeSpec(Spec):
    """Requests of our own to the candidate, which find a dead one without waiting for users."""

    every_s: float = Field(default=10, ge=1)
    """Seconds between probes; after one that failed the next is asked at once."""
    cases: int = Field(default=3, ge=1, le=100)
    """Cases of the evaluation that are asked side by side."""


class BudgetSpec(Spec):
    """What the candidate may cost; where it is used up, stable answers until there is some left."""

    usd_per_hour: float | None = Field(default=None, gt=0)
    """In the last hour, in US dollars."""
    usd_per_day: float | None = Field(default=None, gt=0)
    """In the last day, in US dollars."""


class RolloutSpec(Spec):
    """One rollout."""

    description: str = ""
    flow: str
    """`flows/<name>`, or `external`: a service of yours that tells what its users met."""
    eval: str | None = None
    """The evaluation whose metrics score live answers; not needed for what serving tells."""
    per: Literal["user", "conversation"] = "user"
    """Who keeps an arm, and counts once."""
    window: Duration = "0s"
    """What a user meets within so long after the first request counts, at its worst.

    0s: the first request alone, and for ten minutes what is said of it where `feedback` is watched.
    In both arms it counts when the window is over.
    """
    steps: tuple[StepSpec, ...]
    """The way into traffic, from top to bottom; promotion is what follows the last."""
    guards: tuple[GuardSpec, ...] = Field(default_factory=_errors_guarded)
    """What rolls back as soon as it is proven worse than stable's; by default `errors`."""
    goals: tuple[GoalSpec, ...]
    """What has to be proven before promotion."""
    judge_budget_usd: float | None = Field(default=None, ge=0)
    """What judges may cost in all; what they then do not score is missing."""
    budget: BudgetSpec = BudgetSpec()
    """What the candidate may cost."""
    max_time: Duration = "7d"
    """After so long without a proof, `without_proof` says what happens."""
    without_proof: Literal["hold", "roll_back"] = "hold"
    """hold: stays where it is, and a person decides."""
    probe: ProbeSpec | None = None
    """Requests of our own to the candidate."""

    @property
    def is_shadowed(self) -> bool:
        """Whether it begins in shadow."""
        return isinstance(next(iter(self.steps), None), ShadowStep)

    @property
    def waits_s(self) -> float:
        """How long after the first request of a user the outcome is waited for, in both arms."""
        hears = self.flow != EXTERNAL and any(each.metric == SHOWN for each in self.watched)
        return duration_s(self.window) or FEEDBACK_S * hears

    @property
    def watched(self) -> tuple[GuardSpec | GoalSpec, ...]:
        """Guards and goals: all whose proof of harm rolls back."""
        return (*self.guards, *self.goals)
