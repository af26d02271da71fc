"""A card tells what the declaration, the docstring, the catalog and the measurements say."""

import math
from collections.abc import Sequence

import pytest

from genaiops.errors import InputError
from genaiops.metrics import METRICS, metric
from genaiops.metrics.agreement import Agreement
from genaiops.metrics.card import card_of, catalog_card
from genaiops.metrics.card_text import card_text
from genaiops.protocols import Embedder, Model
from genaiops.records import Passage
from tests.metrics.building import bind


@metric(range=(0, 5), direction="lower", needs={"gold": "${case.expected.passages}"}, version="3")
def harshness(
    answer: str,
    gold: Sequence[Passage],
    level: int,
    model: Model,
    words: tuple[str, ...] = ("no", "never"),
) -> float:
    """How harsh an answer is.

    Args:
        answer: What is looked at.
        level: From which on.

    Source: nobody.
    """
    raise NotImplementedError(answer, gold, level, model, words)


HARSHNESS = """\
# harshness

How harsh an answer is.

* range: 0 to 5
* better: lower
* needs: `answer`, `gold`, `level`, `model`
* costs: calls of a model
* version: 3

## Arguments

* `answer` (by default the output `answer`, or the only one): What is
  looked at.
* `gold` (by default `${case.expected.passages}`)
* `level` (by default an output or an expected value of this name): From
  which on.
* `model`: A model or selection of the catalog by its name.
* `words` (default [no, never])

Source: nobody.
"""


def test_a_card_has_all_that_a_metric_says_of_itself() -> None:
    assert card_text(card_of("harshness", harshness), 72) == HARSHNESS


def test_a_function_that_says_nothing_has_a_card() -> None:
    card = card_of("nodes.py:short", lambda answer: len(answer) < 9)
    assert (card.range, card.better, card.cost) == (
        "0 to 1",
        "higher",
        "nothing: it is computed here",
    )
    assert card_text(card).startswith("# nodes.py:short\n")


def test_what_a_metric_only_may_be_handed_costs_only_then() -> None:
    async def near(answer: str, embedder: Embedder | None = None) -> float:
        raise NotImplementedError(answer, embedder)

    card = card_of("near", near)
    assert card.needs == ("answer",)
    assert card.cost == (
        "nothing: it is computed here; where a use names `embedder`, embeddings, each text once"
    )


def test_a_card_shows_what_was_measured_and_what_was_not_reached() -> None:
    card = catalog_card("answer_f1")
    row = Agreement("answer_f1 (stems)", "a set", "AUROC", 1500, 0.8, 0.7, 0.9, "≥ 0.85", "note")
    text = card_text(type(card)(**{**_fields(card), "agreement": (row,)}), 200)
    assert (
        "* answer_f1 (stems): a set: AUROC 0.8 [0.7, 0.9], n = 1,500; wanted ≥ 0.85, not reached; "
        "note\n"
    ) in text


def _fields(card: object) -> dict[str, object]:
    return {name: getattr(card, name) for name in card.__slots__}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_cannot_see_and_each_argument_has_words(name: str) -> None:
    card = catalog_card(name)
    assert card.blind, "a metric that sees everything does not exist"
    assert all(spot.endswith(".") for spot in card.blind)
    text = card_text(card)
    assert max(map(len, text.splitlines())) <= 100
    unknown = [each.name for each in card.arguments if not (each.help or each.gets or each.default)]
    assert unknown == []


def test_a_function_whose_parameters_nobody_can_read_is_no_metric() -> None:
    with pytest.raises(InputError, match="math:hypot: its parameters cannot be read; write a"):
        card_of("math:hypot", math.hypot)
    with pytest.raises(InputError, match="its parameters cannot be read; write a"):
        bind("math:hypot")


def test_a_hostile_docstring_cannot_write_to_the_terminal() -> None:
    def loud(answer: str) -> float:
        raise NotImplementedError(answer)

    loud.__doc__ = "Clears \x1b[2J the screen."
    assert "\x1b" not in card_text(card_of("loud", loud))
