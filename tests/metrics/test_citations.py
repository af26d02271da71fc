import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.citations import citations
from tests.metrics.building import bind, case_of, passage, run_of

PASSAGES = [
    passage("Late fees are £5.", document="handbook/billing.md"),
    passage("Call us.", document="contact.md"),
    passage("Always.", document="policy 7"),
    passage("Online.", document="https://example.org/help"),
]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("Fees are £5 [1].", 1),
        ("Fees are £5 [5].", 0),
        ("Fees [1][2], phone [1, 9].", 3 / 4),
        ("Fees [1-3]; none [0].", 3 / 4),
        ("Fees 【2】.", 1),
        ("Fees [billing.md].", 1),
        ("Fees (handbook/billing.md#late), phone (other.md).", 1 / 2),
        ("Fees [the page](contact.md).", 1),
        ("Fees (https://example.org/help), (https://example.org/else).", 1 / 2),
        ("Fees [Source: BILLING.md; contact.md].", 1),
        ("Fees [`tariff.md`].", 0),
        ("Fees[^1].\n\n[^1]: billing.md", 1),
        ("Fees[^1], phone[^2].\n\n[^1]: gone.md\n[^2]: contact.md", 1 / 2),
        ("Fees[^a].\n\n[^a]: a letter of 3 May", 0),
        ("Fees[^2].", 1),
        ("Fees [policy 7], and [7].", 1 / 2),
    ],
)
def test_a_citation_is_valid_where_its_source_was_retrieved(answer: str, value: float) -> None:
    assert citations(answer, PASSAGES).value == pytest.approx(value)


@pytest.mark.parametrize(
    "answer",
    [
        "It is £5.",
        "It is £5 (about 3).",
        "As they say [sic].",
        "(e.g. by phone)",
        "f(x) [see below]",
    ],
)
def test_other_brackets_cite_nothing(answer: str) -> None:
    score = citations(answer, PASSAGES)
    assert score.explanation == "the answer cites nothing"
    assert score.value == 1
    assert citations(answer, PASSAGES, required=True).value == 0


def test_what_was_not_retrieved_is_named_once() -> None:
    score = citations("A [7], b [7], c [x.md], d [1].", PASSAGES)
    assert score.explanation == "1 of 4 citations are of retrieved sources"
    assert score.evidence == ("7 was not retrieved", "x.md was not retrieved")


def test_without_passages_nothing_can_be_cited() -> None:
    assert citations("Fees [1].", []).value == 0


def test_citations_may_be_written_otherwise() -> None:
    pattern = r"\{\{(.+?)\}\}"
    assert citations("Fees {{billing.md}} [9], {{9}}", PASSAGES, pattern=pattern).value == 0.5
    assert citations("Fees ref:2", PASSAGES, pattern=r"(?<=ref:)\d").value == 1


@pytest.mark.anyio
@pytest.mark.parametrize(("answerable", "value"), [(True, 0), (False, 1)])
async def test_a_citation_may_be_wanted_where_there_is_an_answer(
    answerable: object, value: float
) -> None:
    metric = bind({"citations": {"required": "${case.expected.answerable}"}})
    case = case_of({"answerable": bool(answerable)})
    score = await metric.score(case, run_of("I do not know.", outputs={"passages": []}))
    assert score.value == value


@given(st.text(st.sampled_from("[]()^:123-,a.md#\n "), max_size=60))
def test_scores_are_from_0_to_1(answer: str) -> None:
    assert 0 <= (citations(answer, PASSAGES).value or 0) <= 1


@pytest.mark.parametrize("piece", ["[1] ", "[", "(a.", "[^1]: ", "[1, 2, ", "a.md", "\n[^a]:\t"])
def test_a_very_long_answer_is_read_at_once(piece: str) -> None:
    began = time.monotonic()
    citations((piece * 100_000)[:100_000], PASSAGES)
    assert time.monotonic() - began < 2
