"""What groundedness is trained with: the regression, its folds, and sentences made false."""

import numpy as np
import pytest
from training.labelled import Answer, contrast
from training.logistic import Items, fit, folds
from training.spoiled import spoiled

SOURCE = (
    "Northmere Bank opened in Leeds on 4 May 1998. Some shops are larger. It cannot fail. 12 days."
)


def items(single: list[list[float]], labels: list[float], pairs: list[list[float]]) -> Items:
    width = len(single[0])
    return Items(
        single=np.array(single),
        labels=np.array(labels),
        weights=np.ones(len(single)),
        pairs=np.array(pairs).reshape(-1, width),
        pair_weights=np.ones(len(pairs)),
    )


def test_without_a_penalty_the_odds_are_those_of_the_counts() -> None:
    single, labels = [[0.0]] * 4 + [[1.0]] * 4, [1.0, 0, 0, 0, 1, 1, 1, 0]
    fitted = fit(items(single, labels, []), [1], l2=0.0)
    assert fitted.intercept == pytest.approx(np.log(1 / 3), abs=1e-4)
    assert fitted.odds(np.array([[1.0]]))[0] == pytest.approx(np.log(3), abs=1e-4)


def test_a_weight_of_the_wrong_sign_is_left_out() -> None:
    single, labels = [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1.0, 1.0]], [1.0, 0, 1, 0]
    fitted = fit(items(single, labels, []), [1, -1], l2=1.0)
    assert fitted.weights[0] == 0


def test_pairs_tell_what_single_items_do_not() -> None:
    single, labels = [[0.0], [0.0], [1.0], [1.0]], [1.0, 0, 1, 0]
    alone = fit(items(single, labels, []), [-1], l2=0.1)
    helped = fit(items(single, labels, [[-1.0]] * 5), [-1], l2=0.1)
    assert alone.weights[0] == pytest.approx(0, abs=1e-9)
    assert helped.weights[0] < -0.5


def test_folds_part_no_group() -> None:
    groups = [f"g{n % 7}" for n in range(50)]
    found = folds(groups, 5, seed=1)
    assert set(found) == set(range(5))
    assert all(len(set(found[n::7])) == 1 for n in range(7))


def test_each_kind_of_change_makes_another_sentence() -> None:
    answers = [
        Answer(text, (SOURCE,), "", is_supported=True, source="", group=str(n))
        for n, text in enumerate(
            ["It opened in Leeds in 1998.", "Some are larger.", "It takes 12 days.", "It can fail."]
            * 12
            + [f"It was Ada{n} Berg." for n in range(40)]
        )
    ]
    pairs = list(spoiled(answers, seed=1))
    assert {pair.kind for pair in pairs} >= {
        "number", "unit", "name", "name that is given", "negation", "wider", "opposite",
    }  # fmt: skip
    assert all(pair.contradicted.text != pair.supported.text for pair in pairs)
    assert pairs == list(spoiled(answers, seed=1))


def test_the_contrast_set_is_read_by_split() -> None:
    dev, test = list(contrast("dev")), list(contrast("test"))
    assert len(dev) + len(test) == 242
    assert dev[0].supported.is_supported
    assert not dev[0].contradicted.is_supported
