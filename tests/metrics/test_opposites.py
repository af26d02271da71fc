from genaiops.metrics.opposites import OPPOSITES, PAIRS
from genaiops.metrics.tokens import stem_of


def test_opposites_go_both_ways() -> None:
    for left, right in PAIRS:
        assert stem_of(right) in OPPOSITES[stem_of(left)]
        assert stem_of(left) in OPPOSITES[stem_of(right)]


def test_no_word_is_its_own_opposite() -> None:
    assert not [word for word, others in OPPOSITES.items() if word in others]
