import pytest

from genaiops.text.quantities import counted, long_time, money, seconds


@pytest.mark.parametrize(
    ("cost", "told"),
    [(None, "cost unknown"), (0, "$0.00"), (0.0031, "$0.0031"), (0.04, "$0.04"), (12, "$12.00")],
)
def test_money_has_the_digits_that_matter(cost: float | None, told: str) -> None:
    assert money(cost) == told


@pytest.mark.parametrize(
    ("duration_s", "told"),
    [(0.314, "0.31 s"), (12.36, "12.4 s"), (59.94, "59.9 s"), (59.97, "1 min 0 s"),
     (185, "3 min 5 s"), (9.996, "10.0 s")],
)  # fmt: skip
def test_durations_read_as_people_say_them(duration_s: float, told: str) -> None:
    assert seconds(duration_s) == told


def test_a_count_goes_with_its_noun() -> None:
    told = [counted(n, "error") for n in (0, 1, 2)]
    assert told == ["0 errors", "1 error", "2 errors"]
    assert [counted(n, "index", "indexes") for n in (1, 2)] == ["1 index", "2 indexes"]


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3570, "1 h"), (12_000, "3 h 20 min"),
        (86_390, "1 d"), (187_200, "2 d 4 h"), (604_800, "7 d"),
    ],
)  # fmt: skip
def test_a_long_time_has_its_two_largest_units(duration_s: float, text: str) -> None:
    assert long_time(duration_s) == text
