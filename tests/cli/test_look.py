import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.cli.look import change_lines, look_lines
from genaiops.evaluations.diff import diff_runs
from genaiops.gates import MetricEstimate
from genaiops.project.developing import Look
from genaiops.records import Estimate
from genaiops.store import StoredResult
from tests.evaluations.build import F1, RUN, result

LONG = " ".join(f"w{i}" for i in range(40))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a b c d", "a b x d", ("a b [-c-] {+x+} d",)),
        ("a b c", "a b c d", ("a b c {+d+}",)),
        ("a b c", "b c", ("[-a-] b c",)),
        ("a b", "x y", ("- a b", "+ x y")),
        ("", "a", ("- ", "+ a")),
        (f"{LONG} x", f"{LONG} y", ("… w36 w37 w38 w39 [-x-] {+y+}",)),
        (f"x {LONG} x", f"y {LONG} x", ("[-x-] {+y+} w0 w1 w2 w3 …",)),
    ],
)
def test_what_changed_in_an_answer_is_marked_word_by_word(
    before: str, after: str, lines: tuple[str, ...]
) -> None:
    assert change_lines(before, after)[0].startswith(lines[0])
    assert len(change_lines(before, after)) == len(lines)


@given(before=st.text("ab "), after=st.text("ab "))
def test_marks_hold_both_texts(before: str, after: str) -> None:
    lines = change_lines(before, after)
    words = " ".join(lines).replace("[-", " ").replace("-]", " ")
    for mark in ("{+", "+}", "…", "- ", "+ "):
        words = words.replace(mark, " ")
    assert set(words.split()) == set(before.split()) | set(after.split()) or "…" in lines[0]


def look(before: list[StoredResult], after: list[StoredResult]) -> Look:
    run = RUN.model_copy(update={"scored": len(after), "planned": len(after)})
    estimate = Estimate(value=0.5, low=0.1, high=0.9, n=2, level=0.95, method="gaffke")
    return Look(
        run=run,
        estimates=(MetricEstimate(F1, estimate, ()),),
        results=tuple(after),
        cases_of_all=9,
        diff=diff_runs(RUN, run, before, after),
        seconds=0.25,
    )


def test_cases_are_told_as_better_worse_or_other() -> None:
    before = [result("a", 0.2), result("b", 0.9), result("c", 0.5), result("same", 0.5)]
    after = [result("a", 0.4), result("b", 0.1), result("c", 0.5, answer="y"), result("same", 0.5)]
    text = "\n".join(look_lines(look(before, after)))
    assert "  better a: f1 20.0% -> 40.0%" in text
    assert "  worse  b: f1 90.0% -> 10.0%" in text
    assert "  other  c: another answer" in text
    assert "same" not in text.replace("always the same", "")
    assert "f1  50.0% [10.0, 90.0]  1 better, 1 worse" in text
    assert max(map(len, text.splitlines())) <= 80


def test_without_a_change_that_is_said() -> None:
    both = [result("a", 0.2)]
    text = "\n".join(look_lines(look(both, both)))
    assert "changed: nothing that counts" in text
    assert "no case got better or worse" in text


def test_answers_hold_no_terminal_escapes() -> None:
    before, after = [result("a\x1b[0m", 0.2)], [result("a\x1b[0m", 0.4, answer="\x1b[31mred x")]
    assert "\x1b" not in "\n".join(look_lines(look(before, after)))
