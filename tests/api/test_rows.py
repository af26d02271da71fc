import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from genaiops.api.rows import Data, rows_of
from genaiops.errors import InputError


def test_a_path_is_taken_as_it_is(folder: Path) -> None:
    with rows_of("q.csv") as rows:
        assert (rows.path, rows.shown) == (folder / "q.csv", "q.csv")
    with rows_of(Path("q.csv")) as rows:
        assert rows.path == folder / "q.csv"


def test_mappings_become_a_file_that_is_gone_afterwards() -> None:
    given: list[Mapping[str, object]] = [{"q": "ü", "k": (1, 2)}, {"inputs": {"q": None}}]
    with rows_of(row for row in given) as rows:
        lines = rows.path.read_text("utf-8").splitlines()
        assert [json.loads(line) for line in lines] == [
            {"q": "ü", "k": [1, 2]},
            {"inputs": {"q": None}},
        ]
    assert not rows.path.parent.exists()


class Frame:
    def to_dict(self) -> dict[str, object]:
        return {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([{"q": "ü\ud800"}], "row 1 of data holds half of a surrogate pair"),
        (Frame(), r"data is a Frame: hand in data\.to_dict\('records'\)"),
        ({"q": 1}, "data is the path of a file, or a list of mappings, not {'q': 1}"),
        (3, "data is the path of a file, or a list of mappings, not 3"),
        (["q"], "row 1 of data is no mapping: 'q'"),
        ([{"q": 1}, {"q": float("nan")}], "row 2 of data holds nan; give texts, finite numbers"),
        ([{"q": object()}], "row 1 of data holds <class 'object'>"),
        ([{1: "q"}], "row 1 of data holds the key 1; keys are texts"),
    ],
)
def test_what_are_no_cases_is_told(data: Data, message: str) -> None:
    with pytest.raises(InputError, match=message), rows_of(data):
        pass
