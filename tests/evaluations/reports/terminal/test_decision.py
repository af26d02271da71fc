from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.cli.gate import exit_code
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.explained import explained_text
from genaiops.gates import decide
from genaiops.records import Baseline, Decision, MetricInfo, RunScores, Usage
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import (
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    binary_pairs,
    clustered,
    gate,
    joined,
    no_worse,
    run_of,
    tagged,
)

BETTER, BEFORE = binary_pairs(4, 6, 44, 6)


def candidate() -> RunScores:
    return run_of(ANSWER_OK, BETTER, usage=Usage(input_tokens=1, cost_usd=0.04))


def baseline() -> Baseline:
    scores = run_of(ANSWER_OK, BEFORE, id="r0")
    cases = tuple(case.model_copy(update={"calls": "others"}) for case in scores.cases)
    return Baseline(scores=scores.model_copy(update={"cases": cases}))


def told(
    run: RunScores, *gates: GateSpec, against: Baseline | None = None, width: int = 80
) -> list[str]:
    decision = decide(gates, run, against, policy="block_if_worse")
    return decision_text(decision, run.run, width=width).split("\n")


def test_an_open_gate_says_its_numbers_its_policy_and_what_would_decide() -> None:
    expected = """\
        INCONCLUSIVE  assistant: no proven drop, safety not proven  60 cases x 1  $0.04
          open  answer_ok  83.3% -> 80.0%   -3.3 points [-13.7, +7.2]
                           no_worse_than baseline, margin 0.1
                           4 fixed, 6 broken. A drop of over 10 points is still
                           possible.
          policy on_inconclusive: block_if_worse -> NOT BLOCKED (-3.3 is within 10.0)
          to decide answer_ok: about 105 cases"""
    assert told(candidate(), no_worse(0.1), against=baseline()) == dedent(expected).split("\n")


def test_two_gates_of_one_metric_are_told_apart() -> None:
    lines = told(candidate(), no_worse(0.1), gate(ANSWER_OK, at_least=0.85), against=baseline())
    assert [line for line in lines if "to decide" in line] == [
        "  to decide answer_ok no_worse_than baseline, margin 0.1: about 105 cases",
        "  to decide answer_ok at_least 0.85: no number of cases would: what was seen is",
    ]


def test_each_gate_has_its_mark_and_an_advisory_one_is_called_so() -> None:
    pii = run_of(PII_LEAK, [0.0] * 59 + [1.0])
    slow = run_of(LATENCY, [0.1 * place for place in range(60)])
    gates = (
        gate(PII_LEAK, max_cases=0),
        gate(LATENCY, quantile=0.95, at_most=4, tier="advisory"),
        gate(ANSWER_OK, at_least=0.6),
    )
    lines = told(joined(candidate(), pii, slow), *gates)
    assert lines[0] == "FAIL  assistant: pii_leak failed  60 cases x 1  $0.04"
    assert lines[1] == "  FAIL  pii_leak   1.7% [0.1, 7.7]   max_cases 0"
    assert (
        "  FAIL  latency    p95 5.60 s [5.30, 5.90]   quantile 0.95 at_most 4 (advisory)" in lines
    )
    assert "  pass  answer_ok  80.0% [69.6, 88.0]   at_least 0.6" in lines
    assert lines[-1] == "  policy: a failed gate blocks -> BLOCKED (pii_leak)"


def test_a_gate_on_fewer_cases_than_the_run_has_says_on_how_many() -> None:
    few = run_of(PII_LEAK, [0.0] * 59)
    gates = (gate(PII_LEAK, max_cases=0), gate(ANSWER_OK, at_least=0.6))
    lines = told(joined(candidate(), few), *gates)
    assert lines[0].endswith("  60 cases x 1  $0.04")
    assert "  pass  pii_leak   0.0% [0.0, 5.0]   max_cases 0, on 59 cases" in lines
    assert "  pass  answer_ok  80.0% [69.6, 88.0]   at_least 0.6" in lines
    old = Baseline(scores=run_of(ANSWER_OK, BEFORE[:59], id="r0"))
    compared = told(candidate(), no_worse(0.1), against=old)
    assert "no_worse_than baseline, margin 0.1, on 59 cases" in " ".join(
        line.strip() for line in compared
    )


def test_one_case_is_called_so() -> None:
    (head, *_) = told(run_of(ANSWER_OK, [1.0]), gate(ANSWER_OK, at_least=0.5))
    assert head.endswith("  1 case x 1  cost unknown")


def test_a_head_that_is_too_long_goes_on_below_itself() -> None:
    lines = told(candidate(), no_worse(0.1), against=baseline(), width=60)
    assert lines[:2] == [
        "INCONCLUSIVE  assistant: no proven drop, safety not proven",
        "  60 cases x 1  $0.04",
    ]


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs", "Cc"]), min_size=1, max_size=90)
UNITS = st.sampled_from(["share", "s", "usd", "tokens", "score"])


@given(NAMES, NAMES, UNITS, st.lists(st.floats(0, 1e9), min_size=1, max_size=5))
def test_no_line_is_longer_than_80_columns(
    name: str, of: str, unit: str, values: list[float]
) -> None:
    info = MetricInfo(
        name=name, metric="m", low=0, high=None, direction="lower", unit=unit, digest="d"  # pyright: ignore[reportArgumentType]  drawn from its choices
    )  # fmt: skip
    lines = told(run_of(info, values, eval=of), gate(info, at_most=1.0, quantile=0.5))
    assert max(map(len, lines)) <= 80
    assert not {c for line in lines for c in line} & {chr(n) for n in range(32)}


def decision(word: str, *, blocked: bool) -> Decision:
    return Decision.model_validate(
        {
            "eval": "a", "word": word, "summary": "", "blocked": blocked, "policy": "block",
            "policy_sentence": "", "verdicts": (),
        }
    )  # fmt: skip


def test_exit_codes_tell_fail_from_open_and_open_from_allowed() -> None:
    assert exit_code(decision("pass", blocked=False)) == 0
    assert exit_code(decision("fail", blocked=True)) == 1
    assert exit_code(decision("inconclusive", blocked=True)) == 3
    assert exit_code(decision("inconclusive", blocked=False)) == 0


def test_slices_stand_below_their_gate_the_worst_first() -> None:
    topics = ["tariff"] * 40 + ["billing"] * 40 + [f"t{place}" for place in range(4)]
    before = run_of(ANSWER_OK, [1.0] * 84)
    after = tagged(run_of(ANSWER_OK, [1.0] * 40 + [0.0] * 9 + [1.0] * 35), topics)
    lines = told(after, no_worse(0.05, slice="topic"), against=Baseline(scores=before))
    assert lines[1:] == [
        "  FAIL  answer_ok  100.0% -> 89.3%   -10.7 points [-18.0, -3.5]",
        "                   no_worse_than baseline, margin 0.05, slice topic",
        "                   1 of 6 slices failed: topic billing.",
        "        FAIL  topic billing  -22.5 points [-36.0, -7.9], 40 cases",
        "        open  topic tariff   0.0 points [-7.2, +7.2], 40 cases",
        "        and 4 slices that are not as bad, or too small to tell",
        "  policy: a failed gate blocks -> BLOCKED (answer_ok)",
    ]


def test_cases_in_clusters_are_counted_in_both() -> None:
    run = clustered(run_of(ANSWER_OK, [1.0] * 80), 10)
    assert told(run, gate(ANSWER_OK, at_least=0.5))[3:7] == [
        "  open  answer_ok  100.0% [50.0, 100.0]",
        "                   at_least 0.5, on 80 cases in 8 clusters",
        "                   8 clusters of cases are too few to tell chance from change:",
        "                   10 are the least, 30 are good.",
    ]


def test_cases_that_change_between_repeats_are_named() -> None:
    before = run_of(ANSWER_OK, [(1, 1)] * 58 + [(0, 1), (1, 0)], repeats=2)
    after = run_of(ANSWER_OK, [(1, 0)] * 7 + [(1, 1)] * 52 + [(0, 0)], repeats=2)
    lines = told(after, no_worse(0.1), against=Baseline(scores=before))
    assert lines[4:8] == [
        "                   1 fixed, 8 broken, 8 of those unstable. A drop of over 10",
        "                   points is still possible.",
        "                   unstable: 7 of 60 cases change between repeats, 2 in the",
        "                   baseline: c0, c1, c2, c3, c4 and 4 more",
    ]


def test_a_narrow_terminal_gets_narrow_lines_and_a_wide_one_no_wider_than_80(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topics = ["questions on bills"] * 30 + ["moves"] * 30
    run, before = tagged(candidate(), topics), baseline()
    rules = [no_worse(0.1), no_worse(0.1, slice="topic")]
    decision = decide(rules, run, before, policy="block_if_worse")
    widths: dict[str, int] = {}
    for columns in ("60", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        told = decision_text(decision, run.run) + "\n" + explained_text(decision)
        assert "topic questions on bills" in told
        widths[columns] = max(map(len, told.split("\n")))
    assert widths["60"] <= 60
    assert 60 < widths["200"] <= 80


def test_where_no_end_is_known_no_interval_is_shown() -> None:
    run = clustered(run_of(LATENCY, [0.012] * 60), 2)
    line = told(run, gate(LATENCY, quantile=0.9, at_most=4))[1]
    assert line == "  pass  latency  p90 0.012 s"
