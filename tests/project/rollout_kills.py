"""Carries a rollout on in a folder, by processes that are killed where it hurts; prints JSON.

`python -m tests.project.rollout_kills FOLDER STABLE_BAD CANDIDATE_BAD` forks a process again and
again, each of which kills itself at another point of committing, chaining and moving releases, and
then one that may end.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from genaiops.errors import GenaiopsError
from genaiops.project import promoting, rollout_releases
from genaiops.project.rollout_home import LIVE_FILE, open_rollouts, read_live
from genaiops.project.rollout_releases import RolloutReleases
from genaiops.project.session import Session, open_session
from genaiops.records.rollouts import Arm
from genaiops.release.audit import Audit
from genaiops.rollout.controller import Controller, Doors
from genaiops.rollout.split import arm_of
from genaiops.store import rollouts as store
from genaiops.store.live import LiveWriter
from tests.rollout.live import run_of

KILLS = 100
FINE = 20
"""So many kills come after a few points each, later ones reach to the end."""
EARLY = 6
"""Until so many events a candidate that is worse does as stable does."""
TICK_S = 200
USERS = 25


class Points:
    """Ends this process when so many points were passed."""

    def __init__(self, most: int | None) -> None:
        self._left = most

    def passed(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, holder: Any, name: str) -> None:
        """Points before and after something."""
        real: Callable[..., Any] = getattr(holder, name)

        def watched(*args: Any, **named: Any) -> Any:
            self.passed()
            answer = real(*args, **named)
            self.passed()
            return answer

        setattr(holder, name, watched)


def carry_on(folder: Path, shares: dict[Arm, float], points: Points) -> None:
    """Tick until the rollout is over; time goes on from where the last process was."""
    os.chdir(folder)
    session = open_session(None)
    points.around(store.Rollouts, "commit")
    points.around(store, "_add_event")
    points.around(Audit, "append")
    points.around(promoting, "_see_that_it_is_whole")
    points.around(rollout_releases, "promote_release")
    ticks = Path("ticks")
    start = datetime.fromisoformat(Path("start").read_text())
    with open_rollouts(session) as rollouts, read_live(session) as live:
        stored = rollouts.find("assistant")

        def clock() -> datetime:
            return start + timedelta(seconds=TICK_S * int(ticks.read_text()))

        doors = Doors(RolloutReleases(session), lambda _: None, clock)
        controller = Controller(stored, rollouts, live, doors)
        while not controller.is_over:
            serve(session, rollouts.find("assistant"), shares, clock())
            ticks.write_text(str(int(ticks.read_text()) + 1))
            try:
                gathered = controller.gather()
                if gathered is not None:
                    controller.decide(gathered)
            except GenaiopsError as error:
                sys.stderr.write(f"{error}\n")


def serve(
    session: Session, now: store.StoredRollout, shares: dict[Arm, float], at: datetime
) -> None:
    """Users of a tick, split as was committed; a gateway writes down what it sent."""
    weight, salt = now.event.weight, now.rollout.salt
    with Path("sent").open("a") as sent:
        sent.write(json.dumps([now.event.generation, weight]) + "\n")
    if not 0 < weight < 1:
        return
    is_early = shares["candidate"] > shares["stable"] and now.event.generation <= EARLY
    rng = np.random.default_rng(int(at.timestamp()))
    writer = LiveWriter(session.kept / LIVE_FILE)
    for place in range(USERS):
        user = f"{at.timestamp()}-{place}"
        arm = arm_of(salt, user, weight)
        failed = bool(rng.random() < shares["stable" if is_early else arm])
        run_id = f"run-{user}-{os.getpid()}"
        writer.add(run_of(run_id, user, arm, weight, at, salt=salt, failed=failed))
    writer.close()


def main() -> None:
    folder = Path(sys.argv[1])
    shares: dict[Arm, float] = {"stable": float(sys.argv[2]), "candidate": float(sys.argv[3])}
    (folder / "ticks").write_text("0")
    (folder / "start").write_text(datetime.now(UTC).isoformat())  # noqa: TID251  a start for all
    kills = 0
    for number in range(200):
        most = 1 + number % (5 if number <= FINE else 9) if kills < KILLS else None
        child = os.fork()
        if not child:
            carry_on(folder, shares, Points(most))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        kills += 1
    sys.stdout.write(json.dumps({"kills": kills, "status": status}))


if __name__ == "__main__":
    main()
