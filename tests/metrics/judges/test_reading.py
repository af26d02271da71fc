import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.judges.reading import Unread, read_score
from genaiops.records import Completion, Usage
from tests.metrics.judges.building import in_json, scored

LABELS = ("1", "2", "3", "4", "5")


@pytest.mark.parametrize(
    "text",
    [
        scored(4), scored("**4**"), "Score: 4", "**SCORE:** 4.", "SCORE: 4\n\n", "# Score: `4`",
        "SCORE: 4\nWell.\nSCORE: 4",
    ],
)  # fmt: skip
def test_the_last_line_has_the_score(text: str) -> None:
    reading = read_score(Completion(text=text), LABELS, as_json=False)
    assert (reading.label, reading.unread) == ("4", None)


@pytest.mark.parametrize(
    "text", [in_json(4), in_json("4"), in_json(4.0), f"```json\n{in_json(4)}\n```"]
)
def test_json_has_the_score(text: str) -> None:
    reading = read_score(Completion(text=text), LABELS, as_json=True)
    assert (reading.label, reading.reason) == ("4", "It says so.")


def test_what_stands_before_the_score_is_the_reason() -> None:
    reading = read_score(Completion(text="It helps.\n\nMuch.\nSCORE: 5"), LABELS, as_json=False)
    assert reading.reason == "It helps. Much."


@pytest.mark.parametrize(
    ("text", "unread", "told"),
    [
        ("", "empty", "nothing"),
        (" \n", "empty", "nothing"),
        ("A fine answer, four of five.", "prose", "no last line"),
        ("SCORE: 4\nI hope that this helps.", "prose", "I hope"),
        ("SCORE: 4\nOn second thought:\nSCORE: 2", "prose", "more than one score: 4, 2"),
        ("SCORE: 7", "scale", "no score '7'"),
        ("SCORE: 4/5", "scale", "'4/5'"),
        ("SCORE: 85 %", "scale", "'85 %'"),
        ("SCORE: 4.5", "scale", "'4.5'"),
        ("SCORE: ٤", "scale", "'٤'"),
        ("SCORE: four", "scale", "'four'"),
        ("SCORE:", "scale", "''"),
        ("PUNTUACIÓN: 4", "prose", "PUNTUACIÓN"),
        ("I'm sorry, but I cannot help with judging this.", "refusal", "will not judge"),
        (in_json(4), "prose", "no last line"),
    ],
)
def test_lines_without_a_score_say_why(text: str, unread: Unread, told: str) -> None:
    reading = read_score(Completion(text=text), LABELS, as_json=False)
    assert (reading.label, reading.unread) == (None, unread)
    assert told in reading.problem


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ('{"reason": "It helps", "sco', "json"),
        ('{"reason": "It helps"}', "json"),
        ("[4]", "json"),
        ("4", "json"),
        ('{"score": null}', "scale"),
        ('{"score": [4]}', "scale"),
        ('{"score": true}', "scale"),
        ('{"score": NaN}', "json"),
        ('{"score": 7}', "scale"),
        ("A fine answer.\nSCORE: 4", "prose"),
        ("I cannot provide an assessment of this.", "refusal"),
    ],
)
def test_json_without_a_score_says_why(text: str, unread: Unread) -> None:
    assert read_score(Completion(text=text), LABELS, as_json=True).unread == unread


def test_a_score_that_was_cut_off_or_filtered_is_none() -> None:
    cut = Completion(text="SCORE: 1", finish_reason="length", usage=Usage(output_tokens=9))
    reading = read_score(cut, ("1", "10"), as_json=False)
    assert (reading.unread, reading.problem) == (
        "length",
        "cut off after 9 tokens; raise max_tokens of the judge",
    )
    filtered = Completion(text="SCORE: 1", finish_reason="content_filter")
    assert read_score(filtered, LABELS, as_json=False).unread == "content_filter"


def test_labels_are_told_apart_without_case() -> None:
    reading = read_score(
        Completion(text="SCORE: Partly Right"), ("partly right", "right"), as_json=False
    )
    assert (reading.label, reading.written) == ("partly right", "Partly Right")


@given(st.text())
def test_any_answer_has_a_label_of_the_scale_or_a_problem(text: str) -> None:
    for as_json in (True, False):
        reading = read_score(Completion(text=text), LABELS, as_json=as_json)
        assert (reading.label in LABELS) != bool(reading.unread and reading.problem)


@pytest.mark.parametrize("line", ["SCORE: " + "." * 100_000 + "x", "SCORE:" + " " * 100_000 + "x"])
def test_a_line_without_end_is_no_score_and_takes_no_time(line: str) -> None:
    began = time.monotonic()
    assert read_score(Completion(text=line), LABELS, as_json=False).unread == "prose"
    assert time.monotonic() - began < 1
