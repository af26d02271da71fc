from collections.abc import Iterator

import pytest

from genaiops.cli.bars import HoldLine
from genaiops.cli.hold_lines import HoldLines
from genaiops.flow.hold import Hold


def told_of(waits: list[tuple[float, float]]) -> list[str]:
    """The lines about waits that begin at a second and last so many."""
    lines: list[str] = []
    seconds: Iterator[float] = iter([begin_s for begin_s, _ in waits])
    holds = HoldLines(lines.append, lambda: next(seconds))
    for place, (_, wait_s) in enumerate(waits):
        holds.take(Hold(f"m{place}", wait_s, "rate limit (429), try 2 of 6"))
    return lines


def test_a_wait_is_told_at_once() -> None:
    assert told_of([(0, 12)]) == ["waiting 12 s for m0: rate limit (429), try 2 of 6"]


def test_a_wait_of_less_than_a_second_is_not_told() -> None:
    assert told_of([(0, 0.9), (0.1, 1)]) == ["waiting 1 s for m1: rate limit (429), try 2 of 6"]


def test_there_is_at_most_a_line_in_five_seconds() -> None:
    lines = told_of([(second, 3) for second in range(20)])
    assert [line.split(":")[0] for line in lines] == [
        f"waiting 3 s for m{second}" for second in (0, 5, 10, 15)
    ]


def test_a_name_writes_no_codes_to_the_terminal() -> None:
    lines: list[str] = []
    HoldLines(lines.append).take(Hold("m\x1b[2J", 3, "server error (5xx)"))
    assert "\x1b" not in lines[0]


@pytest.mark.parametrize(
    ("now_s", "text"),
    [(0.5, "waiting 4 s for slow: b"), (3.2, "waiting 1 s for slow: b"), (4.0, None)],
)
def test_a_bar_shows_the_wait_that_lasts_longest_and_what_is_left_of_it(
    now_s: float, text: str | None
) -> None:
    clock = [0.0]
    line = HoldLine(lambda: clock[0])
    for name, wait_s in [("quick", 2), ("slow", 4), ("later", 3), ("brief", 0.5)]:
        line.take(Hold(name, wait_s, "b"))
    clock[0] = now_s
    assert line.text == text


def test_a_bar_shows_no_wait_before_there_is_one() -> None:
    assert HoldLine().text is None
