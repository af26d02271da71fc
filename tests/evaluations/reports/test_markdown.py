from dataclasses import replace

from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.cells import markdown_cell, markdown_code
from genaiops.evaluations.reports.markdown import LARGEST, render_markdown
from genaiops.gates import MetricEstimate, SliceEstimate
from genaiops.records import CaseScores, RunScores, Unstable
from tests.evaluations.build import F1, RUN, result
from tests.evaluations.reports.ci import DROP, ESTIMATE, decided, unstable_verdict, verdict


def text_of(report: Report) -> str:
    return "".join(render_markdown(report))


def test_the_word_stands_first_then_each_gate_with_its_interval() -> None:
    lines = text_of(decided()).splitlines()
    assert lines[:3] == ["# FAIL: e (blocked)", "", "f1 failed, on 2 cases x 1, cost unknown"]
    assert lines[6].startswith(
        "| f1 no\\_worse\\_than baseline, margin 0.05 | **fail** | 50.0% → 50.0%"
    )
    assert "To decide: about 105 cases." in lines[7]
    assert "* changed since the baseline: prompt flows/a/prompts/answer.md" in lines


def test_the_slices_that_failed_follow_their_gate() -> None:
    parts = [
        verdict(DROP, word).model_copy(update={"slice": f"topic {word}"})
        for word in ("fail", "inconclusive")
    ]
    gate = verdict(DROP, "fail", blocks=True).model_copy(update={"slices": tuple(parts)})
    lines = text_of(decided(gate)).splitlines()
    assert lines[7].startswith("| — topic fail | **fail** | 50.0% → 50.0% |")
    assert not any("topic inconclusive" in line for line in lines)


def test_the_cases_that_lost_most_are_shown_with_what_was_asked_and_a_link() -> None:
    before = RunScores(
        run=RUN, cases=tuple(CaseScores(case_id=f"c{n}", scores={"f1": (1.0,)}) for n in range(9))
    )
    results = tuple(result(f"c{n}", n / 10, answer=f"say `{n}`") for n in range(9))
    text = text_of(decided(results=results, reference=before))
    assert "## Cases that lost most by f1" in text
    assert text.count("\n1. ") == 5
    assert "1. [`c0`](<https://ci.test/page.html#case-c0>) 100.0% → 0.0%\n" in text
    assert "   * asked `?`\n   * answered `` say `0` ``\n" in text


def test_cases_that_change_between_repeats_are_told_apart_from_worse_ones() -> None:
    before = RunScores(
        run=RUN, cases=tuple(CaseScores(case_id=name, scores={"f1": (1.0,)}) for name in "ab")
    )
    results = (result("a", 0.5), result("b", 0.4))
    same_metric = verdict("f1 at_least 0.1", "pass").model_copy(
        update={"unstable": Unstable(candidate=("a",))}
    )
    gates = (same_metric, unstable_verdict("a"))
    text = text_of(decided(*gates, results=results, reference=before))
    assert text.count("* f1 unstable:") == 1
    assert "* f1 unstable: 1 of 9 cases change between repeats, 0 in the baseline: a\n" in text
    assert "100.0% → 50.0%, unstable: its repeats differ\n" in text
    assert "100.0% → 40.0%\n" in text


def test_the_foot_says_how_to_have_it_again_and_where_it_ran() -> None:
    report = decided()
    run = report.run.model_copy(update={"git_commit": "f" * 40})
    text = text_of(replace(report, run=run))
    assert "of commit `ffffffffffff`." in text
    assert "To have it again: `genaiops gate e`" in text
    assert "[Job](<https://ci.test/job/1>)" in text


def test_without_a_decision_the_scores_are_the_report() -> None:
    text = text_of(replace(decided(), decision=None, origin=None))
    assert text.startswith("# e\n\n")
    assert "<details>" not in text


def test_a_comment_never_grows_over_what_a_platform_takes() -> None:
    many = [verdict(f"gate {n} {'@' * 900}", "fail") for n in range(400)]
    slices = tuple(SliceEstimate("topic", f"t{n}" * 60, ESTIMATE) for n in range(2_000))
    failed = tuple(result(f"c{n}" * 300, kind="node") for n in range(200))
    report = replace(
        decided(*many, results=failed), estimates=(MetricEstimate(F1, ESTIMATE, slices),)
    )
    assert len(text_of(report)) <= LARGEST + 200
    small = text_of(replace(report, decision=decided().decision))
    assert len(small) <= LARGEST
    assert small.rstrip().endswith("</details>")
    assert "more rows" in small
    assert DROP not in small  # it is escaped


def test_a_cell_makes_no_mention_link_or_entity() -> None:
    assert markdown_cell("ask @bob, #12, !3 at http://x.test or www.x.test") == (
        "ask @&#8203;bob, \\#&#8203;12, !&#8203;3 at http:&#8203;//x.test or www&#8203;.x.test"
    )
    assert markdown_cell("&#64;bob") == "&amp;\\#&#8203;64;bob"


def test_code_holds_any_backticks() -> None:
    assert markdown_code("a", 9) == "`a`"
    assert markdown_code("``` x `", 9) == "```` ``` x ` ````"
    assert markdown_code(" ", 9) == "`(empty)`"
