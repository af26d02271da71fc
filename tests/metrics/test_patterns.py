import time

import pytest

from genaiops.metrics.patterns import regex, safe_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$", r"([a-zA-Z]+)*$", r"(a|aa)+$", r"(a|a?)+$", r"(.*a){20}", r"(\w+\s?)*$",
        r"((a*)b?)*", r"(a{2,3})+$", r"(aa?)*$", r"(x{1,200})+", r"(?:(?:a)+)*", r"(?P<n>a+)*",
        r"\d+\d+\d+x", r"(a)\1+", r".*.*.*=.*", r"(?i:a+)+", r"([^\]]+)*", r"a*a*a*b",
        r"\w+.*[a-z]+x", r"\s*\s*\s*$", r".*foo.*bar.*", r"(a{1,50}){1,50}x", r"(a+)(a+)(a+)b",
    ],
)  # fmt: skip
def test_patterns_that_can_take_forever_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="can take forever"):
        safe_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{4}-\d\d-\d\d$", r"(yes|no)\b", r"(?:ab)+c", r"£\d+(?:\.\d\d)?", r"a+b+c+", r"[(*+]+",
        r"(?:,\d{3})+", r"foo.*bar", r"(?<=a)b?", r"\(a+\)+", r"[a-z]+@[a-z]+\.com", r"\w+\s+\w+",
        r"\d+\s*-\s*\d+", r"(\d+)\.(\d+)\.(\d+)\.(\d+)", r"(?:\d{1,3}\.){3}\d{1,3}", r"(a|b){3}",
    ],
)  # fmt: skip
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert safe_pattern(pattern) == pattern


def test_what_is_no_pattern_says_why() -> None:
    with pytest.raises(ValueError, match=r"'\(' is no regular expression: missing \)"):
        safe_pattern("(")
    with pytest.raises(ValueError, match="at most 1000 characters"):
        safe_pattern("a" * 1001)


def test_a_pattern_is_searched_anywhere_in_the_answer() -> None:
    assert regex("Ref: AB-12", r"[A-Z]{2}-\d+").value == 1
    assert regex("YES", "yes", ignore_case=True).value == 1
    assert regex("no", "yes").explanation is None


def test_what_was_not_searched_is_told() -> None:
    score = regex("x" * 10_000 + "yes", "yes")
    assert score.value == 0
    assert score.explanation == "only the first 10000 characters were searched"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a+a+b", "a"),
        ("a+b", "a"),
        (r".*foo.*x\Z", "foo"),
        (r"\w+\s+\w+\s+=", "a "),
        ("(a|b)c+d", "ac"),
    ],
)
def test_the_worst_of_what_is_taken_stays_within_seconds(pattern: str, text: str) -> None:
    started = time.process_time()
    assert regex(text * 100_000, safe_pattern(pattern)).value == 0
    assert time.process_time() - started < 5
