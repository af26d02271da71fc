import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.gates import number_style
from genaiops.records import MetricInfo
from tests.gates.build import ANSWER_F1, LATENCY, RATING
from tests.stats.strategies import steady

COST = MetricInfo(
    name="cost", metric="cost", low=0, high=None, direction="lower", unit="usd", digest="f"
)
TOKENS = COST.model_copy(update={"name": "tokens", "unit": "tokens"})


@pytest.mark.parametrize(
    ("info", "value", "text"),
    [
        (ANSWER_F1, 0.8333, "83.3%"),
        (ANSWER_F1, 1.0, "100.0%"),
        (ANSWER_F1, 0.0, "0.0%"),
        (LATENCY, 1.239, "1.24 s"),
        (LATENCY, 0.1, "0.10 s"),
        (LATENCY, 0.0123, "0.012 s"),
        (LATENCY, 0.00789, "0.0079 s"),
        (LATENCY, 0.0, "0.00 s"),
        (COST, 0.00312, "$0.0031"),
        (TOKENS, 512.4, "512 tokens"),
        (RATING, 4.12, "4.12"),
        (RATING, -0.5, "-0.50"),
        (RATING, None, "none"),
    ],
)
def test_a_value_is_written_in_its_unit(info: MetricInfo, value: float | None, text: str) -> None:
    assert number_style(info).value(value) == text


def test_almost_all_is_never_written_as_all() -> None:
    assert number_style(ANSWER_F1).value(0.9999) == "99.99%"
    assert number_style(ANSWER_F1).value(0.0002) == "0.02%"


def test_a_value_beside_a_limit_is_never_written_as_the_limit() -> None:
    assert number_style(ANSWER_F1).value(0.89996, apart_from=[0.9]) == "89.996%"
    assert number_style(ANSWER_F1).value(0.9, apart_from=[0.9]) == "90.0%"


def test_decimals_end_somewhere() -> None:
    assert number_style(ANSWER_F1).value(0.9 - 1e-8, apart_from=[0.9]) == "90.00000%"


@pytest.mark.parametrize(
    ("info", "value", "text"),
    [
        (ANSWER_F1, -0.0333, "-3.3 points"),
        (ANSWER_F1, 0.058, "+5.8 points"),
        (ANSWER_F1, 0.0, "0.0 points"),
        (ANSWER_F1, -0.0002, "-0.02 points"),
        (LATENCY, 0.5, "+0.50 s"),
        (LATENCY, -0.0049, "-0.0049 s"),
        (COST, 0.001, "+$0.0010"),
        (ANSWER_F1, None, "none"),
    ],
)
def test_a_difference_has_a_sign_and_its_unit(
    info: MetricInfo, value: float | None, text: str
) -> None:
    assert number_style(info).difference(value) == text


def test_a_difference_that_is_not_there_has_no_sign() -> None:
    assert number_style(ANSWER_F1).signed(None) == "none"


def test_limits_and_margins_are_written_as_they_were_asked_for() -> None:
    style = number_style(ANSWER_F1)
    assert (style.limit(0.7), style.allowance(0.1)) == ("70%", "10 points")
    assert (style.limit(0.995), style.allowance(0.025)) == ("99.5%", "2.5 points")
    assert number_style(LATENCY).limit(4.0) == "4 s"


def test_a_share_of_another_range_is_no_percentage() -> None:
    info = ANSWER_F1.model_copy(update={"low": -1.0})
    assert number_style(info).value(0.5) == "0.50"


@steady
@given(value=st.floats(0, 1), limit=st.floats(0, 1))
def test_what_is_visibly_under_a_limit_reads_so(value: float, limit: float) -> None:
    style = number_style(ANSWER_F1)
    if abs(value - limit) > 1e-6:
        shown, other = (
            style.value(value, apart_from=[limit]),
            style.value(limit, apart_from=[value]),
        )
        assert (float(shown[:-1]) < float(other[:-1])) == (value < limit)
