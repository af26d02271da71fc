"""What a rollout file says against itself, each fault at its place."""

from collections.abc import Iterator

from genaiops.errors import Fault
from genaiops.specs.document import Path
from genaiops.specs.durations import duration_s
from genaiops.specs.load import Loaded
from genaiops.specs.rollout import EXTERNAL, SERVED, SHOWN, RolloutSpec, WeightStep
from genaiops.text.quantities import long_time


def rollout_faults(loaded: Loaded[RolloutSpec]) -> Iterator[Fault]:
    """Steps that do not rise, metrics that are watched twice, and what no evaluation scores."""
    for path, told in (*_step_problems(loaded.spec), *_metric_problems(loaded.spec)):
        yield loaded.document.fault(path, told)


def watched_paths(spec: RolloutSpec) -> tuple[Path, ...]:
    """Where each watched metric stands, in the order of `spec.watched`."""
    guards = [("guards", place) for place in range(len(spec.guards))]
    return (*guards, *(("goals", place) for place in range(len(spec.goals))))


def _step_problems(spec: RolloutSpec) -> Iterator[tuple[Path, str]]:
    reached = 0.0
    for place, step in enumerate(spec.steps):
        path = ("steps", place)
        if isinstance(step, WeightStep):
            yield from ((path, told) for told in _weight_problems(step, reached))
            reached = max(reached, step.weight)
        elif spec.flow == EXTERNAL:
            yield path, "an external service is not shadowed by genaiops: leave this step out"
        elif place:
            yield path, "a shadow step comes first: it proves before anybody is exposed"
    yield from _time_problems(spec)
    if reached == 0:
        yield ("steps",), "no step gives the candidate a weight: nothing leads to promotion"


def _time_problems(spec: RolloutSpec) -> Iterator[tuple[Path, str]]:
    """Steps that cannot all be done in time; one that may be full before its time is left out."""
    timed = [s for s in spec.steps if isinstance(s, WeightStep) and s.max_exposed_users is None]
    least_s = sum(duration_s(step.min_time) for step in timed)
    if least_s > duration_s(spec.max_time):
        path: Path = ("max_time",) if "max_time" in spec.model_fields_set else ("steps",)
        told = f"its steps take {long_time(least_s)} at least, by their min_time"
        yield path, f"{told}, and max_time is {spec.max_time}: nothing can be promoted"


def _weight_problems(step: WeightStep, reached: float) -> Iterator[str]:
    if step.weight == 100:
        yield "a weight of 100 is what promotion does: leave this step out"
    elif step.weight <= reached:
        yield f"weight {step.weight:g} is not above {reached:g}, that of the step before"
    most = step.max_exposed_users
    if most is not None and "min_users" in step.model_fields_set and step.min_users > most:
        yield f"min_users {step.min_users} is more than max_exposed_users {most}"


def _metric_problems(spec: RolloutSpec) -> Iterator[tuple[Path, str]]:
    if not spec.goals:
        yield ("goals",), "there is no goal: promotion needs something to prove"
    seen: set[str] = set()
    for watched, path in zip(spec.watched, watched_paths(spec), strict=True):
        if watched.metric in seen:
            yield path, f"{watched.metric!r} is watched twice: {_why_twice(spec, watched.metric)}"
        seen.add(watched.metric)
        if watched.metric == SHOWN and path[0] == "goals" and spec.is_shadowed:
            yield path, f"{SHOWN} cannot be proven in shadow, where nobody sees the answer"
        if spec.eval is None and spec.flow != EXTERNAL and watched.metric not in SERVED:
            told = f"what scores {watched.metric!r} is told by `eval:`; without it there are: "
            yield path, f"{told}{', '.join(SERVED)}"
    if spec.flow == EXTERNAL and spec.eval is not None:
        yield ("eval",), "what an external service met, it tells itself: leave eval out"
    if spec.eval is None and spec.probe is not None:
        yield ("probe",), "the cases of a probe are those of `eval:`"


def _why_twice(spec: RolloutSpec, metric: str) -> str:
    if "guards" not in spec.model_fields_set and metric in {guard.metric for guard in spec.guards}:
        return "it is a guard where none are named, so say `guards: []`"
    return "a goal guards, too"
