from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.datasets import open_dataset
from genaiops.project.suggested import Suggestion, margin_for, suggest_for
from genaiops.stats import least_n_to_pass_margin


def suggested(root: Path, text: str, name: str = "q.csv") -> Suggestion:
    (root / name).write_text(text)
    return suggest_for(open_dataset(root / name, name))


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("question\na\n", ("latency",)),
        ("question,expected\na,one two three four\n", ("answer_f1", "latency")),
        ("question,expected\na,yes\nb,no\nc,one two three four\n", ("exact_match", "answer_f1")),
        ("question,expected.label\na,yes\n", ("exact_match", "answer_f1")),
        ("question,expected.a,expected.b\na,yes,no\n", ("latency",)),
    ],
)
def test_metrics_follow_from_what_is_expected(
    tmp_path: Path, text: str, metrics: tuple[str, ...]
) -> None:
    found = suggested(tmp_path, text)
    assert found.metrics[: len(metrics)] == metrics
    assert found.judged == (None if metrics == ("latency",) else metrics[0])


def test_expected_values_may_be_lists_and_numbers(tmp_path: Path) -> None:
    rows = '{"inputs": {"q": "a"}, "expected": {"answer": ["one", "two"]}}\n'
    rows += '{"inputs": {"q": "b"}, "expected": {"answer": 3}}\n{"inputs": {"q": "c"}}\n'
    assert suggested(tmp_path, rows, "q.jsonl").judged == "exact_match"


@pytest.mark.parametrize(("cases", "margin"), [(1, 0.5), (12, 0.25), (29, 0.1), (149, 0.1)])
def test_the_margin_is_what_so_many_cases_can_rule_out(cases: int, margin: float) -> None:
    assert margin_for(cases) == margin


@given(st.integers(1, 3000))
def test_more_cases_never_get_a_wider_margin(cases: int) -> None:
    assert margin_for(cases + 1) <= margin_for(cases)
    least = least_n_to_pass_margin(margin_for(cases), 0.05)
    assert least is not None
    assert least <= max(cases, 5)
