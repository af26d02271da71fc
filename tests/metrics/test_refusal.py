import json
import time
from pathlib import Path
from typing import Any

import pytest

from genaiops.metrics.refusal import find_refusal, is_refusal
from genaiops.metrics.refusal_acts import act_of

REFUSALS = Path(__file__).resolve().parents[2] / "datasets" / "refusals.jsonl"
LABELLED: list[dict[str, Any]] = [
    json.loads(line) for line in REFUSALS.read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(
    "text",
    [
        "The handbook does not say.", "I don't know.", "I don’t know the answer to that.",
        "I'm sorry, but I can't help with that.", "The passages do not mention a deposit.",
        "There is no information about this in the documents.", "Sorry, I cannot answer that.",
        "I am unable to find that.", "This is not mentioned in the context provided.", "N/A",
        "I do not have enough information to answer.", "The provided context doesn't contain it.",
        "Unfortunately, the document does not specify the fee. You could call us.",
        "No information is available.", "I have to decline.", '"The handbook does not say."',
        "# Answer\n\nI don't know.", "## The handbook does not say.", "I can’t say.",
    ],
)  # fmt: skip
def test_refusals_are_seen(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "No, we do not charge a fee.", "You cannot change the region.", "", "We don't write.",
        "If you do not know your meter number, look at your bill.", "It is not refundable.",
        "The meter does not need a battery.", "You do not have to provide a reading.",
        "Sorry to hear that. Call 105.", "30 days", "The policy does not cover storms.", " \n?!",
        "## What the handbook is about", "Which of the two do you mean?",
    ],
)  # fmt: skip
def test_answers_with_a_negation_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "I do not know the day, but it was in March.",
        "The text does not say. It was probably March.",
        "It was in March. The text does not say on which day.",
        "While I can't tell the day, it was in March.",
    ],
)
def test_an_answer_in_part_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


def test_who_declines_has_refused_unless_he_does_it_all_the_same() -> None:
    assert is_refusal("I can't help with that. Knives are sharp. Keep them away from children.")
    assert not is_refusal("I can't help with that, but here is how: hold the knife by its handle.")


def test_what_was_looked_through_and_whom_to_ask_is_no_answer() -> None:
    text = "Thanks for asking. I looked at the fees. They do not mention dogs. Please ring us."
    assert find_refusal(text) == "They do not mention dogs."


def test_what_is_quoted_is_not_what_the_answer_says() -> None:
    assert not is_refusal('The screen shows "I cannot find your account" when it is locked.')
    assert not is_refusal("He said “I do not know” and left.")
    assert not is_refusal("Write 'I don't know' in the box.")


def test_own_phrases_are_refusals_too_wherever_they_stand() -> None:
    assert not is_refusal("Frag bitte jemand anderen.")
    assert is_refusal("Frag bitte jemand  anderen.", ("frag bitte jemand anderen",))
    assert is_refusal("The fee is £3. I’d ask Ann.", ("I’d ask Ann",))
    assert not is_refusal("Ja.", ("",))


def test_a_reason_that_one_should_not_makes_a_refusal_of_not_knowing() -> None:
    assert act_of("i cannot confirm it since that is unethical") == "declines"
    assert is_refusal("I can't confirm that. Spying is illegal. It was made in 1961.")


@pytest.mark.parametrize("text", ["i " * 50_000, '"' * 100_000, "the text is not " * 6_000])
def test_a_long_answer_takes_no_longer_than_its_beginning(text: str) -> None:
    started = time.perf_counter()
    is_refusal(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_labelled_answers_are_told_apart(split: str) -> None:
    cases = [case for case in LABELLED if case["tags"]["split"] == split]
    shares = [
        sum(is_refusal(case["inputs"]["answer"]) == label for case in chosen) / len(chosen)
        for label in (True, False)
        for chosen in [[case for case in cases if case["expected"]["refused"] is label]]
    ]
    assert sum(shares) / 2 >= 0.95
