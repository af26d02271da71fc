import pytest

from genaiops.metrics.scripts import has_words, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Hello, 42!", "LATIN"),
        ("Привет, мир", "CYRILLIC"),
        ("你好吗, ok", "CJK"),
        ("九時に開きます", "CJK"),
        ("مرحبا", "ARABIC"),
        ("42 – %", ""),
        ("", ""),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(("text", "has"), [("Hello", True), ("42", True), ("เปิด", False)])
def test_some_scripts_have_no_blanks_between_words(text: str, *, has: bool) -> None:
    assert has_words(text) is has
