"""Plans and simulations of rollouts, in words."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from genaiops.project.rollouts import Plan
from genaiops.rollout.forecast import Forecast, MetricForecast
from genaiops.rollout.simulation import Effect, Simulated
from genaiops.rollout.state import Phase
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import GoalSpec, GuardSpec, RolloutSpec
from genaiops.text.layout import table, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted, long_time

When = Callable[[float], str]


def clock(start: datetime | None) -> When:
    """Times as they are said: how long, and where a start is known, until when."""

    def say(duration_s: float) -> str:
        if start is None:
            return long_time(duration_s)
        end = start + timedelta(seconds=duration_s)
        day = "" if end.date() == start.date() else f"{end:%a} "
        return f"{long_time(duration_s)} (by {day}{end:%H:%M})"

    return say


def plan_text(plan: Plan, spec: RolloutSpec, when: When) -> str:
    """Steps, what each metric can tell and when, and the likely end."""
    lines = [f"PLAN  {printable(plan.name)}: {traffic_text(plan.traffic)}"]
    lines += _forecast_lines(plan.forecast, spec, when)
    return "\n".join(lines)


def proposal_text(plan: Plan, spec: RolloutSpec, when: When) -> str:
    """Steps to write into the file, and what to expect of them."""
    proposal = plan.proposal
    if proposal is None:
        return "no steps lead to a verdict in time"
    lines = ["steps that suit this traffic:", "steps:"]
    lines += [f"  - {_flow_yaml(step)}" for step in proposal.steps]
    lines += _forecast_lines(proposal.forecast, spec, when)
    return "\n".join(lines)


def refusal_text(plan: Plan) -> str:
    """Why a plan cannot reach a verdict, and what could."""
    expected, most = plan.forecast, long_time(plan.forecast.max_time_s)
    if expected.unproven:
        why = f"{', '.join(expected.unproven)} is likely not proven within {most}"
    else:
        takes = sum(step.lasts_s or 0 for step in expected.steps)
        why = f"its steps take {long_time(takes)}, and max_time is {most}"
    told = f"the plan of {plan.name!r} is likely to end without a verdict: {why}"
    proposal = plan.proposal
    if proposal is None or proposal.forecast.promoted_s is None:
        return (
            f"{told}; no other steps would do with this traffic: tolerate more by margin or "
            "margin_ratio, score more of the users, or give it a longer max_time"
        )
    steps = ", ".join(_flow_yaml(step) for step in proposal.steps)
    return f"{told}; likely within {long_time(proposal.forecast.promoted_s)} by steps: [{steps}]"


def simulated_text(
    name: str, traffic: Traffic, simulated: Sequence[Simulated], rollouts: int
) -> str:
    """A row a candidate: how its rollouts ended, and when."""
    head = ("  candidate", "promoted", "after", "rolled back", "after", "held", "exposed")
    rows = [head, *(_simulated_row(each) for each in simulated)]
    lead = f"SIMULATE  {printable(name)}: {counted(rollouts, 'rollout')} a row, "
    return "\n".join(
        (
            wrapped(f"{lead}{traffic_text(traffic)}"),
            table(rows, right=(1, 2, 3, 4, 5, 6), flexible=0),
            wrapped("+- is the Monte Carlo standard error; times and users are medians", indent=2),
        )
    )


def effect_text(effect: Effect) -> str:
    """A candidate in words: "like stable", "errors x2"."""
    worse = [f"{metric} x{times:g}" for metric, times in effect.times.items() if times != 1]
    return ", ".join(worse) or "like stable"


def traffic_text(traffic: Traffic) -> str:
    """Requests and new users, in the unit in which they are some."""
    for unit, times in (("minute", 1.0), ("hour", 60.0), ("day", 1440.0)):
        users = traffic.requests_per_min * traffic.new_users * times
        if users >= 1 or unit == "day":
            requests = traffic.requests_per_min * times
            article = "an" if unit == "hour" else "a"
            if traffic.measured_s is None:
                return f"{requests:,.4g} requests and {users:,.4g} new users {article} {unit}"
            told = f"{_about(requests)} requests and {_about(users)} new users {article} {unit}"
            return f"{told}, as measured in the last {long_time(traffic.measured_s)}"
    raise AssertionError


def _about(measured: float) -> str:
    return f"{float(f'{measured:.2g}'):,.12g}"


def _forecast_lines(expected: Forecast, spec: RolloutSpec, when: When) -> Iterator[str]:
    rows = [("  step", "likely takes", "users of the candidate")]
    for step in expected.steps:
        name = "shadow" if step.weight is None else f"{100 * step.weight:g}%"
        lasts = "too long" if step.lasts_s is None else long_time(step.lasts_s)
        rows.append((f"  {name}", lasts, str(step.exposed)))
    yield table(rows, right=(1, 2))
    watched = {each.metric: each for each in spec.watched}
    for metric in expected.metrics:
        yield _hanging(_metric_text(metric, watched[metric.metric], expected, when))
    if expected.promoted_s is not None:
        told = f"a candidate like stable is likely promoted within {when(expected.promoted_s)}"
        yield wrapped(told, indent=2)


def _metric_text(
    found: MetricForecast, watched: GuardSpec | GoalSpec, expected: Forecast, when: When
) -> str:
    parts = [f"{_times(times)} within {when(at)}" for times, at in found.found_s.items() if at]
    never = [times for times, at in found.found_s.items() if at is None]
    told: list[str] = []
    if parts:
        told.append(f"likely finds {_listed(parts[:3])}")
    if never:
        until = f"within {long_time(expected.max_time_s)}"
        if not found.is_goal and expected.promoted_s is not None:
            until = "before promotion"
        told.append(f"likely misses {_times(max(never))} {until}")
    if isinstance(watched, GoalSpec):
        told.append(_proof_text(found, watched, expected, when))
    if not found.found_s:
        told.insert(0, "nothing can be half as bad again")
    role = "goal" if found.is_goal else "guard"
    return f"{found.metric} ({role}, {100 * found.bad_share:g}% bad): {'; '.join(told)}"


def _proof_text(found: MetricForecast, goal: GoalSpec, expected: Forecast, when: When) -> str:
    claim = (
        f"fewer than {goal.margin_ratio:g} times as many"
        if goal.margin is None
        else f"a drop of less than {goal.margin:g}"
    )
    if found.proven_s is None:
        return f"likely does not prove {claim} within {long_time(expected.max_time_s)}"
    return f"likely proves {claim} within {when(found.proven_s)}"


def _times(times: float) -> str:
    return "a doubling" if times == 2 else f"{times:g} times as many"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _hanging(text: str) -> str:
    first, *rest = wrapped(text, indent=4).split("\n")
    return "\n".join((first[2:], *rest))


def _simulated_row(simulated: Simulated) -> tuple[str, ...]:
    exposed = sorted(end.exposed for end in simulated.ends)
    return (
        f"  {effect_text(simulated.effect)}",
        _share(simulated, "promoted"),
        _after(simulated, "promoted"),
        _share(simulated, "rolled_back"),
        _after(simulated, "rolled_back"),
        _share(simulated, "paused"),
        str(exposed[len(exposed) // 2]),
    )


def _share(simulated: Simulated, phase: Phase) -> str:
    share = simulated.share(phase)
    return f"{100 * share.value:.1f}+-{100 * share.error:.1f}%"


def _after(simulated: Simulated, phase: Phase) -> str:
    after = simulated.after_s(phase)
    return "-" if after is None else long_time(after)


def _flow_yaml(step: JsonValue) -> str:
    if not isinstance(step, dict):
        return f"{step}"
    return "{" + ", ".join(f"{key}: {value}" for key, value in step.items()) + "}"
