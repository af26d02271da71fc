from collections.abc import Mapping
from pathlib import Path

import pytest

from genaiops.datasets import open_dataset
from genaiops.errors import InputError
from genaiops.project.own_function import map_columns, read_function


def reading(root: Path, source: str, name: str = "answer") -> object:
    (root / "app.py").write_text(source)
    return read_function(f"app:{name}", root)


def mapped(root: Path, signature: str, columns: str) -> Mapping[str, str]:
    (root / "app.py").write_text(f"def answer({signature}): return ''")
    (root / "q.csv").write_text(f"{columns}\n{','.join('x' for _ in columns.split(','))}\n")
    declared = read_function("app:answer", root).declared
    return map_columns("app:answer", declared, open_dataset(root / "q.csv", "q.csv"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def answr(q): ...", "app.py has no function 'answer'; did you mean 'answr'?"),
        ("x = 1", "app.py has no function 'answer'; there are none"),
        ("class answer: ...", "app.py:1: 'answer' is a class; write a function that calls it"),
        ("answer = chain.invoke", "app.py: 'answer' is not written with `def`"),
        (
            "from bots import reply as answer",
            "app.py imports 'answer'; name it where it is written: bots:reply",
        ),
        ("def answer(q):\n    yield q", "app.py:1: answer yields; write a function that returns"),
        ("async def answer(q):\n    yield q", "app.py:1: answer yields"),
        ("def answer(): ...", "app.py:1: answer takes nothing of a case"),
        ("def answer(q, run): ...", "answer takes the run, so it must be written with `async def`"),
        ("def answer(q:", "app.py:1: "),
    ],
)
def test_what_no_case_can_be_given_to_is_refused(tmp_path: Path, source: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        reading(tmp_path, source)
    assert message in str(caught.value)


@pytest.mark.parametrize("reference", ["nowhere:answer", "nowhere.py:answer", "json:loads"])
def test_a_function_stands_in_a_file_of_the_project(tmp_path: Path, reference: str) -> None:
    with pytest.raises(InputError, match=r"there is no|is installed and no file of this project"):
        read_function(reference, tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "1/0\ndef answer(q): ...",
        "@trace(name='x')\nasync def answer(q, run): ...",
        "def answer(q):\n    return [(yield_ := x) for x in (lambda: (yield))()]",
        "if True:\n    def answer(q): ...",
        "def answer(**row): ...",
    ],
)
def test_a_function_is_read_and_never_run(tmp_path: Path, source: str) -> None:
    assert reading(tmp_path, source)


@pytest.mark.parametrize(
    ("signature", "columns", "expected"),
    [
        ("question", "question,expected", {}),
        ("question, k=3", "question,topic", {}),
        ("question", "query,expected", {"question": "query"}),
        ("userQuestion, k=3", "user_question,topic,K", {"userQuestion": "user_question", "k": "K"}),
        ("**row", "a,b", {"a": "a", "b": "b"}),
    ],
)
def test_columns_go_to_parameters_by_name(
    tmp_path: Path, signature: str, columns: str, expected: dict[str, str]
) -> None:
    assert mapped(tmp_path, signature, columns) == expected


def test_a_parameter_without_a_column_is_named_with_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        mapped(tmp_path, "question, context", "query,topic,expected")
    assert str(caught.value) == (
        "app:answer needs 'question', 'context', which q.csv does not give: its inputs are "
        "'query', 'topic'. Rename a column, give the parameter a default, or write a function that "
        "takes what there is"
    )
