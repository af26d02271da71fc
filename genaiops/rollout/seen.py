"""What was seen of both arms of a rollout, beside its evidence: time and money. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean, median

from genaiops.records.live_runs import LiveRun
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.records.rollouts import Arm
from genaiops.stats.quantile_sequence import follow_quantile
from genaiops.text.quantities import money, seconds

_ALPHA = 0.05
_WORTH_SAYING = 0.05
"""A smaller difference, as a share of the larger number, is not told."""
_Respect = tuple[float, float, str]
"""What it was of stable, what of the candidate, in words; more is worse."""


@dataclass(frozen=True, slots=True)
class ArmSeen:
    """The answers of an arm: how many, how many failed, the median time and the mean cost.

    `first_s` are the times of the first answer of each user.
    """

    runs: int
    failed: int
    median_s: float | None
    mean_usd: float | None
    first_s: tuple[float, ...] = ()


def seen_by_arm(runs: Iterable[LiveRun], salt: str) -> Mapping[Arm, ArmSeen]:
    """What was seen of each arm in the rollout of this salt."""
    arms: dict[Arm, list[LiveRun]] = {"stable": [], "candidate": []}
    for run in runs:
        if run.split is not None and run.split.salt == salt:
            arms[run.arm].append(run)
    return {arm: _seen(of_arm) for arm, of_arm in arms.items()}


def contrast(verdict: RolloutVerdict, seen: Mapping[Arm, ArmSeen]) -> str | None:
    """In which respects the candidate was better, and in which worse; None: nothing was seen."""
    respects = [
        (before, after, told)
        for before, after, told in (
            *_by_metrics(verdict),
            *_by_figures(seen["stable"], seen["candidate"]),
        )
        if abs(after - before) > _WORTH_SAYING * max(before, after)
    ]
    worse = [told for before, after, told in respects if after > before]
    better = [told for before, after, told in respects if after < before]
    parts = [f"worse by {_listed(worse)}"] if worse else []
    parts += [f"better by {_listed(better)}"] if better else []
    return f"the candidate was {', and '.join(parts)}" if parts else None


def latency_told(seen: Mapping[Arm, ArmSeen], quantile: float) -> str | None:
    """A quantile of the time of answers in both arms, with bounds that hold at every look.

    Only the first answer of each user counts, for those of one user are alike. None: an arm has no
    answer.
    """
    parts: list[str] = []
    for arm, of_arm in seen.items():
        found = follow_quantile(of_arm.first_s, quantile=quantile, alpha=_ALPHA)
        if found.value is None:
            return None
        low = seconds(found.low or 0.0)
        high = "no bound" if found.high is None else seconds(found.high)
        parts.append(f"{arm} {seconds(found.value)} [{low}, {high}]")
    return f"p{100 * quantile:g} of latency, {1 - _ALPHA:.0%} sure: {', '.join(parts)}"


def _by_metrics(verdict: RolloutVerdict) -> Iterator[_Respect]:
    for metric in verdict.metrics:
        before, after = metric.stable_bad, metric.candidate_bad
        if metric.metric in {"latency", "cost"} or before is None or after is None:
            continue
        if (shown := f"{100 * before:.1f}%") != (then := f"{100 * after:.1f}%"):
            yield before, after, f"{metric.metric} ({shown} -> {then} bad)"


def _by_figures(stable: ArmSeen, candidate: ArmSeen) -> Iterator[_Respect]:
    if stable.median_s is not None and candidate.median_s is not None:
        before, after = stable.median_s, candidate.median_s
        if (shown := seconds(before)) != (then := seconds(after)):
            yield before, after, f"latency (median {shown} -> {then})"
    if stable.mean_usd is not None and candidate.mean_usd is not None:
        before, after = stable.mean_usd, candidate.mean_usd
        yield before, after, f"cost (mean {money(before)} -> {money(after)} an answer)"


def _seen(runs: list[LiveRun]) -> ArmSeen:
    done = [run for run in runs if run.state == "done"]
    costs = [run.run.usage.cost_usd for run in done if run.run.usage.cost_usd is not None]
    return ArmSeen(
        runs=len(runs),
        failed=len(runs) - len(done),
        median_s=median(run.seconds for run in done) if done else None,
        mean_usd=fmean(costs) if costs else None,
        first_s=tuple(_firsts(done).values()),
    )


def _firsts(done: Iterable[LiveRun]) -> dict[str, float]:
    firsts: dict[str, float] = {}
    for run in done:
        if run.split is not None:
            firsts.setdefault(run.split.unit, run.seconds)
    return firsts


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
