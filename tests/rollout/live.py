"""A rollout under traffic in simulated time: users, two arms, a store on the disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genaiops.errors import GenaiopsError
from genaiops.records import Usage
from genaiops.records.live_runs import LiveRun
from genaiops.records.rollout_events import Cursor, Rollout, RolloutEvent
from genaiops.records.rollouts import Arm
from genaiops.rollout.committing import Grounds, event_of, moment_of
from genaiops.rollout.controller import Controller, Doors
from genaiops.rollout.machine import begin
from genaiops.rollout.split import arm_of
from genaiops.specs.rollout import RolloutSpec
from genaiops.store.live import LiveRuns, LiveWriter
from genaiops.store.rollouts import Rollouts

START = datetime(2026, 5, 1, 10, tzinfo=UTC)
SALT = "salt"


@dataclass
class Desk:
    """Releases that move as they are told, and an audit of what was chained."""

    chained: list[RolloutEvent] = field(default_factory=list[RolloutEvent])
    carried: list[str] = field(default_factory=list[str])
    refusal: Exception | None = None

    def chain(self, _: Rollout, event: RolloutEvent) -> None:
        if event not in self.chained:
            self.chained.append(event)

    def carry_out(self, rollout: Rollout, event: RolloutEvent) -> str:
        if self.refusal is not None:
            raise self.refusal
        standing = rollout.candidate if event.phase == "promoted" else rollout.stable
        self.carried.append(standing)
        return f"release {standing} stands in production"


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class World:
    """What stands around a controller."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    desk: Desk = field(default_factory=Desk)
    notes: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.rollouts = Rollouts(self.folder / "rollouts.sqlite")
        self.writer = LiveWriter(self.folder / "live.sqlite")
        self.live = LiveRuns(self.folder / "live.sqlite")

    def close(self) -> None:
        self.rollouts.close()
        self.writer.close()
        self.live.__exit__()

    def start(self, spec: RolloutSpec, number: int = 1) -> Rollout:
        rollout = Rollout(
            id=f"assistant-{number}", name="assistant", flow="assistant", stable="a" * 12,
            candidate="b" * 12, salt=SALT, spec=spec.model_dump(mode="json", exclude_unset=True),
            by="ada", at=self.clock().isoformat(),
        )  # fmt: skip
        moment = moment_of(self.clock())
        begun = begin(spec, salt=SALT, now=moment.now)
        cursor = Cursor(run=self.live.ends()[0])
        event = event_of(None, begun, Grounds("begun", "ada", cursor=cursor), moment)
        self.rollouts.begin(rollout, event, begun.state.model_dump_json())
        return rollout

    def controller(self) -> Controller:
        doors = Doors(self.desk, self.notes.append, self.clock)
        return Controller(self.rollouts.find("assistant"), self.rollouts, self.live, doors)

    @property
    def weight(self) -> float:
        return self.rollouts.find("assistant").event.weight

    def tick(self, controller: Controller, withheld: str | None = None) -> None:
        """Look and decide; what goes wrong is told."""
        try:
            gathered = controller.gather()
            if gathered is not None:
                controller.decide(gathered, withheld=withheld)
        except GenaiopsError as error:
            self.notes.append(str(error))

    def serve(self, *runs: LiveRun) -> None:
        for run in runs:
            self.writer.add(run)
        self.writer._writer.fence().result()

    def users(self, names: Sequence[str], **met: Callable[[str, Arm], float]) -> None:
        """Requests of users, split as was sent last; `met` says what an arm does to one."""
        weight = self.weight
        for place, name in enumerate(names if 0 < weight < 1 else ()):  # with none nobody is split
            arm = arm_of(SALT, name, weight)
            at = self.clock() + timedelta(milliseconds=place)
            said = {named: tells(name, arm) for named, tells in met.items()}
            run_id = f"run-{name}-{at.timestamp()}"
            self.writer.add(run_of(run_id, name, arm, weight, at, **said))
        self.writer._writer.fence().result()


def run_of(
    run_id: str, user: str, arm: Arm, weight: float | None, at: datetime = START, **said: object
) -> LiveRun:
    """A run of an arm, `failed` or of `cost_usd`; `split_arm` is the arm of its user."""
    failed = bool(said.pop("failed", False))
    split = {
        "rollout": "assistant", "salt": said.pop("salt", SALT), "unit": user, "weight": weight,
        "arm": said.pop("split_arm", arm),
    }  # fmt: skip
    run = {
        "flow": "assistant", "inputs": {},
        "outputs": None if failed else said.pop("outputs", {}),
        "failure": {"kind": "server", "message": ""} if failed else None,
        "usage": Usage(cost_usd=said.pop("cost_usd", 0.001)),  # type: ignore[arg-type]
    }  # fmt: skip
    known = {
        "id": run_id, "at": at, "flow": "assistant", "digest": "digest", "arm": arm,
        "caller": "app", "state": "failed" if failed else "done", "seconds": 1.0,
        "split": split, "run": run,
    }  # fmt: skip
    return LiveRun.model_validate({**known, **said})
