from typing import get_args

from genaiops.errors import FailureKind
from genaiops.records import WORST_KINDS

SURROUNDINGS = {
    "rate_limit",
    "server",
    "connection",
    "malformed",
    "auth",
    "budget",
    "recording",
    "metric",
    "interrupted",
}


def test_every_failure_is_the_products_own_or_its_surroundings() -> None:
    assert set(get_args(FailureKind)) == WORST_KINDS | SURROUNDINGS
    assert not WORST_KINDS & SURROUNDINGS
