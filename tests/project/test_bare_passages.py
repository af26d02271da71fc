import pytest

from genaiops.errors import InputError
from genaiops.project.bare_passages import passages_of


def test_texts_are_passages_of_a_document_each() -> None:
    assert passages_of(["one", "three"], "contexts") == [
        {"document": "contexts 1", "start": 0, "end": 3, "text": "one"},
        {"document": "contexts 2", "start": 0, "end": 5, "text": "three"},
    ]
    assert passages_of("one", "context") == [
        {"document": "context 1", "start": 0, "end": 3, "text": "one"}
    ]


def test_passages_and_nothing_stay_as_they_are() -> None:
    whole = {"document": "a.md", "start": 4, "end": 7, "text": "two"}
    assert passages_of([whole], "passages") == [whole]
    assert passages_of([], "passages") == []
    assert passages_of(None, "passages") is None


def test_a_list_that_is_no_json_is_refused() -> None:
    with pytest.raises(InputError, match="write the list as JSON"):
        passages_of("['one', 'two']", "retrieved_contexts")
