"""Where a rollout takes place: names of the cluster, and where its verdict is read."""

import re
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.specs.rollout import RolloutSpec, ShadowStep

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?")
_HOST = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", re.IGNORECASE)
_ROUNDING = 1e-6
_URL = re.compile(r"https?://[^\s\"'{}]+")


@dataclass(frozen=True, slots=True)
class Place:
    """The names that a manifest needs.

    `service` is the name of the workload; its arms are `<service>-stable` and
    `<service>-candidate`. `verdict_url` answers with the verdict of the rollout as JSON,
    `prometheus_url` is where its figures can be asked for, and `salt` makes other users come first
    in another rollout.

    Raises:
        InputError: a name is none of its kind.
    """

    rollout: str
    service: str
    salt: str
    namespace: str
    port: int
    host: str
    verdict_url: str
    prometheus_url: str

    def __post_init__(self) -> None:
        for what, name in (("service", self.service), ("namespace", self.namespace)):
            if not _NAME.fullmatch(name):
                told = f"{what} {name!r} is no name of a cluster: a-z, 0-9 and -, at most 42"
                raise InputError(told)
        if not _HOST.fullmatch(self.host):
            raise InputError(f"host {self.host!r} is no name of a host, such as api.example.com")
        for what, url, such_as in (
            ("verdict", self.verdict_url, "http://genaiops:8080/v1/…"),
            ("Prometheus", self.prometheus_url, "http://prometheus:9090"),
        ):
            if not _URL.fullmatch(url):
                raise InputError(f"{what} URL {url!r} is none, such as {such_as}")

    @property
    def stable(self) -> str:
        """The service of the stable arm."""
        return f"{self.service}-stable"

    @property
    def candidate(self) -> str:
        """The service of the candidate."""
        return f"{self.service}-candidate"


def percent_at(spec: RolloutSpec, step: int) -> float:
    """What the candidate has of the traffic at a step, in percent; in shadow it is 0.

    Step 0 is before the first, and one more than there are is promoted.

    Raises:
        InputError: there is no such step.
    """
    promoted = len(spec.steps) + 1
    if not 0 <= step <= promoted:
        raise InputError(f"there is no step {step}: 0 is before the first, {promoted} is promoted")
    if step in (0, promoted):
        return 100.0 if step else 0.0
    at = spec.steps[step - 1]
    return 0.0 if isinstance(at, ShadowStep) else at.weight


def share_in(target: str, percent: float, parts: int) -> int:
    """A percent as a count of so many parts, which is how finely a target splits.

    Raises:
        InputError: it is not a whole count, and another share would be split.
    """
    count = percent * parts / 100
    if abs(count - round(count)) > _ROUNDING:
        told = f"{target} splits by steps of {100 / parts:g}%, and a step has {percent:g}%"
        raise InputError(told)
    return round(count)
