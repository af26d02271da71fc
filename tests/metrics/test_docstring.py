"""What a docstring in Google's form tells of a metric."""

from genaiops.metrics.docstring import docstring_of


def written(answer: str) -> None:
    """How short an answer is,
    in words.

    More than that
    it is not.

    Args:
        answer: What is counted: words
            between spaces.

        limit (int): The most.

    Raises:
        ValueError: never.

    Source: Somebody 2001,
        On words.
    """


def test_paragraphs_arguments_and_source_are_told_apart() -> None:
    told = docstring_of(written)
    assert told.paragraphs == ("How short an answer is, in words.", "More than that it is not.")
    assert told.summary == told.paragraphs[0]
    assert told.arguments == {
        "answer": "What is counted: words between spaces.",
        "limit": "The most.",
    }
    assert told.source == "Somebody 2001, On words."


def test_a_function_without_a_docstring_tells_nothing() -> None:
    told = docstring_of(lambda answer: answer)
    assert (told.paragraphs, told.summary, told.arguments, told.source) == ((), "", {}, None)
