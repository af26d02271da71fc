import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ERRORS = (TESTS.parent / "docs" / "errors.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- ([a-z-]+) -->\n```\n(.*?)```", ERRORS, re.DOTALL))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_errors_is_what_check_says(name: str) -> None:
    assert (TESTS / "golden" / "broken" / name / "expected.txt").read_text("utf-8") == EXAMPLES[
        name
    ]


def test_the_errors_have_examples() -> None:
    assert len(EXAMPLES) >= 10
