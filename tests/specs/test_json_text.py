import time

import pytest

from genaiops.specs.json_text import unfenced


@pytest.mark.parametrize(
    "text",
    ["```json\n[1]\n```", "```\n[1]\n```", " ```JSON \n [1]```\n\n", "```json\n[1]\n  ```", "[1]"],
)
def test_a_fence_around_all_of_a_text_is_taken_off(text: str) -> None:
    assert unfenced(text).strip() == "[1]"


@pytest.mark.parametrize(
    "text",
    ["", "```", "``````", "```json```", "a ```\n[1]\n```", "```\n[1]\n``` b", "```yaml\n[1]\n```"],
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert unfenced(text) == text


@pytest.mark.parametrize("ending", ["x", "```x", "```"])
def test_blank_lines_without_end_are_read_at_once(ending: str) -> None:
    began = time.monotonic()
    unfenced("```json\n" + " \n" * 100_000 + ending)
    assert time.monotonic() - began < 1
