"""What one gate asks of a run: the rule that it has, on the scores that there are."""

from genaiops.errors import InputError
from genaiops.gates.against import ask_against
from genaiops.gates.arms import Arm, ScoreReader
from genaiops.gates.asked import Asked, AskedSlice, limited, nothing, sliced, waiting
from genaiops.gates.baselines import metric_of
from genaiops.gates.calibrated import ask_calibrated_mean, worded
from genaiops.gates.counts import ask_count
from genaiops.gates.course import Course
from genaiops.gates.finding import Finding
from genaiops.gates.means import ask_mean
from genaiops.gates.quantiles import ask_quantile
from genaiops.gates.questions import Question
from genaiops.gates.rules import check_gate
from genaiops.gates.slices import slices_of
from genaiops.gates.standing import Calibrated, Standing
from genaiops.specs.evaluation import GateSpec


def ask(
    gate: GateSpec,
    candidate: ScoreReader,
    baseline: ScoreReader | None,
    course: Course | None = None,
    *,
    standing: Standing | None = None,
) -> Asked:
    """Work out what has to be known of a run for a gate, before gates are judged together.

    `course` is there where the run is looked at as it goes, `standing` where the metric is a judge.

    Raises:
        InputError: the scores are broken, or the gate does not fit the metrics of the run.
    """
    asked = worded(_ask(gate, candidate, baseline, course, standing), standing)
    if course is None or course.is_whole or is_followed(gate):
        return asked
    return waiting(asked)


def is_followed(gate: GateSpec) -> bool:
    """Whether a gate can be judged as cases come in; the others wait for all of them."""
    if gate.slice is not None or gate.quantile is not None or gate.max_cases is not None:
        return False
    return gate.no_worse_than is None or gate.margin is not None


def _ask(
    gate: GateSpec,
    candidate: ScoreReader,
    baseline: ScoreReader | None,
    course: Course | None,
    standing: Standing | None,
) -> Asked:
    info = metric_of(candidate.scores, gate.metric)
    if info is None:
        known = [metric.name for metric in candidate.scores.run.metrics]
        raise InputError.unknown("metric of a gate", gate.metric, known)
    if faults := check_gate(gate, info):
        raise InputError("\n".join(faults))
    arm = candidate.arm(info)
    if gate.no_worse_than is not None:
        return ask_against(gate, arm, candidate, baseline, course=course, standing=standing)
    if not arm.n:
        return Asked(nothing(gate, arm, "no case has a score", "cases to which the metric applies"))
    if isinstance(standing, Calibrated):
        mean = ask_calibrated_mean(gate, arm, candidate.scores, standing.calibration)
        return Asked(mean.then(lambda found: limited(found, arm.missing_share, arm.incomplete)))
    if gate.slice is None:
        return Asked(_ask_alone(gate, arm, course))
    parts = [(each.name, arm.on(each.ids)) for each in slices_of(gate, candidate.scores)]
    asked = [AskedSlice(name, _ask_alone(gate, part, None)) for name, part in parts if part.n]
    return sliced(gate, arm, _ask_alone(gate, arm, None), asked)


def _ask_alone(gate: GateSpec, arm: Arm, course: Course | None) -> Question[Finding]:
    if gate.max_cases is not None:
        asked = ask_count(gate, arm)
    elif gate.quantile is not None:
        asked = ask_quantile(gate, arm, gate.quantile)
    else:
        asked = ask_mean(gate, arm, course)
    return asked.then(lambda found: limited(found, arm.missing_share, arm.incomplete))
