"""Recorded answers of two GPT models as traffic: Chen, Zaharia and Zou (2023), primes."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from genaiops.records.findings import Finding
from genaiops.records.rollouts import Arm
from genaiops.rollout.committing import read_state
from genaiops.rollout.seen import contrast, seen_by_arm
from genaiops.rollout.split import arm_of
from genaiops.rollout.verdict import verdict_on
from tests.rollout.build import spec_of
from tests.rollout.live import SALT, World, run_of

SOURCE = Path(__file__).parents[3] / "shared/data/llm-drift"
pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason="the llm-drift data is not beside this repository"
)
SPEC = spec_of(
    eval="primes",
    steps=[{"weight": 10, "min_users": 50}, {"weight": 50, "min_users": 100}],
    guards=[
        "errors",
        {"metric": "latency", "slack": 3},
        {"metric": "cost", "slack": 3},
    ],
    goals=[{"metric": "says", "margin_ratio": 1.25}],
    max_time="1d",
)
Row = tuple[bool, float, float]
USERS = 20_000


@pytest.fixture(scope="module")
def answers() -> Mapping[str, list[Row]]:
    """Of each model whether an answer was right, its seconds and its dollars, by question."""
    csv.field_size_limit(10_000_000)
    found: dict[str, dict[str, Row]] = {}
    with (SOURCE / "PRIME_FULL_EVAL.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = re.findall(r"\b(yes|no)\b", row["answer"].lower())
            is_right = words[-1:] == [row["ref_answer"].lower()]
            told = (is_right, float(row["latency"]), float(row["cost"]))
            found.setdefault(row["model"].removeprefix("openaichat/"), {})[row["id"]] = told
    return {model: list(of_model.values()) for model, of_model in found.items()}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def carried_on(world: World, stable: list[Row], candidate: list[Row]) -> None:
    """Two requests a second from users of whom few ask much; a look a minute."""
    rng = np.random.default_rng(11)
    rows: Mapping[Arm, list[Row]] = {"stable": stable, "candidate": candidate}
    controller = world.controller()
    right: dict[str, bool] = {}
    for tick in range(240):
        gathered = controller.gather()
        assert gathered is not None
        controller.decide(
            gathered,
            [
                Finding(
                    rollout="assistant-1", kind="scored", run=each.run.id,
                    badness={"says": float(not right[each.run.id])},
                )
                for each in gathered.wanted
            ],
        )  # fmt: skip
        if controller.is_over:
            return
        weight, runs = world.weight, []
        for place in range(120):
            user = f"u{int(USERS * rng.random() ** 2)}"
            arm = arm_of(SALT, user, weight)
            is_right, took_s, cost_usd = rows[arm][int(rng.integers(len(rows[arm])))]
            run_id = f"run-{tick}-{place}"
            right[run_id] = is_right
            runs.append(
                run_of(run_id, user, arm, weight, world.clock(), seconds=took_s, cost_usd=cost_usd)
            )
        world.serve(*runs)
        world.clock.pass_s(60)


def told(world: World) -> tuple[str, str, str | None]:
    """The word, the reason, and what was better and worse."""
    stored = world.rollouts.find("assistant")
    now = world.clock().timestamp()
    verdict = verdict_on(stored.rollout, stored.event, read_state(stored.state), now)
    seen = seen_by_arm((run for _, run in world.live.after(0)), SALT)
    return verdict.word, verdict.reason, contrast(verdict, seen)


def test_gpt4_of_june_is_rolled_back_though_it_is_faster_and_cheaper(
    world: World, answers: Mapping[str, list[Row]]
) -> None:
    world.start(SPEC)
    carried_on(world, answers["gpt-4-0314"], answers["gpt-4-0613"])
    word, reason, said = told(world)
    assert word == "rolled_back"
    assert reason.startswith("says is proven worse than stable's (evidence ")
    assert said is not None
    found = re.fullmatch(
        r"the candidate was worse by says \(([\d.]+)% -> ([\d.]+)% bad\), and better by latency "
        r"\(median ([\d.]+) s -> ([\d.]+) s\) and cost "
        r"\(mean \$([\d.]+) -> \$([\d.]+) an answer\)",
        said,
    )
    assert found is not None, said
    before, after, slow, fast, dear, cheap = map(float, found.groups())
    assert (before < 25, after > 35) == (True, True)
    assert slow > 3 * fast
    assert dear > 5 * cheap


def test_the_upgrade_of_gpt35_is_promoted_for_its_answers_within_what_is_tolerated(
    world: World, answers: Mapping[str, list[Row]]
) -> None:
    world.start(SPEC)
    carried_on(world, answers["gpt-3.5-turbo-0301"], answers["gpt-3.5-turbo-0613"])
    word, reason, said = told(world)
    assert (word, reason) == ("promoted", "every goal is proven, and every step is done"), said
    assert said is not None
    assert "worse by latency" in said
    assert "better by says (5" in said
