import pytest

from genaiops.metrics.scripts import script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Hello, 42!", "LATIN"),
        ("Привет, мир", "CYRILLIC"),
        ("你好吗, ok", "CJK"),
        ("مرحبا", "ARABIC"),
        ("42 – %", ""),
        ("", ""),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script
