"""Whether labels of people stand behind the scores of a judge: CALIBRATED or not; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from genaiops.gates.agreeing import Agreement, Rated
from genaiops.records import Calibration, EvalRun, MetricInfo
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import LEAST_RESPONSE, Measured, response_of
from genaiops.text.quantities import counted

LEAST_LABELS = 100
LEAST_AC1 = 0.4
"""The lower end of AC1's interval is above this."""

Calibrations = Mapping[str, Calibration]
"""By the label of the metric."""
NO_CALIBRATIONS: Calibrations = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Labels tell what people would say; `response` is as of `response_of`, above 0."""

    why: str
    calibration: Calibration
    response: float


@dataclass(frozen=True, slots=True)
class Uncalibrated:
    """The scores are those of the judge alone, and why."""

    why: str


Standing = Calibrated | Uncalibrated


def standing_text(standing: Standing) -> str:
    """The word for what stands behind a judge, and why."""
    word = "CALIBRATED" if isinstance(standing, Calibrated) else "UNCALIBRATED"
    return f"{word} ({standing.why})"


def standing_of(info: MetricInfo, calibrations: Calibrations) -> Standing | None:
    """How a metric stands beside people.

    None for a metric that asks no model and is not calibrated: it is what it is.
    """
    known = calibrations.get(info.name)
    if known is None:
        found: Standing = Uncalibrated("no labels of people yet: genaiops judge label")
    else:
        found = _standing(info, known)
    return found if info.judge is not None or isinstance(found, Calibrated) else None


def agreement_of(calibration: Calibration) -> Agreement:
    """How far the judge and the people of a calibration agree."""
    return Agreement(
        tuple(
            Rated(label.people, label.judge)
            for label in calibration.labels
            if label.judge is not None
        )
    )


def _standing(info: MetricInfo, known: Calibration) -> Standing:
    people = [label.value for label in known.labels if label.judge is not None]
    judge = [label.judge for label in known.labels if label.judge is not None]
    labels = counted(len(people), "label")
    if known.fingerprint != info.digest:
        return Uncalibrated("the judge is not the one that was calibrated: calibrate it again")
    if not known.is_random:
        return Uncalibrated("its labels are no random sample")
    if len(people) < LEAST_LABELS:
        return Uncalibrated(f"{labels}, {LEAST_LABELS} are the least")
    found, response = (
        agreement_of(known).ac1,
        response_of(people, judge, lo=known.low, hi=known.high),
    )
    weak = _weakness(found, response)
    if weak is not None:
        return Uncalibrated(weak)
    return Calibrated(f"{labels}, AC1 {found.value:.2f}", known, response)


def _weakness(found: Measured, response: float) -> str | None:
    """Why a judge agrees too little with people for its scores to stand for them."""
    if found.low is None or found.low <= LEAST_AC1:
        low = "none" if found.low is None else f"{found.low:.2f}"
        return f"people and judge agree too little: AC1 may be {low}, above {LEAST_AC1} is wanted"
    if response < LEAST_RESPONSE:
        return f"the judge shows {response:.0%} of a difference, {LEAST_RESPONSE:.0%} is the least"
    return None


def corrects(gate: GateSpec) -> bool:
    """Whether labels correct what a gate asks: a mean, or a drop of it, of all cases."""
    if gate.slice is not None or gate.quantile is not None or gate.max_cases is not None:
        return False
    return gate.no_worse_than is None or gate.margin is not None


def standing_before(
    gate: GateSpec, info: MetricInfo | None, calibrations: Calibrations
) -> Standing | None:
    """How a gate stands before a run: as its metric, where labels correct what it asks."""
    found = None if info is None else standing_of(info, calibrations)
    if info is None or not isinstance(found, Calibrated) or corrects(gate):
        return found
    if gate.lacks_margin:
        return _alone(info, "its gate has no margin yet")
    return _alone(info, "labels correct the mean of all cases, and no other rule")


def gate_standing(gate: GateSpec, run: EvalRun, calibrations: Calibrations) -> Standing | None:
    """How a gate stands on a run."""
    info = next((each for each in run.metrics if each.name == gate.metric), None)
    found = standing_before(gate, info, calibrations)
    if info is None or run.looks is None or not isinstance(found, Calibrated):
        return found
    return _alone(info, "its run was looked at as it went, for which labels do not allow")


def _alone(info: MetricInfo, why: str) -> Uncalibrated | None:
    """How a metric stands whose labels do not help: one that asks no model is what it is."""
    return None if info.judge is None else Uncalibrated(why)


def as_declared(info: MetricInfo, calibrations: Calibrations) -> MetricInfo:
    """A metric before any run, which alone would tell whether its judge is the calibrated one."""
    known = calibrations.get(info.name)
    return info if known is None else info.model_copy(update={"digest": known.fingerprint})


def tiered(gate: GateSpec, standing: Standing | None) -> GateSpec:
    """The gate; one on a judge that is not calibrated is advisory where no tier is said."""
    if "tier" in gate.model_fields_set or not isinstance(standing, Uncalibrated):
        return gate
    return gate.model_copy(update={"tier": "advisory"})


def tiered_before(gate: GateSpec, info: MetricInfo | None, calibrations: Calibrations) -> GateSpec:
    """The gate in the tier that it has before a run, once it has a margin."""
    later = gate.model_copy(update={"margin": 0.0}) if gate.lacks_margin else gate
    return tiered(gate, standing_before(later, info, calibrations))


def with_tiers(
    gates: Sequence[GateSpec], run: EvalRun, calibrations: Calibrations
) -> list[GateSpec]:
    """The gates of a run, each in its tier."""
    return [tiered(gate, gate_standing(gate, run, calibrations)) for gate in gates]
