"""How often rollouts without a difference are rolled back, and how soon harm is: ours and others.

    python benchmarks/rollout.py [--rollouts N] [--seed N]

An hour of 300 new users a minute, at 5, 10, 25 and 50 % for 15 minutes each, with a look a minute.
Our rows are the machine of `genaiops rollout`, looked at as it is when it runs. Prints Markdown.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from genaiops.rollout.machine import begin, decide
from genaiops.rollout.outcomes import Outcome, Outcomes
from genaiops.rollout.simulation import Effect, simulate
from genaiops.rollout.split import arm_of
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import RolloutSpec

WORLDS = ((0.005, 1.0), (0.10, 1.0), (0.005, 2.0), (0.005, 4.0), (0.10, 1.5), (0.10, 2.0))
WEIGHTS = np.repeat([0.05, 0.10, 0.25, 0.50], 15)
PER_MIN = 300
STEPS = [{"weight": weight, "min_time": "15m"} for weight in (5, 10, 25, 50)]
GOAL = {"metric": "bad", "margin_ratio": 2}

Counts = NDArray[np.int64]
Rule = Callable[[Counts, Counts, Counts, float], NDArray[np.bool_]]


def main() -> None:
    """Print the share of rollouts that are rolled back, and the median minute."""
    asked = arguments()
    print("| rule | " + " | ".join(world_text(*world) for world in WORLDS) + " |")
    print("|---" * (len(WORLDS) + 1) + "|")
    print(row("genaiops", [ours(*world, asked.rollouts, asked.seed) for world in WORLDS]))
    for name, rule in RULES.items():
        rng = np.random.default_rng(asked.seed)
        print(row(name, [theirs(rule, *world, asked.rollouts, rng) for world in WORLDS]))
    few = max(asked.rollouts // 10, 20)
    for name, per_user in (("one outcome per user", True), ("every request", False)):
        found = [sticky(seed, per_user=per_user) for seed in range(asked.seed, asked.seed + few)]
        print(f"\nBusy users, no difference, {name}: {100 * np.mean(found):.1f} % rolled back")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rollouts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def spec_of(steps: list[dict[str, object]], max_time: str) -> RolloutSpec:
    """A rollout that watches one metric."""
    said = {"flow": "external", "steps": steps, "guards": [], "goals": [GOAL]}
    return RolloutSpec.model_validate({**said, "max_time": max_time})


def ours(bad: float, times: float, rollouts: int, seed: int) -> tuple[float, float | None]:
    """The share that our machine rolls back, and the median minute."""
    traffic, effect = Traffic(PER_MIN, 1.0, {"bad": bad}), Effect({"bad": times})
    seeds = range(seed * rollouts, (seed + 1) * rollouts)
    found = simulate(spec_of(STEPS, "1h"), traffic, effect, seeds)
    after = found.after_s("rolled_back")
    return found.share("rolled_back").value, None if after is None else after / 60


def theirs(
    rule: Rule, bad: float, times: float, rollouts: int, rng: np.random.Generator
) -> tuple[float, float | None]:
    """The share that a rule on the counts of each minute rolls back, and the median minute."""
    users = rng.binomial(PER_MIN, WEIGHTS, (rollouts, len(WEIGHTS)))
    bad_of_candidate = rng.binomial(users, bad * times)
    bad_of_stable = rng.binomial(PER_MIN - users, bad)
    crossed = rule(bad_of_candidate, bad_of_stable, users, bad)
    found = crossed.any(axis=1)
    first = crossed.argmax(axis=1)[found] + 1
    return float(found.mean()), float(np.median(first)) if found.any() else None


def peeked_z_test(candidate: Counts, stable: Counts, users: Counts, _: float) -> NDArray[np.bool_]:
    """One-sided at 5 %, on all counts so far, looked at every minute."""
    bad_c, bad_s = candidate.cumsum(axis=1), stable.cumsum(axis=1)
    n_c = users.cumsum(axis=1)
    n_s = PER_MIN * np.arange(1, users.shape[1] + 1) - n_c
    pooled = (bad_c + bad_s) / (n_c + n_s)
    error = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / np.maximum(n_c, 1) + 1 / n_s), 1e-12))
    return ((bad_c / np.maximum(n_c, 1) - bad_s / n_s) / error > 1.645) & (bad_c >= 3)


def five_failed_checks(
    candidate: Counts, _: Counts, users: Counts, bad: float
) -> NDArray[np.bool_]:
    """Flagger's rule: five minutes below a success rate of 99 % (.5 % bad) or 88 % (10 % bad)."""
    most = 0.01 if bad < 0.05 else 0.12
    return (candidate > most * np.maximum(users, 1)).cumsum(axis=1) >= 5


RULES: dict[str, Rule] = {
    "z-test, p < .05, looked at every minute": peeked_z_test,
    "five failed checks of a success rate": five_failed_checks,
}


def sticky(seed: int, *, per_user: bool) -> bool:
    """Whether an hour of busy and quiet users, alike in both arms, is rolled back."""
    rng = np.random.default_rng(seed)
    activity, propensity = rng.lognormal(0, 1.5, 4000), rng.beta(0.2, 1.8, 4000)
    users = rng.choice(4000, 18_000, p=activity / activity.sum())
    bad = rng.random(18_000) < propensity[users]
    spec = spec_of([{"weight": 50}], "2h")
    state, outcomes = begin(spec, salt=str(seed), now=0.0).state, Outcomes(frozenset())
    for count, (user, is_bad) in enumerate(zip(users.tolist(), bad.tolist(), strict=True), start=1):
        counted = str(user) if per_user else str(count)
        arm, at = arm_of(state.salt, str(user), 0.5), count / 5
        outcomes.add(Outcome(counted, arm, 0.5, at, {"bad": float(is_bad)}))
        if count % 300 == 0:
            state = decide(spec, state, outcomes.look(at), at).state
    return state.phase == "rolled_back"


def world_text(bad: float, times: float) -> str:
    """A column."""
    return (
        f"{100 * bad:g} % as stable" if times == 1 else f"{100 * bad:g} → {100 * bad * times:g} %"
    )


def row(name: str, cells: list[tuple[float, float | None]]) -> str:
    """A row: shares, with the median minute behind them."""
    told = [
        f"{100 * share:.1f} %" + ("" if minute is None else f" ({minute:.0f} min)")
        for share, minute in cells
    ]
    return f"| {name} | " + " | ".join(told) + " |"


if __name__ == "__main__":
    main()
