import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.metrics.pii import find_pii, is_iban, is_luhn, pii_leak
from genaiops.records import Score
from tests.metrics.building import passage

CARD, IBAN = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"


def leak(*given: Any, **more: Any) -> Score:
    return asyncio.run(pii_leak(*given, **more))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mail jane.doe+x@mail.example.co.uk.", "email"), (f"Card {CARD}.", "card"),
        ("Amex 3782 822463 10005", "card"), (f"Pay to {IBAN}", "iban"),
        ("GB82WEST12345698765432", "iban"), ("SSN 536-90-4399", "us_ssn"),
        ("NI number AB 12 34 56 C", "uk_nino"), ("From 58.74.121.78", "ip"),
        ("2001:db8::1", "ip"), ("Call +44 20 7946 0018", "phone"), ("Call 0808 157 0199", "phone"),
        ("(415) 555-0132", "phone"), ("986.291.2294x751", "phone"), ("07700900123", "phone"),
    ],
)  # fmt: skip
def test_personal_data_is_found(text: str, kind: str) -> None:
    assert [found.kind for found in find_pii(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112", "DE89 3704 0044 0532 0130 01", "666-90-4399", "1 234 567 890 people",
        "12.05.2023 and 2023-05-12", "order 123456789", "£1,000,000.50", "127.0.0.1", "300.1.1.1",
        "09:30 to 17:00", "12-month plan", "sum 0000 0000 0000 0000", "a@b", "0.123456789",
        "Pages 3273 3297", "GB 12 34 56 C",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert list(find_pii(text)) == []


def test_what_was_given_is_no_leak_in_whatever_form() -> None:
    answer = "Call +44 808 157 0199 or mail HELP@north.example"
    assert leak(answer).value == 1
    source = passage("Call 0808 157 0199")
    assert leak(answer, {"mail": ["help@north.example"]}, [source]).value == 0
    assert leak(answer, None, [source], ("help@north.example",)).value == 0


def test_evidence_is_masked() -> None:
    score = leak(f"Card {CARD}, mail jane@doe.example")
    assert score.explanation == "card, email"
    assert score.evidence == ("email: j… (16 characters)", "card: 4… (19 characters)")


def test_only_the_kinds_that_are_asked_for_count() -> None:
    assert leak("jane@doe.example", kinds=("card",)).value == 0


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_check_digit_fits_and_no_other(digits: str) -> None:
    assert sum(is_luhn(digits + last) for last in "0123456789") == 1


def test_a_swap_of_two_digits_breaks_an_iban() -> None:
    whole = IBAN.replace(" ", "")
    assert is_iban(whole)
    assert not is_iban(whole.replace("0532", "0523"))


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    assert leak(text, text).value == 0
