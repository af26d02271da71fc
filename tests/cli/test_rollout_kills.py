"""A controller that is killed again and again goes on from what it committed last."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_release import audit, standing
from tests.cli.test_rollout_live import first, ready, start  # noqa: F401  fixtures

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(("candidate_bad", "word"), [(0.02, "promoted"), (0.6, "rolled_back")])
def test_after_kills_at_twenty_points_the_end_is_what_was_committed(
    ready: tuple[Terminal, str, str],  # noqa: F811  the fixture
    candidate_bad: float,
    word: str,
) -> None:
    library, stable, candidate = ready
    start(library, candidate)
    command = [sys.executable, "-m", "tests.project.rollout_kills", str(library.root)]
    done = subprocess.run(  # noqa: S603  our own script
        [*command, "0.2", str(candidate_bad)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["status"], told["kills"] >= 20) == (0, True), (
        told,
        done.stderr,
        library("rollout", "replay").out,
    )
    verdict = json.loads(library("rollout", "status", "--json").out)
    assert verdict["word"] == word
    assert library("rollout", "replay").code == 0
    assert library.ok("audit", "verify").startswith("INTACT")
    assert standing(library) == (candidate if word == "promoted" else stable)
    chained = [each["event"] for each in audit(library) if each["event"]["deed"] == "rolled out"]
    numbers = [event["rollout_event"] for event in chained]
    assert numbers == sorted(set(numbers))
    assert chained[-1]["weight"] == verdict["weight"]
    never_more_than_committed(library.root, {e["rollout_event"]: e["weight"] for e in chained})


def never_more_than_committed(root: Path, committed: dict[int, float]) -> None:
    sent = [json.loads(line) for line in (root / "sent").read_text().splitlines()]
    assert len(sent) >= 5
    for generation, weight in sent:
        last = max(number for number in committed if number <= generation)
        assert weight <= committed[last]
