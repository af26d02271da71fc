import json

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_gate import set_gates

MARGIN = "{metric: answer_f1, no_worse_than: baseline, margin: 0.3}"


@pytest.fixture
def accepted(library: Terminal) -> Terminal:
    """The library with an accepted baseline of 12 cases."""
    set_gates(library, MARGIN)
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    return library


def test_a_baseline_passes_beside_itself_where_its_cases_are_enough(accepted: Terminal) -> None:
    done = accepted("gate", "--self-check")
    assert done.code == 0
    assert done.out.startswith("PASS  assistant: every blocking gate passed")
    assert "A drop of 30 points or more is ruled out." in done.out
    assert "unchanged by construction" not in done.out.lower()


def test_too_few_cases_stay_open_and_never_fail(accepted: Terminal) -> None:
    set_gates(accepted, MARGIN.replace("0.3", "0.1"))
    done = accepted("gate", "--self-check")
    assert done.code == 0
    assert done.out.startswith("INCONCLUSIVE  assistant")
    assert "POWER  assistant: 12 cases x 1" in done.out


def test_the_policy_decides_on_what_stays_open(accepted: Terminal) -> None:
    set_gates(accepted, MARGIN.replace("0.3", "0.1, on_inconclusive: block"))
    assert accepted("gate", "--self-check").code == 3


def test_a_baseline_that_breaks_a_limit_fails(accepted: Terminal) -> None:
    set_gates(accepted, "{metric: answer_f1, at_least: 0.5}")
    accepted.ok("eval", "assistant", "--variant", "blind")
    accepted.ok("baseline", "accept", "assistant-2", "--reason", "to be mended")
    done = accepted("gate", "--self-check")
    assert done.code == 1
    assert done.out.startswith("FAIL  assistant: answer_f1 failed")


def test_the_shares_of_unchanged_candidates_come_with_it(accepted: Terminal) -> None:
    found = json.loads(accepted.ok("gate", "--self-check", "--json"))
    assert found["decision"]["word"] == "pass"
    (margin,) = found["power"]["prospects"]
    assert margin["noise"]["origin"] == "assumed"
    assert 0 < margin["shares"]["passes"] < 1
    assert (
        "to measure the noise: genaiops eval assistant --repeats 3"
        in accepted("gate", "--self-check").err
    )


def test_no_run_is_made(accepted: Terminal) -> None:
    accepted.ok("gate", "--self-check")
    assert len(json.loads(accepted.ok("runs", "list", "--json"))) == 1


def test_without_a_baseline_there_is_nothing_to_check(library: Terminal) -> None:
    done = library("gate", "--self-check")
    assert done.code == 2
    assert "evaluation 'assistant' has no baseline to check by itself" in done.err


@pytest.mark.parametrize(
    "more",
    [
        ("--run", "assistant-1"), ("--repeats", "3"), ("-o", "a.md"), ("--against", "last"),
        ("--yes",), ("--report-url", "https://ci/page"),
    ],
)  # fmt: skip
def test_other_options_do_not_go_with_it(accepted: Terminal, more: tuple[str, ...]) -> None:
    done = accepted("gate", "--self-check", *more)
    assert (done.code, done.out) == (2, "")
    assert "--self-check judges the baseline beside itself; leave the other options out" in done.err
