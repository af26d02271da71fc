"""What is said of a test that neither passed nor failed, from the test to the last lines."""

from dataclasses import dataclass
from typing import Literal

import pytest

Category = Literal["inconclusive", "advisory"]
"""`advisory` is a gate that failed and whose tier never blocks."""
MARKS: dict[Category, tuple[str, str]] = {
    "inconclusive": ("I", "INCONCLUSIVE"),
    "advisory": ("A", "ADVISORY"),
}
"""The letter and the word of a category."""


@dataclass(frozen=True, slots=True)
class Said:
    """Why a test that did not fail is no pass either."""

    category: Category
    told: str


SAID = pytest.StashKey[Said | None]()
"""What a test that runs has said; None so far."""


def put(report: pytest.TestReport, said: Said, place: tuple[str, int]) -> None:
    """Make a report one that is no pass: skipped to whoever knows no more words.

    The category is an attribute, as pytest's own of expected failures is, so that it travels from
    the workers of pytest-xdist.
    """
    report.outcome = "skipped"
    report.longrepr = (*place, f"{said.category}: {said.told}")
    vars(report)["genaiops"] = said.category


def category_of(report: pytest.CollectReport | pytest.TestReport) -> Category | None:
    """The category of a report that `put` made; None of another."""
    return vars(report).get("genaiops")


def reason_of(report: pytest.CollectReport | pytest.TestReport) -> str:
    """What was said of a test, in a report that `put` made."""
    assert isinstance(report.longrepr, tuple)  # noqa: S101  `put` made it
    return report.longrepr[2].partition(": ")[2]
