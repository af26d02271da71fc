import pytest

from genaiops.gates.standing import as_declared, gate_standing, standing_text, tiered_before
from genaiops.gates.two_looks import looks_of
from genaiops.records import Calibration, Looks
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import gate, no_worse, run_of
from tests.gates.test_calibrated import JUDGE, OVERLAP, calibration, world

OPEN = GateSpec(metric="helpful", no_worse_than="baseline")


def known(**fields: object) -> dict[str, Calibration]:
    people, judge = world()
    return {"helpful": calibration(people, judge, **fields)}


@pytest.mark.parametrize("rule", [OPEN, gate(JUDGE, at_least=0.5), no_worse(0.1, JUDGE)])
def test_before_a_run_a_gate_has_the_tier_that_it_will_have_once_it_has_a_margin(
    rule: GateSpec,
) -> None:
    assert tiered_before(rule, JUDGE, {}).tier == "advisory"
    assert tiered_before(rule, JUDGE, known()).tier == "blocking"
    assert tiered_before(rule, OVERLAP, {}) == rule
    said = rule.model_copy(update={"tier": "blocking"})
    assert tiered_before(said, JUDGE, {}) == said


def test_what_is_advisory_takes_no_part_of_the_error() -> None:
    rule = gate(JUDGE, at_least=0.5, on_inconclusive="extend")
    assert looks_of([rule], "block") == 2
    assert looks_of([tiered_before(rule, JUDGE, {})], "block") == 1


def test_before_a_run_a_calibration_is_taken_to_be_of_the_judge() -> None:
    planned = JUDGE.model_copy(update={"digest": "without the model"})
    rule = gate(JUDGE, at_least=0.5)
    assert tiered_before(rule, planned, known()).tier == "advisory"
    assert tiered_before(rule, as_declared(planned, known()), known()).tier == "blocking"
    assert as_declared(planned, {}) == planned


def test_a_calibrated_judge_without_a_margin_is_told_what_it_waits_for() -> None:
    found = gate_standing(OPEN, run_of(JUDGE, []).run, known())
    assert found is not None
    assert standing_text(found) == "UNCALIBRATED (its gate has no margin yet)"


def test_labels_of_a_plain_metric_never_take_its_gate_s_word() -> None:
    looked = run_of(OVERLAP, []).run.model_copy(
        update={"looks": Looks(made=1, tested=1, cases=9, end="whole")}
    )
    assert gate_standing(gate(OVERLAP, at_least=0.5), looked, known()) is None
    assert gate_standing(gate(OVERLAP, max_cases=3), run_of(OVERLAP, []).run, known()) is None
