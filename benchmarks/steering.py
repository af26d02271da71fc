"""What carrying a rollout on keeps in memory of each user.

    python benchmarks/steering.py [--users N] [--per-s N]

New users come evenly, one request each, and are looked at every two seconds, as in a server. Prints
how much is held right after the last of them came, and an hour later, when no score of theirs is
waited for.
"""

import argparse
import gc
import tracemalloc
from datetime import UTC, datetime, timedelta

from genaiops.records import FlowRun, Usage
from genaiops.records.live_runs import LiveRun, Split
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.gathering import Gathering
from genaiops.rollout.split import arm_of
from genaiops.specs.rollout import RolloutSpec

START = datetime(2026, 11, 21, tzinfo=UTC)
LOOK_S = 2
SPEC = RolloutSpec.model_validate(
    {
        "flow": "flows/assistant",
        "steps": [50],
        "guards": ["errors", "latency", "cost"],
        "goals": [{"metric": "feedback", "margin_ratio": 2}],
    }
)
ROLLOUT = Rollout(
    id="assistant-1", name="assistant", flow="assistant", stable="a", candidate="b", salt="salt",
    spec={}, by="ann", at=START.isoformat(),
)  # fmt: skip


def main() -> None:
    """Print the bytes by user."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=300_000)
    parser.add_argument("--per-s", type=int, default=20)
    asked = parser.parse_args()
    gathering = Gathering(SPEC, ROLLOUT)
    tracemalloc.start()
    now = START
    for number in range(asked.users):
        now = START + timedelta(seconds=number / asked.per_s)
        gathering.take_run(answered(number, now))
        if number % (LOOK_S * asked.per_s) == 0:
            gathering.look(now.timestamp())
    show("right away", asked.users)
    gathering.look((now + timedelta(hours=1, minutes=1)).timestamp())
    show("an hour later", asked.users)


def answered(number: int, at: datetime) -> LiveRun:
    """A request of a new user, read from a store: no text of it is shared with another."""
    unit = f"{number:024x}"
    arm = arm_of(ROLLOUT.salt, unit, 0.5)
    split = Split(rollout=ROLLOUT.id, salt=ROLLOUT.salt, unit=unit, arm=arm, weight=0.5)
    run = FlowRun(flow="assistant", inputs={}, outputs={}, usage=Usage(cost_usd=0.001))
    return LiveRun(
        id=f"run-{number:024x}", at=at, flow="assistant", digest="d", arm=arm, split=split,
        user=unit, caller="app", state="done", seconds=1.0, run=run,
    )  # fmt: skip


def show(when: str, users: int) -> None:
    """Print what is held."""
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    print(f"{when}: {held / 1e6:.0f} MB, {held / users:.0f} bytes a user")


if __name__ == "__main__":
    main()
