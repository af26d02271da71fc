import pytest

from genaiops.errors import InputError
from genaiops.project.answer_columns import AnswerColumns, answer_columns, parse_map


def columns(*names: str, **said: str) -> AnswerColumns:
    return answer_columns(names, said, inputs=("question",), expected=("answer", "reference"))


def test_a_table_with_plain_names_needs_no_mapping() -> None:
    found = columns("id", "question", "answer", "latency_s", "cost_usd", "rating", "reference")
    assert found.roles == {"id": "id", "latency": "latency_s", "cost": "cost_usd"}
    assert found.inputs == {"question": "question"}
    assert found.outputs == {"answer": "answer", "rating": "rating"}
    assert found.left_out == ("reference",)


@pytest.mark.parametrize("name", ["output", "response", "completion", "prediction"])
def test_an_answer_goes_by_many_names(name: str) -> None:
    assert columns("id", name).outputs == {"answer": name}


def test_what_is_said_goes_before_what_is_guessed() -> None:
    found = columns("id", "task", "answer", "reply", "ms", id="task", answer="reply", latency="")
    assert found.roles == {"id": "task"}
    assert found.outputs == {"answer": "reply", "id": "id", "ms": "ms"}
    assert found.left_out == ("answer",)


def test_an_input_is_named_by_its_own_name_and_an_output_by_any() -> None:
    found = columns("q", "text", "score", question="q", rating="score")
    assert (found.inputs, found.outputs) == (
        {"question": "q"},
        {"rating": "score", "answer": "text"},
    )


@pytest.mark.parametrize(
    "names",
    [
        ("user_input", "response", "retrieved_contexts", "reference"),
        ("input", "actual_output", "retrieval_context", "expected_output"),
    ],
)
def test_tables_of_ragas_and_deepeval_need_no_mapping(names: tuple[str, ...]) -> None:
    found = answer_columns(names, {}, inputs=("question",), expected=("answer",))
    assert found.inputs == {"question": names[0]}
    assert found.outputs == {"answer": names[1], "passages": names[2]}
    assert found.left_out == (names[3],)


def test_a_question_by_another_name_is_taken_only_where_nothing_else_tells_the_case() -> None:
    assert columns("id", "user_input", "response").inputs == {}
    assert columns("user_input", "query", "response").inputs == {}
    two = answer_columns(("user_input", "response"), {}, ("question", "input"), ())
    assert two.inputs == {}


def test_passages_that_are_there_or_said_go_before_those_of_another_name() -> None:
    assert columns("id", "answer", "passages", "retrieved_contexts").outputs == {
        "answer": "answer",
        "passages": "passages",
        "retrieved_contexts": "retrieved_contexts",
    }
    assert columns("id", "answer", "hits", "retrieval_context", passages="hits").outputs == {
        "passages": "hits",
        "answer": "answer",
        "retrieval_context": "retrieval_context",
    }


def test_the_numbers_of_rows_that_pandas_writes_are_no_output() -> None:
    assert columns("Unnamed: 0", "id", "answer").outputs == {"answer": "answer"}


def test_a_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"--map answer=replly: no column 'replly'.*'reply'"):
        columns("id", "reply", answer="replly")


def test_a_table_without_an_answer_is_told() -> None:
    with pytest.raises(InputError, match="no column holds the answer: say which by --map answer="):
        columns("id", "question", "latency")


def test_a_mapping_is_many_pairs_or_many_options() -> None:
    assert parse_map(["a=b, c=d", "e="]) == {"a": "b", "c": "d", "e": ""}


@pytest.mark.parametrize("written", ["answer", "=x", ""])
def test_a_mapping_of_another_form_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="write NAME=COLUMN"):
        parse_map([written])


def test_a_name_is_mapped_once() -> None:
    with pytest.raises(InputError, match="--map says 'id' twice"):
        parse_map(["id=a", "id=b"])
