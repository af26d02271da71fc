"""What one gate asks of a run: the rule that it has, on the scores that there are."""

from genaiops.errors import InputError
from genaiops.gates.against import ask_against
from genaiops.gates.arms import Arm, ScoreReader
from genaiops.gates.asked import Asked, AskedSlice, limited, nothing, sliced
from genaiops.gates.baselines import metric_of
from genaiops.gates.counts import ask_count
from genaiops.gates.finding import Finding
from genaiops.gates.means import ask_mean
from genaiops.gates.quantiles import ask_quantile
from genaiops.gates.questions import Question
from genaiops.gates.rules import check_gate
from genaiops.gates.slices import slices_of
from genaiops.specs.evaluation import GateSpec


def ask(gate: GateSpec, candidate: ScoreReader, baseline: ScoreReader | None) -> Asked:
    """Work out what has to be known of a run for a gate, before gates are judged together.

    Raises:
        InputError: the scores are broken, or the gate does not fit the metrics of the run.
    """
    info = metric_of(candidate.scores, gate.metric)
    if info is None:
        known = [metric.name for metric in candidate.scores.run.metrics]
        raise InputError.unknown("metric of a gate", gate.metric, known)
    if faults := check_gate(gate, info):
        raise InputError("\n".join(faults))
    arm = candidate.arm(info)
    if gate.no_worse_than is not None:
        return ask_against(gate, arm, candidate, baseline)
    if not arm.n:
        return Asked(nothing(gate, arm, "no case has a score", "cases to which the metric applies"))
    whole = _ask_alone(gate, arm)
    if gate.slice is None:
        return Asked(whole)
    parts = [(each.name, arm.on(each.ids)) for each in slices_of(gate, candidate.scores)]
    asked = [AskedSlice(name, _ask_alone(gate, part)) for name, part in parts if part.n]
    return sliced(gate, arm, whole, asked)


def _ask_alone(gate: GateSpec, arm: Arm) -> Question[Finding]:
    if gate.max_cases is not None:
        asked = ask_count(gate, arm)
    elif gate.quantile is not None:
        asked = ask_quantile(gate, arm, gate.quantile)
    else:
        asked = ask_mean(gate, arm)
    return asked.then(lambda found: limited(found, arm.missing_share, arm.incomplete))
