from dataclasses import replace

from genaiops.evaluations.reports.annotations import annotations_of
from genaiops.evaluations.reports.origin import Site
from tests.evaluations.build import result
from tests.evaluations.reports.ci import DROP, ORIGIN, PROMPT, VERDICTS, decided, verdict


def test_each_gate_that_did_not_pass_is_told_what_blocks_first() -> None:
    found = annotations_of(decided(*reversed(VERDICTS)))
    assert [(each.rule, each.level) for each in found] == [
        (DROP, "error"),
        ("f1 at_least 0.9", "warning"),
        ("f1 at_least 0.8", "notice"),
    ]
    assert found[0].message == f"fail (blocking): {DROP}: What {DROP} says."


def test_a_comparison_points_at_what_changed_and_names_its_gate_too() -> None:
    drop, limit, _ = annotations_of(decided())
    assert (drop.site, drop.also) == (PROMPT, Site("app/evals/e.yaml", 7))
    assert (limit.site, limit.also) == (Site("app/evals/e.yaml", 8), None)


def test_a_comparison_without_a_changed_file_points_at_its_gate() -> None:
    report = replace(decided(), origin=replace(ORIGIN, changed=()))
    assert annotations_of(report)[0].site == Site("app/evals/e.yaml", 7)


def test_a_gate_of_another_commit_points_at_the_evaluation_however_its_text_begins() -> None:
    for gate in ("f1 at_least 0.95", "other"):
        assert ORIGIN.gate(verdict(gate, "fail")) == Site("app/evals/e.yaml")


def test_without_an_origin_the_file_of_the_evaluation_is_named() -> None:
    report = replace(decided(), origin=None)
    assert {each.site for each in annotations_of(report)} == {Site("evals/e.yaml")}


def test_cases_that_failed_are_told_by_their_kinds_judged_or_not() -> None:
    failed = (result("a", kind="timeout"), result("b", kind="timeout"), result("c", kind="node"))
    judged = decided(results=failed)
    for report in (judged, replace(judged, decision=None)):
        (told,) = [each for each in annotations_of(report) if each.rule == "failed cases"]
        assert told.message == "3 cases failed: timeout 2, node 1"


def test_two_equal_gates_are_told_once_and_fingerprints_differ_by_gate_and_evaluation() -> None:
    found = annotations_of(decided(*VERDICTS, *VERDICTS))
    assert len(found) == 3
    prints = {each.fingerprint(name) for each in found for name in ("e", "other")}
    assert len(prints) == 6
