"""Which column of somebody's answers is what: as said, else by its name. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from genaiops.datasets.columns import EXPECTED_NAMES
from genaiops.datasets.other_tools import RETRIEVED
from genaiops.errors import InputError, suggest

ANSWER = "answer"
PASSAGES = "passages"
ROLES = (
    "id", "repeat", "model", "latency", "cost", "input_tokens", "output_tokens", "error",
)  # fmt: skip
"""What a column may be besides an input of the case or an output."""

_GUESSED: Mapping[str, str] = {
    "case_id": "id",
    "trial": "repeat",
    "epoch": "repeat",
    "latency_s": "latency",
    "seconds": "latency",
    "cost_usd": "cost",
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    **{role: role for role in ROLES},
}
_ANSWERS = (
    ANSWER, "output", "response", "completion", "prediction", "model_answer", "model_response",
    "actual_output", "text",
)  # fmt: skip
"""Names of a column that holds the answer, the likeliest first."""
_QUESTIONS = frozenset({"question", "user_input", "input", "query"})
"""Names of what was asked; a dataset and a table of answers may have it by different ones."""
_ROW_NUMBERS = "Unnamed: "
"""How pandas calls columns without a name."""


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """Columns by what they are: `roles` by role, `inputs` and `outputs` by their own names."""

    roles: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    roles: dict[str, str] = field(default_factory=dict[str, str])
    inputs: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, str] = field(default_factory=dict[str, str])
    free: list[str] = field(default_factory=list[str])


def parse_map(written: Iterable[str]) -> dict[str, str]:
    """`answer=completion,latency=ms` to what is to be which column; an empty column is none.

    Raises:
        InputError: an entry is no NAME=COLUMN, or a name is said twice.
    """
    said: dict[str, str] = {}
    for entry in (part for text in written for part in text.split(",")):
        name, equals, column = (part.strip() for part in entry.partition("="))
        if not (equals and name):
            raise InputError(f"--map {entry!r}: write NAME=COLUMN, such as answer=completion")
        if name in said:
            raise InputError(f"--map says {name!r} twice")
        said[name] = column
    return said


def answer_columns(
    names: Sequence[str],
    said: Mapping[str, str],
    inputs: Collection[str],
    expected: Collection[str],
) -> AnswerColumns:
    """Say what each column is.

    A name of the mapping is a role, `inputs.x`, `outputs.x`, an input of the dataset by its own
    name, or else an output. Columns that it leaves are guessed by their names: the inputs of the
    dataset, the roles, one answer; the rest are outputs, but what the dataset expects is left out.

    Args:
        names: of the columns.
        said: which column is to be what.
        inputs: of the dataset.
        expected: names that the dataset has expected values for.

    Raises:
        InputError: a column is not there, or none holds an output.
    """
    found = _Found(free=[name for name in names if not name.startswith(_ROW_NUMBERS)])
    for name, column in said.items():
        _take(found, name, column, names, inputs)
    _guess(found, said, inputs)
    _guess_question(found, inputs)
    _guess_passages(found, said)
    answers = [name for name in _ANSWERS if name in found.free]
    if answers and ANSWER not in found.outputs and ANSWER not in said:
        found.outputs[ANSWER] = answers[0]
        found.free.remove(answers[0])
    left_out = tuple(name for name in found.free if _is_expected(name, expected))
    for name in found.free:
        if name not in left_out:
            found.outputs.setdefault(name, name)
    if not found.outputs:
        raise InputError("no column holds the answer: say which by --map answer=COLUMN")
    return AnswerColumns(found.roles, found.inputs, found.outputs, left_out)


def _take(
    found: _Found, name: str, column: str, names: Sequence[str], inputs: Collection[str]
) -> None:
    part, dot, key = name.partition(".")
    if column and column not in names:
        raise InputError(f"--map {name}={column}: no column {column!r}{suggest(column, names)}")
    if column in found.free:
        found.free.remove(column)
    if not column:
        return
    if name in ROLES:
        found.roles[name] = column
    elif dot and part == "inputs":
        _refuse_unknown(key, inputs)
        found.inputs[key] = column
    elif name in inputs and name != ANSWER:
        found.inputs[name] = column
    else:
        found.outputs[key if dot and part == "outputs" else name] = column


def _refuse_unknown(name: str, inputs: Collection[str]) -> None:
    if name not in inputs:
        raise InputError.unknown("input of the dataset", name, inputs)


def _guess(found: _Found, said: Mapping[str, str], inputs: Collection[str]) -> None:
    for name in list(found.free):
        role = _GUESSED.get(name.casefold())
        if name in inputs and name not in _ANSWERS:
            if name not in found.inputs and name not in said:
                found.inputs[name] = name
                found.free.remove(name)
        elif role is not None and role not in found.roles and role not in said:
            found.roles[role] = name
            found.free.remove(name)


def _guess_question(found: _Found, inputs: Collection[str]) -> None:
    """Take the one column of a question for the one input that is a question, by another name."""
    asked = [name for name in inputs if name in _QUESTIONS]
    columns = [name for name in found.free if name.casefold() in _QUESTIONS]
    if len(asked) == len(columns) == 1 and not found.inputs and "id" not in found.roles:
        found.inputs[asked[0]] = columns[0]
        found.free.remove(columns[0])


def _guess_passages(found: _Found, said: Mapping[str, str]) -> None:
    columns = [name for name in found.free if name.casefold() in RETRIEVED]
    is_there = PASSAGES in said or PASSAGES in found.outputs or PASSAGES in found.free
    if len(columns) == 1 and not is_there:
        found.outputs[PASSAGES] = columns[0]
        found.free.remove(columns[0])


def _is_expected(name: str, expected: Collection[str]) -> bool:
    """Whether the dataset expects a value of this name, or the answer, which goes by several."""
    return name in expected or (ANSWER in expected and name.casefold() in EXPECTED_NAMES)
