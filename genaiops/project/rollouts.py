"""Planning a rollout: what is assumed of its traffic, and what that comes to."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from genaiops.errors import InputError, SpecError, suggest
from genaiops.project.check_rollouts import rollout_project_faults
from genaiops.project.files import Project, flow_name, rollout_name
from genaiops.project.measured_traffic import measured_traffic
from genaiops.project.session import Session
from genaiops.rollout.forecast import Forecast, forecast
from genaiops.rollout.proposal import Proposal, propose
from genaiops.rollout.simulation import Effect
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import EXTERNAL, RolloutSpec

_NEW_USERS = 0.4
_MOST_PER_MINUTE = 100_000
_PER_MINUTE = {"s": 60.0, "min": 1.0, "h": 1 / 60, "d": 1 / 1440}
_TRAFFIC = re.compile(r"(\d+(?:\.\d+)?)/(s|min|h|d)")
_SHARE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(%?)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to expect of the steps of a file; steps that would do where these do not."""

    name: str
    traffic: Traffic
    forecast: Forecast
    proposal: Proposal | None = None


def find_rollout(project: Project, name: str | None) -> tuple[str, RolloutSpec]:
    """A rollout whose file fits the project; without a name, the only one.

    Raises:
        InputError: there is none of this name, or without one there are none or several.
        SpecError: the file has faults, or does not fit the rest of the project.
    """
    if name is None:
        names = sorted({*project.rollouts, *project.broken_rollouts})
        if not names:
            raise InputError("there is no rollout here: write rollouts/NAME.yaml")
        if len(names) > 1:
            raise InputError(f"which rollout? There are {', '.join(names)}")
        (name,) = names
    spec = project.rollout(name).spec
    name = rollout_name(name)
    faults = [fault for fault in rollout_project_faults(project, name) if fault.severity == "error"]
    if faults:
        raise SpecError(faults)
    return name, spec


def plan_rollout(name: str, spec: RolloutSpec, traffic: Traffic, *, proposes: bool) -> Plan:
    """What the traffic can tell; with a proposal where the file's steps do not get anywhere."""
    expected = forecast(spec, traffic)
    needs_proposal = proposes or expected.promoted_s is None
    return Plan(name, traffic, expected, propose(spec, traffic) if needs_proposal else None)


@dataclass(frozen=True, slots=True)
class SaidTraffic:
    """Traffic as it is written on the command line.

    `requests` are `5/min`, `2/s`, `300/h` or `1000/d`, `new_users` is the share of requests that
    are the first of a user, `0.4` or `40%`, and `bad_rates` are `0.1` for all goals, or
    `METRIC=0.001`.
    """

    requests: str | None = None
    new_users: str | None = None
    bad_rates: Sequence[str] = ()


def assumed_traffic(session: Session, spec: RolloutSpec, said: SaidTraffic) -> Traffic | None:
    """The traffic that is said, else what was measured of the flow; None: too little was.

    Raises:
        InputError: what is said is not of its form, or of no metric of the rollout.
        StoreError: what was recorded cannot be read.
    """
    bad = dict(_bad_rates(spec, said.bad_rates))
    share = None if said.new_users is None else _new_users(said.new_users)
    if said.requests is not None:
        return Traffic(_per_min(said.requests), share or _NEW_USERS, bad)
    measured = None
    if spec.flow != EXTERNAL:
        measured = measured_traffic(session, flow_name(spec.flow))
    return measured and replace(measured, new_users=share or measured.new_users, bad=bad)


def known_traffic(session: Session, spec: RolloutSpec, said: SaidTraffic) -> Traffic:
    """The same, where there is nothing to tell without it.

    Raises:
        InputError: nothing is said and too little was measured, or what is said does not fit.
        StoreError: what was recorded cannot be read.
    """
    traffic = assumed_traffic(session, spec, said)
    if traffic is None:
        raise InputError(f"say how much traffic there is, --traffic 5/min: {too_little(spec)}")
    return traffic


def too_little(spec: RolloutSpec) -> str:
    """Why no traffic is known by itself."""
    if spec.flow == EXTERNAL:
        return "that of a service of your own is not recorded here"
    return f"fewer than 100 requests, or less than an hour, are recorded of {spec.flow}"


def _per_min(requests: str) -> float:
    found = _TRAFFIC.fullmatch(requests.strip())
    if found is None or not float(found[1]):
        raise InputError(f"traffic {requests!r} is not requests in a time: 5/min, 2/s, 300/h")
    per_min = float(found[1]) * _PER_MINUTE[found[2]]
    if per_min > _MOST_PER_MINUTE:
        told = f"traffic {requests!r} is more than {_MOST_PER_MINUTE:,} requests a minute"
        raise InputError(f"{told}: tell a part of it, for which the plan then is")
    return per_min


def _new_users(written: str) -> float:
    share = _share(written)
    if share is None or not 0 < share <= 1:
        raise InputError(f"--new-users {written!r} is not a share in (0, 1], such as 0.4 or 40%")
    return share


def _bad_rates(spec: RolloutSpec, bad_rates: Iterable[str]) -> Iterator[tuple[str, float]]:
    for written in bad_rates:
        metric, equals, share = written.rpartition("=")
        named = (metric,) if equals else tuple(goal.metric for goal in spec.goals)
        yield from ((each, _bad_share(_known(spec, each), share)) for each in named)


def read_effects(spec: RolloutSpec, written: Iterable[str]) -> tuple[Effect, ...]:
    """Candidates as they are written: `METRIC=TIMES` worse, several of one joined by commas.

    Where none is written: one like stable, and for each metric one that is twice as bad.

    Raises:
        InputError: one is not of its form, or no metric of the rollout.
    """
    effects = tuple(_effect(spec, each) for each in written)
    doubled = tuple(Effect({watched.metric: 2.0}) for watched in spec.watched)
    return effects or (Effect({}), *doubled)


def _effect(spec: RolloutSpec, written: str) -> Effect:
    times: dict[str, float] = {}
    for part in written.split(","):
        metric, _, value = part.strip().rpartition("=")
        if not re.fullmatch(r"\d+(\.\d+)?", value):
            told = f"--effect {written!r} is not METRIC=TIMES, such as errors=2"
            raise InputError(told)
        times[_known(spec, metric)] = float(value)
    return Effect(times)


def _known(spec: RolloutSpec, metric: str) -> str:
    known = [watched.metric for watched in spec.watched]
    if metric not in known:
        raise InputError(f"the rollout does not watch {metric!r}{suggest(metric, known)}")
    return metric


def _bad_share(metric: str, written: str) -> float:
    share = _share(written)
    if share is None or not 0 < share < 1:
        told = f"bad rate {written!r} of {metric} is not a share between 0 and 1: 0.1 or 10%"
        raise InputError(told)
    return share


def _share(written: str) -> float | None:
    found = _SHARE.fullmatch(written.strip())
    return None if found is None else float(found[1]) / (100 if found[2] else 1)
