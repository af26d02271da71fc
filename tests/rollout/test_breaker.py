import pytest

from genaiops.rollout.breaker import Breaker


def after(requests: str) -> Breaker:
    breaker = Breaker()
    for request in requests:
        breaker = breaker.seen(failed=request == "x")
    return breaker


@pytest.mark.parametrize(
    ("requests", "trouble"),
    [
        ("", None),
        ("xxxx", None),
        ("xxxxx", "5 requests of the candidate in a row failed"),
        (".xxxx" * 4, "16 of the last 20 requests of the candidate failed"),
        ("x." * 10, None),
        ("x." * 9 + "xx", "11 of the last 20 requests of the candidate failed"),
        ("x" * 4 + "." * 30, None),
    ],
)
def test_it_opens_after_five_in_a_row_or_most_of_twenty(requests: str, trouble: str | None) -> None:
    assert after(requests).trouble == trouble


def test_only_recent_requests_are_kept() -> None:
    assert len(after("." * 500).recent) == 20
