import pytest

from genaiops.errors import Again
from genaiops.evaluations.reports.figures import made_again_text
from tests.evaluations.build import RUN


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({}, None),
        ({"hedged": 1}, "1 call made again: 1 x hedged"),
        (
            {"hedged": 1, "rate_limit": 3, "connection": 1},
            "5 calls made again: 3 x rate_limit, 1 x connection, 1 x hedged",
        ),
    ],
)
def test_calls_that_were_made_again_are_told_with_the_reasons(
    counts: dict[Again, int], text: str | None
) -> None:
    assert made_again_text(RUN.model_copy(update={"made_again": counts})) == text
