"""What a gate says where there is little or nothing to judge by."""

import pytest

from genaiops.errors import InputError
from genaiops.gates import can_pass, decide
from genaiops.gates.sample import Sample
from genaiops.records import RunScores
from genaiops.specs.evaluation import GateSpec
from tests.gates.build import ANSWER_F1, ANSWER_OK, accepted, clustered, gate, no_worse, run_of


def test_one_pair_proves_nothing_and_says_what_would() -> None:
    run = run_of(ANSWER_F1, [0.5])
    found = decide([no_worse(0.1, ANSWER_F1)], run, accepted(run), policy="block").verdicts[0]
    assert (found.word, found.to_decide) == ("inconclusive", "about 29 cases")


def test_ties_in_all_cases_pass_from_the_least_number_of_cases_on() -> None:
    for cases, word in ((28, "inconclusive"), (29, "pass")):
        run = run_of(ANSWER_OK, [0.0] * cases)
        assert decide([no_worse(0.1)], run, accepted(run), policy="block").word == word


@pytest.mark.parametrize("rule", [no_worse(0.1), gate(ANSWER_OK, at_least=0.5)])
def test_where_every_score_is_missing_they_are_asked_for(rule: GateSpec) -> None:
    run, whole = run_of(ANSWER_OK, [None] * 40), run_of(ANSWER_OK, [1.0] * 40)
    found = decide([rule], run, accepted(whole), policy="allow").verdicts[0]
    assert (found.word, found.to_decide) == (
        "inconclusive",
        "score the 40 cases with missing scores",
    )


def test_a_single_cluster_proves_nothing() -> None:
    run = clustered(run_of(ANSWER_OK, [1.0] * 40), 40)
    found = decide([gate(ANSWER_OK, at_least=0.5)], run, policy="block").verdicts[0]
    assert found.sentence.startswith("1 cluster of cases is too few")


def test_a_case_that_stands_twice_is_refused() -> None:
    run = run_of(ANSWER_OK, [1.0])
    doubled = RunScores(run=run.run, cases=run.cases * 2)
    with pytest.raises(InputError, match="holds the case 'c0' twice: evaluate it again"):
        decide([gate(ANSWER_OK, at_least=0.5)], doubled, policy="block")


def test_a_margin_that_few_cases_cannot_show_names_those_that_could() -> None:
    told = can_pass(no_worse(0.0001), ANSWER_OK, Sample(1000))
    assert told is not None
    assert told.endswith("cannot pass with 1000 cases; 29956 could")
