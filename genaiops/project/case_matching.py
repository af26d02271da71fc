"""Which case of a dataset a row of somebody's answers belongs to: by its id, else by its inputs."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.datasets import Dataset
from genaiops.datasets.plain_rows import PlainRow
from genaiops.digests import canonical_json
from genaiops.errors import InputError
from genaiops.project.answer_columns import AnswerColumns

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Matching:
    """Finds the case of a row; `by` says by which columns, `cases` has the ids by their key."""

    by: str
    columns: tuple[str, ...]
    cases: Mapping[str, str]

    def case_of(self, row: PlainRow) -> str | None:
        """The id of its case; None where the dataset has none."""
        return self.cases.get(_key([row.values.get(column) for column in self.columns]))

    def example(self, row: PlainRow) -> str:
        """What the row says of its case, for messages."""
        told = ", ".join(str(row.values.get(column)) for column in self.columns)
        return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def matching(columns: AnswerColumns, dataset: Dataset) -> Matching:
    """How rows are matched with the cases of a dataset.

    Raises:
        InputError: no column says which case a row answers, or several cases have its inputs.
    """
    own_id = columns.roles.get("id")
    if own_id is not None:
        ids = {_key([case.id]): case.id for case in dataset.cases()}
        return Matching(f"the column {own_id!r}", (own_id,), ids)
    if not columns.inputs:
        raise InputError(
            "no column says which case a row answers: say it by --map id=COLUMN, or by an input "
            f"of the dataset, such as --map {dataset.names('inputs')[0]}=COLUMN"
        )
    cases: dict[str, str] = {}
    for case in dataset.cases():
        key = _key([case.inputs.get(name) for name in columns.inputs])
        if key in cases:
            named = ", ".join(columns.inputs)
            raise InputError(
                f"the cases {cases[key]!r} and {case.id!r} have the same {named}: match by "
                "--map id=COLUMN, or by more inputs"
            )
        cases[key] = case.id
    named = ", ".join(repr(column) for column in columns.inputs.values())
    return Matching(f"the inputs in {named}", tuple(columns.inputs.values()), cases)


def _key(values: list[JsonValue]) -> str:
    """Texts without the space around them; numbers as they are written."""
    plain = [
        value.strip()
        if isinstance(value, str)
        else value
        if value is None
        else canonical_json(value)
        for value in values
    ]
    return canonical_json(plain)
