"""Asks the candidate of a rollout cases of its evaluation, to find a dead one without users."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.errors import GenaiopsError
from genaiops.project.release_home import release_home
from genaiops.project.released import open_release
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.protocols import Flow
from genaiops.records.findings import Finding
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.breaker import BY_THE_REQUEST
from genaiops.specs.references import resolve
from genaiops.specs.rollout import ProbeSpec, RolloutSpec


@dataclass(slots=True)
class Probe:
    """Asks all cases side by side, again and again: at once where one failed, else in time."""

    rollout: Rollout
    flow: Flow
    cases: Sequence[dict[str, JsonValue]]
    every_s: float
    answer_s: float
    _again_at: float = field(default=float("-inf"))

    async def ask(self, now: float) -> Sequence[Finding]:
        """Ask where it is time to, by the seconds of a clock that never jumps."""
        if now < self._again_at:
            return ()
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._failed(inputs)) for inputs in self.cases]
        failures = [each.result() for each in asked]
        self._again_at = now if any(failures) else now + self.every_s
        return [
            Finding(
                rollout=self.rollout.id,
                kind="probed",
                run=f"probe-{secrets.token_hex(8)}",
                failed=failed,
            )
            for failed in failures
        ]

    async def _failed(self, inputs: dict[str, JsonValue]) -> bool:
        try:
            async with asyncio.timeout(self.answer_s):
                run = await self.flow.run(self.flow.bind(inputs))
        except (TimeoutError, GenaiopsError):
            return True
        return run.failure is not None and run.failure.kind not in BY_THE_REQUEST


async def open_probe(
    session: Session, released: Wiring, rollout: Rollout, spec: RolloutSpec
) -> Probe | None:
    """The probe of a rollout: the flow of its release, and cases of the project; None: it has none.

    Raises:
        InputError: the flow or the dataset does not fit.
        TrustError: the flow wants what is not trusted yet.
    """
    if spec.probe is None or spec.eval is None:
        return None
    flow = await released.flow(rollout.flow)
    limits = session.project.spec.serving.limits
    cases = _inputs(session, spec.eval, spec.probe, flow)
    return Probe(rollout, flow, cases, spec.probe.every_s, limits.candidate_s)


def released_session(session: Session, rollout: Rollout) -> Session:
    """The session of the candidate's release, in which what is asked leaves no trace.

    Raises:
        StoreError: the release is gone or was changed.
    """
    release = release_home(session).find(rollout.candidate)
    return replace(open_release(session, release).session, is_live=True)


def _inputs(
    session: Session, name: str, probe: ProbeSpec, flow: Flow
) -> Sequence[dict[str, JsonValue]]:
    evaluation = session.project.eval(name).spec
    dataset = open_dataset(session.dataset_path(evaluation.dataset), evaluation.dataset)
    found: list[dict[str, JsonValue]] = []
    for case in islice(dataset.cases(), probe.cases):
        scope: dict[str, JsonValue] = {"case": case.model_dump(mode="json")}
        mapped = {key: resolve(value, scope) for key, value in evaluation.inputs.items()}
        found.append(flow.bind(mapped or case.inputs))
    return found
