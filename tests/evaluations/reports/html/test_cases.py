"""What of a case is shown, in which order, and under which filter."""

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.reports import ArmReport, Report
from genaiops.evaluations.reports.html import render_page
from genaiops.evaluations.reports.html.answers import MAX_CHARACTERS
from genaiops.records import Failure, Passage, Score
from genaiops.store import StoredResult
from tests.evaluations.build import F1, RUN, result

SECONDS = F1.model_copy(
    update={"name": "latency", "unit": "s", "low": 0, "high": None, "direction": "lower"}
)
SCORES = st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5, 1.0]))


def arm(label: str, *results: StoredResult) -> ArmReport:
    run = RUN.model_copy(update={"planned": len(results)})
    return ArmReport(label, Report(run, (), None, lambda: iter(results)))


def page(*arms: ArmReport) -> str:
    return "".join(render_page(arms, None))


def order(text: str) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", text)


def shown_by(text: str, kind: str) -> list[str]:
    """The cases that have a class."""
    found = re.findall(r'<details class="case([^"]*)"><summary><h3>(.*?)</h3>', text)
    return [name for kinds, name in found if kind in kinds.split()]


def changed(stored: StoredResult, **fields: object) -> StoredResult:
    return StoredResult(stored.case, stored.result.model_copy(update=fields), stored.nodes)


def labelled(stored: StoredResult, **fields: object) -> StoredResult:
    return StoredResult(stored.case.model_copy(update=fields), stored.result, stored.nodes)


def passage(start: int, text: str, document: str = "a.md") -> dict[str, object]:
    return Passage(document=document, start=start, end=start + len(text), text=text).model_dump()


def test_of_two_arms_the_largest_loss_is_first_and_the_largest_gain_last() -> None:
    first = arm(
        "a", result("equal", 0.5), result("gain", 0.1), result("loss", 0.9), result("all", 1)
    )
    second = arm(
        "b", result("all", 0), result("equal", 0.5), result("loss", 0.5), result("gain", 0.9)
    )
    text = page(first, second)
    assert order(text) == ["all", "loss", "equal", "gain"]
    assert "100.0% → 0.0%" in text
    assert "▼ worse by 100.0 points" in text
    assert shown_by(text, "worse") == ["all", "loss"]
    assert shown_by(text, "better") == ["gain"]


def test_of_one_arm_what_failed_is_first_then_what_is_missing_then_the_lowest() -> None:
    text = page(
        arm(
            "a",
            result("good", 1),
            result("low", 0.2),
            result("none", None),
            result("f", 0, kind="node"),
        )
    )
    assert order(text) == ["f", "none", "low", "good"]
    assert shown_by(text, "failed") == ["f"]
    assert shown_by(text, "missing") == ["none"]
    assert shown_by(text, "low") == ["f", "low"]


def test_where_low_is_good_more_is_a_loss() -> None:
    run = RUN.model_copy(update={"metrics": (F1.model_copy(update={"direction": "lower"}),)})
    arms = [
        ArmReport(name, Report(run, (), None, lambda value=value: iter([result("c", value)])))
        for name, value in (("a", 0.2), ("b", 0.6))
    ]
    assert shown_by(page(*arms), "worse") == ["c"]


def again(stored: StoredResult, repeat: int) -> StoredResult:
    return changed(stored, repeat=repeat)


def test_cases_whose_repeats_differ_have_a_mark_and_a_filter_of_their_own() -> None:
    first = arm(
        "a", *(again(result(name, 1), n) for name in ("same", "torn", "less") for n in (0, 1))
    )
    second = arm(
        "b",
        *(again(result("same", 1), n) for n in (0, 1)),
        *(again(result("torn", 1 - n), n) for n in (0, 1)),
        *(again(result("less", 0), n) for n in (0, 1)),
    )
    text = page(first, second)
    assert shown_by(text, "worse") == ["less", "torn"]
    assert shown_by(text, "unstable") == ["torn"]
    assert text.count("~ unstable: repeats differ") == 1


def test_seconds_that_differ_between_repeats_make_no_case_unstable() -> None:
    run = RUN.model_copy(update={"metrics": (SECONDS,)})
    told = {"latency": Score(value=1)}, {"latency": Score(value=2)}
    results = [changed(result("c"), repeat=n, scores=scores) for n, scores in enumerate(told)]
    text = page(ArmReport("a", Report(run, (), None, lambda: iter(results))))
    assert "unstable" not in text.partition("</style>")[2]


@given(st.lists(st.tuples(SCORES, SCORES), max_size=6))
def test_every_case_is_there_once_with_every_filter_counted(
    scores: Sequence[tuple[float | None, ...]],
) -> None:
    first = [result(f"c{place}", pair[0]) for place, pair in enumerate(scores)]
    second = [result(f"c{place}", pair[1]) for place, pair in enumerate(scores)]
    text = page(arm("a", *first), arm("b", *reversed(second)))
    assert sorted(order(text)) == sorted(stored.case.id for stored in first)
    told = dict(re.findall(r'href="#only-([a-z]+)">.*?<span class="count">(\d+)<', text))
    assert {kind: len(shown_by(text, kind)) for kind in told} == {
        k: int(n) for k, n in told.items()
    }


def test_a_case_that_one_arm_lacks_says_so() -> None:
    text = page(arm("a", result("x"), result("y")), arm("b", result("y"), result("z")))
    assert sorted(order(text)) == ["x", "y", "z"]
    assert text.count("This arm has no such case.") == 2


def test_two_answers_have_their_differences_marked() -> None:
    text = page(
        arm("a", result("c", answer="It is free.")), arm("b", result("c", answer="It is not free."))
    )
    assert "It is <ins>not</ins> free." in text
    text = page(
        arm("a", result("c", answer="It is not free.")), arm("b", result("c", answer="It is free."))
    )
    assert "It is <del>not</del> free." in text


def test_an_only_answer_is_compared_with_the_expected_one() -> None:
    stored = labelled(
        result("c", answer="It costs £9 a day."), expected={"text": "It costs £8 a day."}
    )
    text = page(arm("a", stored))
    assert "It costs £<del>8</del> a day." in text
    assert "It costs £<ins>9</ins> a day." in text


def test_of_three_arms_the_others_are_held_to_the_first() -> None:
    arms = [arm(name, result("c", answer=f"one two {name}")) for name in "abc"]
    text = page(*arms)
    assert '<div class="text" dir="auto">one two a</div>' in text
    assert "one two <ins>b</ins>" in text
    assert "one two <ins>c</ins>" in text


def test_scores_stand_with_their_reasons() -> None:
    scores = {
        "f1": Score(value=0.5, explanation="half of <it>", evidence=("the first word",)),
    }
    text = page(arm("a", changed(result("c"), scores=scores)))
    assert "<b>50.0%</b>" in text
    assert "half of &lt;it&gt;" in text
    assert "the first word" in text
    text = page(arm("a", result("c", None)))
    assert "no score: metric: told" in text


def test_a_failure_says_its_kind_place_and_words() -> None:
    failure = Failure(kind="timeout", message="after 5 s", where="answer")
    text = page(arm("a", changed(result("c"), failure=failure, outputs=None)))
    assert "✗ failed: timeout" in text
    assert "<strong>✗ timeout in answer: </strong>after 5 s" in text


def test_repeats_are_folded_behind_the_first() -> None:
    draws = [
        changed(result("c", value, answer=f"draw {n}"), repeat=n)
        for n, value in enumerate((1, 0, 0))
    ]
    text = page(arm("a", *draws))
    assert "2 more repeats" in text
    assert "<b>100.0%, 0.0%, 0.0%</b>" in text
    assert "draw 2" in text
    assert ">33.3%<" in text


def test_a_long_answer_is_folded_and_a_very_long_one_is_cut_and_says_so() -> None:
    text = page(arm("a", result("c", answer="line\n" * 50)))
    assert "(50 lines, 250 characters)" in text
    text = page(arm("a", result("c", answer="x" * (MAX_CHARACTERS + 1500))))
    assert "1,500 more characters are only in the run" in text
    assert "x" * MAX_CHARACTERS + "…" in text


def test_labelled_spans_are_marked_and_what_was_not_found_is_named() -> None:
    gold = [passage(4, "brown fox"), passage(0, "elsewhere", "b.md")]
    outputs = {"answer": "x", "passages": [passage(0, "the brown fox"), passage(20, "a dog")]}
    stored = labelled(changed(result("c"), outputs=outputs), expected={"passages": gold})
    text = page(arm("a", stored))
    assert "the <mark>brown fox</mark>" in text
    assert "Retrieved: 2 passages, 1 of 2 labelled spans found" in text
    assert "✗ labelled, not retrieved · b.md 0–9" in text
    assert "#2 · a.md 20–25" in text


def test_a_passage_of_two_arms_stands_once_with_both_ranks() -> None:
    shared, other = passage(0, "shared"), passage(9, "other")
    a = changed(result("c"), outputs={"answer": "x", "passages": [shared]})
    b = changed(result("c"), outputs={"answer": "x", "passages": [other, shared]})
    text = page(arm("a", a), arm("b", b))
    assert text.count('<div class="text" dir="auto">shared</div>') == 1
    assert "a #1, b #2 · a.md 0–6" in text
    assert "b #1 · a.md 9–14" in text
    assert "#1 in every arm" in page(arm("a", a), arm("b", a))


def test_a_passage_that_was_judged_irrelevant_is_not_missed() -> None:
    gold = [{**passage(0, "brown"), "relevance": 2}, {**passage(20, "dog"), "relevance": 0}]
    outputs = {"answer": "x", "passages": [passage(0, "the brown fox")]}
    stored = labelled(changed(result("c"), outputs=outputs), expected={"passages": gold})
    assert "Retrieved: 1 passage, 1 of 1 labelled span found" in page(arm("a", stored))


def test_passages_that_are_none_are_shown_as_they_are() -> None:
    text = page(arm("a", changed(result("c"), outputs={"answer": "x", "passages": ["just text"]})))
    assert "Retrieved" not in text
    assert "just text" in text


def test_tags_are_filters_and_a_tag_with_many_values_is_none() -> None:
    stored = [
        labelled(result(f"c{n}"), tags={"topic": "A b" if n else "<x>", "n": n}) for n in range(20)
    ]
    text = page(arm("a", *stored))
    assert '<a href="#tag-topic-a-b">topic: A b <span class="count">19</span></a>' in text
    assert '<a href="#tag-topic-x">topic: &lt;x&gt; <span class="count">1</span></a>' in text
    assert "tag-n-" not in text


def test_cases_of_alike_names_have_anchors_of_their_own() -> None:
    text = page(arm("a", result("A b"), result("a-b"), result("a/b")))
    anchors = re.findall(r'<div id="(case-[^"]*)"', text)
    assert sorted(anchors) == ["case-a-b", "case-a-b-2", "case-a-b-3"]
