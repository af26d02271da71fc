from pathlib import Path

import pytest
from pydantic import JsonValue

from genaiops.datasets import check_tags
from tests.datasets.build import opened

TABLE = "question,kind,tags.topic,tags.year\na,x,bills,2024\nb,y,meters,2025\nc,y,bills,2025\n"


def told(
    folder: Path, filter_: dict[str, JsonValue], slices: tuple[str, ...] = (), table: str = TABLE
) -> list[str]:
    problems = check_tags(opened(folder, table), filter_, slices)
    return [f"{'.'.join(map(str, each.path))}: {each.message}" for each in problems]


@pytest.mark.parametrize("filter_", [{}, {"topic": "bills"}, {"year": 2024, "topic": "bills"}])
def test_tags_that_cases_have_are_right(tmp_path: Path, filter_: dict[str, JsonValue]) -> None:
    assert told(tmp_path, filter_, ("topic", "year")) == []


def test_an_unknown_tag_is_told_with_the_nearest(tmp_path: Path) -> None:
    assert told(tmp_path, {"tpic": "bills"}, ("topic", "yaer")) == [
        "slices.1: no case has the tag 'yaer'; did you mean 'year'? (known: topic, year)",
        "filter.tpic: no case has the tag 'tpic'; did you mean 'topic'? (known: topic, year)",
    ]


def test_a_tag_that_is_an_input_is_told_how_to_become_one(tmp_path: Path) -> None:
    assert told(tmp_path, {}, ("kind",)) == [
        "slices.0: no case has the tag 'kind': 'kind' is an input; call it 'tags.kind' in d.csv"
    ]


def test_an_unknown_value_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    assert told(tmp_path, {"topic": "bils"}) == [
        "filter.topic: no case has topic 'bils'; the values are bills, meters"
    ]


def test_many_values_are_cut(tmp_path: Path) -> None:
    table = "question,tags.n\n" + "".join(f"q{n},{n}{'x' * 50}\n" for n in range(12))
    (line,) = told(tmp_path, {"n": "none"}, table=table)
    assert line.startswith(f"filter.n: no case has n 'none'; the values are 0{'x' * 39}…, 1xx")
    assert line.endswith("xx… and others")


def test_values_that_no_case_has_at_once_are_told_together(tmp_path: Path) -> None:
    assert told(tmp_path, {"topic": "meters", "year": 2024}) == [
        "filter: no case has topic 'meters' and year '2024' at once"
    ]
