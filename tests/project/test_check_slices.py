from pathlib import Path

import pytest
from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.project.check_slices import tag_problems
from genaiops.specs.evaluation import EvalSpec


@pytest.mark.parametrize(
    ("slice_", "told"),
    [
        ("topic", []),
        ({"topic": "loans"}, []),
        ("topik", ["no case has the tag 'topik'; did you mean 'topic'? (known: topic)"]),
        ({"topic": "lones"}, ["no case has topic 'lones'; the values are loans, rooms"]),
    ],
)
def test_a_slice_of_a_gate_has_to_be_of_the_dataset(
    slice_: JsonValue, told: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("question,expected,tags.topic\na,b,loans\nc,d,rooms\n", "utf-8")
    spec = EvalSpec.model_validate(
        {
            "flow": "flows/a",
            "dataset": "cases.csv",
            "metrics": ["answer_f1"],
            "gates": [{"metric": "answer_f1", "at_least": 0.5, "slice": slice_}],
        }
    )
    problems = list(tag_problems(spec, open_dataset(path, "cases.csv")))
    assert [problem.message for problem in problems] == told
    assert all(problem.path == ("gates", 0, "slice") for problem in problems)
