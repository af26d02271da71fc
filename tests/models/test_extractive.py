from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.models.extractive import ExtractiveModel, extract
from genaiops.records import CompletionRequest, Message, Passage, Usage
from genaiops.specs.catalog import ExtractiveModel as Spec

SPEC = Spec(provider="extractive")
METERS = """# Smart meters

A smart meter sends its readings by itself. You can still send one by hand.

## Visits

A visit to change a meter takes 90 minutes. It costs nothing. Someone over 18 must be at home."""
BILLS = """# Bills

| Way to pay | Fee |
|---|---|
| Cheque | £2 |
| Direct Debit | none |

A final bill is due 21 days after its date."""


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(document=f"{place}.md", start=0, end=len(text), text=text)
        for place, text in enumerate(texts)
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long does a visit to change the meter take?", "takes 90 minutes."),
        ("When is my final bill due?", "A final bill is due 21 days after its date."),
        ("What is the fee for a cheque?", "| Cheque | £2 |"),
        ("Who must be at home for the visit?", "Someone over 18 must be at home."),
    ],
)
def test_the_sentence_that_answers_is_found(question: str, answer: str) -> None:
    one = Spec(provider="extractive", sentences=1)
    assert extract(question, passages(METERS, BILLS), one).endswith(answer)


def test_a_second_sentence_joins_only_with_new_words_of_the_question() -> None:
    question = "How long does a visit take, and when is a final bill due?"
    found = extract(question, passages(METERS, BILLS), SPEC)
    assert "90 minutes" in found
    assert "21 days" in found
    assert "21 days" not in extract("How long does a visit take?", passages(METERS, BILLS), SPEC)


def test_what_the_passages_know_nothing_of_is_refused() -> None:
    question = "Which vaccinations does my dog need for Norway?"
    assert extract(question, passages(METERS, BILLS), SPEC) == "I don't know."


@pytest.mark.parametrize(
    ("question", "given_passages"),
    [("When is it due?", ()), ("", passages(BILLS)), ("due?", passages("# Due", " "))],
    ids=["no passage", "no question", "only headings"],
)
def test_nothing_to_go_by_is_refused(question: str, given_passages: Sequence[Passage]) -> None:
    assert extract(question, given_passages, SPEC) == "I don't know."


@pytest.mark.anyio
async def test_it_costs_and_takes_nothing_and_counts_tokens() -> None:
    model = ExtractiveModel("floor", SPEC)
    pieces: list[str] = []
    messages = (Message(role="user", content="When is my final bill due?"),)
    request = CompletionRequest(messages=messages, passages=passages(BILLS))
    completion = await model.complete(request, pieces.append)
    assert pieces == [completion.text] == ["A final bill is due 21 days after its date."]
    assert completion.usage == Usage(input_tokens=7, output_tokens=11, cost_usd=0.0)
    assert completion.latency_s == 0


@pytest.mark.anyio
async def test_the_question_that_is_given_comes_before_the_last_user_message() -> None:
    request = CompletionRequest(
        messages=(Message(role="user", content="What is the fee for a cheque?"),),
        passages=passages(METERS, BILLS),
        question="When is my final bill due?",
    )
    completion = await ExtractiveModel("floor", SPEC).complete(request)
    assert "21 days" in completion.text


def test_identity_follows_the_spec_and_not_the_name() -> None:
    other = Spec(provider="extractive", refusal="No idea.")
    assert ExtractiveModel("a", SPEC).identity == ExtractiveModel("b", SPEC).identity
    assert ExtractiveModel("a", SPEC).identity != ExtractiveModel("a", other).identity


WORDS = st.sampled_from(["meter", "bills", "Due", "21", "days", "visit", "the", "# Fee", "|", "."])
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=4)
QUESTIONS = st.lists(WORDS | st.just("dog"), max_size=6).map(" ".join)


@given(QUESTIONS, TEXTS)
def test_an_answer_is_made_of_pieces_of_the_passages(question: str, texts: list[str]) -> None:
    one = Spec(provider="extractive", sentences=1)
    answer = extract(question, passages(*texts), one)
    assert answer == one.refusal or any(answer in text for text in texts)
    assert answer == extract(question, passages(*texts), one)


@given(QUESTIONS, TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_passages_does_not_change_a_refusal(
    question: str, texts: list[str], random: Random
) -> None:
    mixed = list(texts)
    random.shuffle(mixed)
    answers = [extract(question, passages(*order), SPEC) for order in (texts, mixed)]
    assert (answers[0] == SPEC.refusal) == (answers[1] == SPEC.refusal)
