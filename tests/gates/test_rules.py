from typing import Any

import pytest

from genaiops.errors import InputError
from genaiops.gates import can_pass, check_gate, decide, gate_text
from genaiops.gates.rules import gate_limit
from genaiops.gates.sample import Sample
from genaiops.records import MetricInfo
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    RATING,
    accepted,
    gate,
    no_worse,
    run_of,
)

NO_MARGIN = (
    "latency has no bounded range, so no margin in its units can be proven; "
    "use margin_ratio, such as margin_ratio: 1.2"
)
NO_RATIO = (
    "margin_ratio is for amounts from 0 without an upper end; answer_f1 is 0 to 1, use margin"
)
NEEDS_QUANTILE = (
    "at_most needs a quantile here: latency has no bounded range, so no number of cases "
    "bounds its mean; add for instance quantile: 0.95"
)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (no_worse(0.02, ANSWER_F1), "answer_f1 no_worse_than baseline, margin 0.02"),
        (gate(ANSWER_F1, at_least=0.7), "answer_f1 at_least 0.7"),
        (gate(LATENCY, at_most=4, quantile=0.95), "latency quantile 0.95 at_most 4"),
        (gate(PII_LEAK, max_cases=0), "pii_leak max_cases 0"),
    ],
)
def test_a_gate_has_one_line(rule: GateSpec, text: str) -> None:
    assert gate_text(rule) == text


@pytest.mark.parametrize(
    ("info", "fields", "message"),
    [
        (
            LATENCY,
            {"no_worse_than": "baseline", "margin": 0.1},
            NO_MARGIN,
        ),
        (
            ANSWER_F1,
            {"no_worse_than": "baseline", "margin_ratio": 1.2},
            NO_RATIO,
        ),
        (
            ANSWER_F1,
            {"no_worse_than": "baseline", "margin": 5},
            "margin 5 tolerates everything: answer_f1 is 0 to 1; did you mean 0.05?",
        ),
        (
            RATING,
            {"no_worse_than": "baseline", "margin": 4},
            "margin 4 tolerates everything: rating is 1 to 5",
        ),
        (
            ANSWER_F1,
            {"max_cases": 0},
            "max_cases counts cases of a metric that is 0 or 1, and answer_f1 is not; use at_least",
        ),
        (
            ANSWER_F1,
            {"at_most": 0.7},
            "at_most asks for bad values of answer_f1, where higher is better; use at_least",
        ),
        (
            LATENCY,
            {"at_most": 4},
            NEEDS_QUANTILE,
        ),
        (
            ANSWER_F1,
            {"at_least": 70},
            "at_least 70 is outside of the range of answer_f1, 0 to 1; did you mean 0.7?",
        ),
        (
            LATENCY,
            {"at_most": -1, "quantile": 0.9},
            "at_most -1 is outside of the range of latency, 0 to unbounded",
        ),
    ],
)
def test_a_gate_that_does_not_fit_its_metric_is_refused_with_a_remedy(
    info: MetricInfo, fields: dict[str, Any], message: str
) -> None:
    rule = gate(info, **fields)
    assert check_gate(rule, info) == [message]
    assert can_pass(rule, info, Sample(10)) is None
    run = run_of(info, [1.0])
    with pytest.raises(InputError) as caught:
        decide([rule], run, accepted(run), policy="block")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("info", "fields"),
    [
        (ANSWER_OK, {"max_cases": 0}),
        (PII_LEAK, {"at_most": 0.01}),
        (RATING, {"at_least": 4}),
        (RATING, {"no_worse_than": "baseline", "margin": 0.5}),
        (LATENCY, {"at_most": 4, "quantile": 0.95}),
    ],
)
def test_a_gate_that_fits_has_no_fault(info: MetricInfo, fields: dict[str, Any]) -> None:
    assert check_gate(gate(info, **fields), info) == []


def test_a_gate_without_a_limit_has_none_to_give() -> None:
    with pytest.raises(ValueError, match="no limit"):
        gate_limit(no_worse(0.1))


def test_a_gate_waits_for_the_margin_that_a_baseline_brings_and_brings_no_ratio() -> None:
    rule = gate(ANSWER_OK, no_worse_than="baseline")
    assert can_pass(rule, ANSWER_OK, Sample(1000)) is None
    assert can_pass(gate(LATENCY, no_worse_than="baseline"), LATENCY, Sample(1000)) == (
        "latency no_worse_than baseline: cannot pass without a margin_ratio, such as 1.2 for a "
        "fifth more"
    )
    run = run_of(ANSWER_OK, [1.0] * 40)
    found = decide([rule], run, accepted(run), policy="block").verdicts[0]
    assert (found.word, found.sentence) == ("inconclusive", "No margin yet.")
    assert found.to_decide == (
        "genaiops baseline accept assistant, which writes one where there are cases enough"
    )


def test_without_a_margin_a_gate_passes_what_would_pass_with_any() -> None:
    rule = gate(ANSWER_OK, no_worse_than="baseline")
    better, worse = run_of(ANSWER_OK, [1.0] * 40), run_of(ANSWER_OK, [1.0, 0.0] * 20)
    (found,) = decide([rule], better, accepted(worse), policy="block").verdicts
    assert (found.word, found.sentence) == ("pass", "20 fixed, 0 broken. An improvement is proven.")
    (found,) = decide([rule], worse, accepted(better), policy="block").verdicts
    assert (found.word, found.sentence) == ("inconclusive", "No margin yet.")
