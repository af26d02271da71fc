import pytest

from genaiops.datasets.columns import EXPECTED_NAMES, columns_of


def places(*names: str) -> list[str]:
    found = columns_of(names)
    assert found.errors == ()
    return [column.place for column in found.columns]


def test_a_column_is_the_part_that_its_name_says() -> None:
    assert places("id", "cluster", "question", "tags.topic", "expected.answerable") == [
        "id",
        "cluster",
        "inputs.question",
        "tags.topic",
        "expected.answerable",
    ]


@pytest.mark.parametrize("name", [*sorted(EXPECTED_NAMES), "__expected", "Answer", "Ground Truth"])
def test_the_usual_names_of_the_expected_answer_are_known(name: str) -> None:
    assert places("question", name) == ["inputs.question", "expected.answer"]


def test_a_prefix_makes_an_input_of_any_name() -> None:
    assert places("inputs.answer", "answer", "inputs.id") == [
        "inputs.answer",
        "expected.answer",
        "inputs.id",
    ]


def test_an_input_has_a_name_that_a_template_can_use_and_that_is_said() -> None:
    found = columns_of((" question ", "user question", "2nd try", "größe", "a-b"))
    assert [column.key for column in found.columns] == [
        "question",
        "user_question",
        "_2nd_try",
        "größe",
        "a_b",
    ]
    assert found.notes == (
        "the column 'user question' is the input 'user_question'",
        "the column '2nd try' is the input '_2nd_try'",
        "the column 'a-b' is the input 'a_b'",
    )


def test_the_columns_of_promptfoo_are_tags_left_out_or_refused() -> None:
    found = columns_of(("question", "__metadata:topic", "__description", "__metadata:kinds[]"))
    assert [column.place for column in found.columns] == [
        "inputs.question",
        "tags.topic",
        "left out",
        "tags.kinds",
    ]
    assert found.notes == ("the column '__description' is left out",)
    (error,) = columns_of(("question", "__threshold")).errors
    assert error.startswith("the column '__threshold' is promptfoo's and changes how it tests")


def test_a_table_of_ragas_is_a_dataset_without_the_answers_in_it() -> None:
    found = columns_of(
        ("user_input", "retrieved_contexts", "response", "reference", "reference_contexts")
    )
    assert [column.place for column in found.columns] == [
        "inputs.user_input",
        "left out",
        "left out",
        "expected.answer",
        "expected.reference_contexts",
    ]
    assert found.notes[1] == (
        "the column 'response' is left out: it came with an answer, which `genaiops import` scores"
    )


def test_a_table_of_deepeval_is_a_dataset_without_the_answers_in_it() -> None:
    assert places("input", "actual_output", "expected_output", "retrieval_context", "context") == [
        "inputs.input",
        "left out",
        "expected.answer",
        "left out",
        "expected.context",
    ]


def test_such_names_are_inputs_where_nothing_else_is_of_those_tools() -> None:
    assert places("question", "response", "context") == [
        "inputs.question",
        "inputs.response",
        "inputs.context",
    ]
    assert places("input", "context") == ["inputs.input", "inputs.context"]


@pytest.mark.parametrize("name", ["", "Unnamed: 0"])
def test_the_row_numbers_that_pandas_writes_are_left_out_and_that_is_said(name: str) -> None:
    found = columns_of((name, "question"))
    assert [column.place for column in found.columns] == ["left out", "inputs.question"]
    told = repr(name) if name else "without a name"
    assert found.notes == (f"the column {told} is left out",)


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (
            ("question", "answer", "reference"),
            (
                "two columns look like the expected answer: 'answer' and 'reference'; rename one: "
                "`expected.other` keeps it as a second expected value, `inputs.reference` makes it "
                "an input"
            ),
        ),
        (("question", "question"), "the column 'question' stands twice"),
        (
            ("a b", "a-b"),
            "the columns 'a b' and 'a-b' are both inputs.a_b; rename one",
        ),
        (("question", "", "answer"), "column 2 has no name; give it one"),
        (("%", "question"), "the column '%' has no letters to name it by; rename it"),
        (("id", "answer"), "no column is an input, such as `question`"),
    ],
)
def test_columns_that_cannot_be_taken_are_refused(names: tuple[str, ...], error: str) -> None:
    assert columns_of(names).errors == (error,)


def test_a_flat_object_has_keys() -> None:
    assert columns_of(("id",), "key").errors == ("no key is an input, such as `question`",)


def test_a_long_name_is_cut_in_messages() -> None:
    long = "a b" * 100
    (note,) = columns_of((long,)).notes
    assert note == f"the column {f'{long[:60]}…'!r} is the input 'a_ba_b{'a_b' * 18}…'"
    assert max(map(len, columns_of((long, long)).errors)) < 100
