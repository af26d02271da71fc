from textwrap import dedent

from genaiops.evaluations.reports.terminal.explained import explained_text
from genaiops.gates import decide
from genaiops.records import Baseline
from tests.gates.build import (
    ANSWER_F1,
    ANSWER_OK,
    LATENCY,
    PII_LEAK,
    binary_pairs,
    clustered,
    gate,
    no_worse,
    run_of,
    tagged,
)

AFTER, BEFORE = binary_pairs(4, 6, 44, 6)


def test_an_open_comparison_says_what_was_compared_how_and_what_it_would_take() -> None:
    run, reference = run_of(ANSWER_OK, AFTER), Baseline(scores=run_of(ANSWER_OK, BEFORE))
    found = decide([no_worse(0.1)], run, reference, policy="block_if_worse")
    assert explained_text(found) == dedent("""\
        answer_ok no_worse_than baseline, margin 0.1: INCONCLUSIVE, does not block
          Compared on 60 cases that both runs hold: 83.3% before, 80.0% now, -3.3 points
          [-13.7, +7.2].
          4 fixed, 6 broken. A drop of over 10 points is still possible.
          The interval holds with 90%, by Tango's score statistic with its exact
          critical value, for scores of 0 or 1.
          A pass needs its lower end above -10 points, a fail its upper end below 0.
          Were nothing wrong, chance would give numbers as bad as these with p = 0.38,
          corrected for all blocking gates and slices; a fail needs at most 0.05.
          What would change it: about 105 cases.
        policy on_inconclusive: block_if_worse -> NOT BLOCKED (-3.3 is within 10.0)""")


def test_a_limit_says_where_its_interval_has_to_lie() -> None:
    run = run_of(PII_LEAK, [0.0] * 60)
    told = explained_text(decide([gate(PII_LEAK, at_most=0.01)], run, policy="block"), width=200)
    assert "  A pass needs its upper end not above 1%, a fail its lower end above 1%." in told
    assert "  What would change it: about 299 cases." in told


def test_a_ratio_says_which_rise_is_tolerated() -> None:
    before, after = [1.0, 1.2] * 20, [1.1, 1.3] * 20
    rule = gate(LATENCY, no_worse_than="baseline", margin_ratio=1.2)
    run, reference = run_of(LATENCY, after), Baseline(scores=run_of(LATENCY, before))
    told = explained_text(decide([rule], run, reference, policy="block"), width=200)
    assert "  A pass needs its upper end below +20%, a fail its lower end above 0." in told
    assert "by t of the log ratios; the sign test has to agree." in told


def test_a_count_a_quantile_and_a_tier_are_called_so() -> None:
    slow = run_of(LATENCY, [0.1 * place for place in range(60)])
    rule = gate(LATENCY, quantile=0.95, at_most=4, tier="advisory")
    told = explained_text(decide([rule], slow, policy="block"), width=200)
    assert told.startswith(
        "latency quantile 0.95 at_most 4: FAIL; its tier is advisory, so it never blocks"
    )
    assert "  Not the value is tested: the share of cases within the limit" in told
    leak = decide([gate(PII_LEAK, max_cases=0)], run_of(PII_LEAK, [1.0]), policy="block")
    assert "  Broken cases are counted, not inferred" in explained_text(leak)


def test_a_first_run_has_no_interval_to_speak_of() -> None:
    told = explained_text(decide([no_worse(0.1)], run_of(ANSWER_OK, [1.0]), policy="block"))
    assert "interval" not in told
    assert "  What would change it: genaiops baseline accept assistant." in told


def test_slices_clusters_and_missing_scores_are_counted() -> None:
    run = clustered(tagged(run_of(ANSWER_F1, [0.5] * 39 + [None]), ["a"] * 40), 2)
    found = decide([gate(ANSWER_F1, at_least=0.7, slice="topic")], run, policy="block")
    told = explained_text(found)
    assert "  Judged on 40 cases in 20 clusters, 1 without a score: 48.8%" in told
    assert "    FAIL  topic a  48.8%" in told
