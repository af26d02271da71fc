import pytest

from genaiops.metrics.judges.weighing import probabilities
from genaiops.records import TokenLogprob
from tests.metrics.judges.building import token

LABELS = ("1", "2", "3", "4", "5")


def shares_of(
    *tokens: TokenLogprob, written: str = "4", labels: tuple[str, ...] = LABELS
) -> dict[str, float] | None:
    found = probabilities(tokens, written, labels)
    return (
        None
        if found is None
        else {label: round(share, 6) for label, share in found.items() if share}
    )


def test_the_shares_of_the_rivals_of_the_score_add_up_to_one() -> None:
    tokens = (token("SCORE"), token(":"), token(" 4", _4=0.6, _5=0.3, A=0.1))
    assert shares_of(*tokens) == {
        "4": pytest.approx(2 / 3, abs=1e-6),
        "5": pytest.approx(1 / 3, abs=1e-6),
    }


def test_blanks_quotes_and_case_do_not_tell_labels_apart() -> None:
    top = ((' "yes', -1.0), ("Yes", -1.0), ("▁NO", -1.0), ("no", -1.0))
    tokens = (TokenLogprob(token=' "yes', logprob=-1.0, top=top), token('"}'))
    found = probabilities(tokens, "yes", ("yes", "no"))
    assert found == {"yes": pytest.approx(0.5), "no": pytest.approx(0.5)}


def test_a_number_in_the_reason_is_not_the_score() -> None:
    tokens = (token("4", _4=1.0), token(" books\nSCORE: "), token("4", _4=0.5, _3=0.5), token("\n"))
    assert shares_of(*tokens) == {"3": 0.5, "4": 0.5}


def test_a_token_that_begins_two_scores_weighs_nothing() -> None:
    labels = tuple(map(str, range(1, 11)))
    assert shares_of(token("9", _9=0.5, _1=0.5), written="9", labels=labels) is None
    assert shares_of(token("9", _9=0.95, _1=0.05), written="9", labels=labels) == {"9": 1.0}
    assert shares_of(token("10", _10=0.5, _9=0.5), written="10", labels=labels) == {
        "9": 0.5,
        "10": 0.5,
    }


@pytest.mark.parametrize(
    "tokens",
    [(), (token("4"),), (token("4", _4=0.4, A=0.6),), (token("four", four=1.0),)],
    ids=["no tokens", "no rivals", "mostly something else", "not written"],
)
def test_nothing_is_weighed_without_enough_to_weigh(tokens: tuple[TokenLogprob, ...]) -> None:
    assert probabilities(tokens, "4", LABELS) is None


def test_the_beginning_of_a_long_label_stands_for_it() -> None:
    labels = ("partly right", "right", "wrong")
    tokens = (token("part", part=0.75, wr=0.25), token("ly right"))
    assert shares_of(*tokens, written="partly right", labels=labels) == {
        "partly right": 0.75,
        "wrong": 0.25,
    }
