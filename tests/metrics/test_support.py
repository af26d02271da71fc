import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.claims import claim_of
from genaiops.metrics.grounds import grounds_of
from genaiops.metrics.support import Features, Finding, look_up
from tests.metrics.building import passage

HANDBOOK = (
    "# Deposits\n\nWe hold a deposit of £150 for twelve months. We do not pay interest on it. "
    "Ms Okafor of the Leeds office sends it back within 10 working days. "
    "Some shops pay it in parts.\n\n"
    "| Customer | Deposit |\n| --- | --- |\n| Household | £150 |\n| Shop | £400 |\n"
)
SHARES = ("words", "neighbors", "content", "clause")


def found(claim: str, text: str = HANDBOOK) -> Finding:
    return look_up(claim_of(claim), grounds_of([passage(text)], []))


@pytest.mark.parametrize(
    ("claim", "feature", "problem"),
    [
        ("We hold a deposit of £250.", "foreign_number", "no passage has £250"),
        ("We hold it for 12 weeks.", "foreign_number", "no passage has 12 weeks"),
        ("We hold a deposit of £400 for twelve months.", "displaced_number", "another number"),
        ("It is held for more than 24 months.", "foreign_number", "no passage has 24 months"),
        ("Ms Adeyemi of the Leeds office sends it back.", "foreign_name", "names Adeyemi"),
        ("We do pay interest on it.", "contrary", "only one of the two is negated"),
        ("All shops pay it in parts.", "wider", "does not say all"),
    ],
)
def test_what_speaks_against_a_claim_is_found_and_told(
    claim: str, feature: str, problem: str
) -> None:
    finding = found(claim)
    assert getattr(finding.features, feature) == 1
    assert any(problem in told for told in finding.problems)


@pytest.mark.parametrize(
    "claim",
    [
        "We hold a deposit of £150 for 12 months.",
        "We do not pay interest on it.",
        "The deposit is held for more than 9 months.",
        "Ms Okafor works in Leeds.",
        "Some shops pay it in parts.",
    ],
)
def test_nothing_speaks_against_what_is_true(claim: str) -> None:
    assert found(claim).problems == ()


def test_an_opposite_is_told() -> None:
    finding = found("The price is higher at night.", "The price is lower at night.")
    assert finding.problems == ("the nearest text says the opposite of higher",)


def test_swapped_numbers_slip_from_what_they_belong_to() -> None:
    right = found("A household pays £150 and a shop £400.")
    swapped = found("A household pays £400 and a shop £150.")
    assert swapped.features.slip > right.features.slip


def test_another_order_of_the_same_words_is_seen() -> None:
    text = "Vale pays Northmere for the work."
    assert found("Vale pays Northmere.", text).features.order == 0
    assert found("Northmere pays Vale.", text).features.order == 1


def test_a_sentence_of_the_passage_has_all_shares() -> None:
    features = found("We do not pay interest on it.").features
    assert [getattr(features, name) for name in SHARES] == [1, 1, 1, 1]
    assert sum(features) == 4


@given(st.text(max_size=80), st.text(max_size=80))
def test_features_are_shares(claim: str, text: str) -> None:
    assert all(0 <= value <= 1 + 1e-9 for value in found(claim, text).features)


def test_the_features_are_those_that_the_weights_are_for() -> None:
    assert len(Features._fields) == 13
