from genaiops.metrics.tokens import content_stem, stem_of, tokens_of


def test_tokens_are_words_and_numbers_without_case() -> None:
    assert tokens_of("It’s £1,234.50 – R2-D2!") == ["it's", "1,234.50", "r", "2", "d", "2"]


def test_a_word_that_means_nothing_alone_has_no_content_and_stands_for_itself() -> None:
    assert content_stem("the") == ""
    assert stem_of("the") == "the"
    assert content_stem("meters") == stem_of("meters") == "meter"
