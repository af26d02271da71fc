import pytest

from genaiops.datasets.promptfoo import assertion_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("contains: Paris", "contains:"),
        ("not-icontains:Paris", "not-icontains:"),
        ("javascript: output.length < 5", "javascript:"),
        ("similar(0.8): Paris", "similar(0.8):"),
        ("is-json", "is-json"),
        ("llm-rubric: is polite", "llm-rubric:"),
        ("fn: true", "fn:"),
        ("file://check.py", "file://"),
        ("Paris", None),
        ("It contains: salt and pepper", None),
        ("Note: bring a pen", None),
        ("costly", None),
        ("", None),
    ],
)
def test_an_assertion_is_told_from_a_plain_answer(text: str, kind: str | None) -> None:
    assert assertion_of(text) == kind
