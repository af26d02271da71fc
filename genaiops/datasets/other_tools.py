"""What the columns of ragas and DeepEval are besides question and expected answer. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

TheirPart = Literal["left out", "expected"]

ANSWERS = frozenset({"response", "actual_output"})
"""Columns of theirs that hold an answer: a case has none, and `genaiops import` scores them."""
RETRIEVED = frozenset({"retrieved_contexts", "retrieval_context"})
"""Columns of theirs that hold the passages of that answer, as texts."""

_RAGAS = frozenset({"response", "retrieved_contexts", "reference", "reference_contexts"})
_DEEPEVAL = frozenset({"actual_output", "expected_output", "retrieval_context"})
_LABELS = {"user_input": "reference_contexts", "input": "context"}
"""The column of their question → that of the passages that an answer should rest on."""


def parts_by_name(names: Iterable[str]) -> Mapping[str, TheirPart]:
    """What columns are by their names, in lower case, where the names are those of such a tool.

    A table is one of theirs if it has their column of the question beside one of their others.
    """
    held = {name.strip().casefold() for name in names}
    for question, others in (("user_input", _RAGAS), ("input", _DEEPEVAL)):
        if question in held and held & others:
            found: dict[str, TheirPart] = {}
            found.update(dict.fromkeys(held & others & (ANSWERS | RETRIEVED), "left out"))
            found.update(dict.fromkeys(held & {_LABELS[question]}, "expected"))
            return found
    return {}
