import pytest

from genaiops.metrics.grounds import Grounds, grounds_of
from genaiops.metrics.quantities import quantities
from tests.metrics.building import passage

TABLE = passage(
    "# Payments\n\nPaid by Vale.\n\n| Time | Household | Shop |\n| --- | --- | --- |\n"
    "| First day | £80 | £160 |\n",
    document="payments.md",
)


def grounds(*texts: str) -> Grounds:
    return grounds_of([passage(text) for text in texts], [])


def test_each_cell_of_a_table_is_read_with_its_row_and_its_column() -> None:
    cells = [unit.text for unit in grounds_of([TABLE], []).units if "£" in unit.text]
    assert cells[1:] == ["First day Household £80", "First day Shop £160"]


def test_the_best_window_has_most_of_the_words_with_what_stands_around_it() -> None:
    window, share = grounds_of([TABLE], []).best({"payment", "paid", "val"})
    assert window is not None
    assert (window.text, window.document) == ("Paid by Vale.", "payments.md")
    assert share == 1


def test_rare_words_weigh_more() -> None:
    held = grounds("A meter. A meter. A meter. A key.")
    weighed = held.weigh({"meter", "key"})
    assert weighed.share(frozenset({"key"})) > 0.5 > weighed.share(frozenset({"meter"})) > 0


def test_a_passage_that_is_there_twice_counts_once() -> None:
    once, twice = grounds("A meter. A key."), grounds("A meter. A key.", "A meter. A key.")
    assert once.weights == pytest.approx(twice.weights)


def test_without_passages_nothing_is_held() -> None:
    held = grounds()
    assert held.best({"meter"}) == (None, 0.0)
    assert not held.says(["meter"])


def test_inputs_give_names_and_numbers_and_no_words() -> None:
    held = grounds_of([passage("A meter.")], ["Is Leeds 40 miles away?"])
    (claimed,) = quantities("40 miles")
    assert held.has_name("Leeds")
    assert held.has_number(claimed)
    assert "away" not in held.stems


def test_what_stands_word_for_word_is_said_whatever_the_marks_between() -> None:
    held = grounds("We read meters, twice.")
    assert held.says(["read", "meters", "twice"])
    assert not held.says(["ead", "meters"])
