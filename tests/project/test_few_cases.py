import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genaiops.datasets import open_dataset
from genaiops.errors import InputError
from genaiops.project.few_cases import few_cases
from tests.evaluations.build import answered, evaluation

IDS = st.lists(st.text("abcdef", min_size=1), unique=True, min_size=1, max_size=30)


def chosen(folder: Path, ids: list[str], count: int, **spec: object) -> list[str]:
    path = folder / "all.jsonl"
    lines = [
        json.dumps({"id": name, "inputs": {}, "tags": {"odd": i % 2}}) for i, name in enumerate(ids)
    ]
    path.write_text("\n".join(lines), "utf-8")
    whole = replace(evaluation(folder, answered, **spec), dataset=open_dataset(path, "all.jsonl"))
    few = few_cases(whole, count, folder)
    return [case.id for case in few.dataset.cases(few.spec.filter, few.spec.limit)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=IDS, more=st.text("ghij", min_size=1), count=st.integers(1, 8), data=st.data())
def test_what_is_added_or_moved_takes_at_most_its_own_place(
    tmp_path: Path, ids: list[str], more: str, count: int, data: st.DataObject
) -> None:
    before = chosen(tmp_path, ids, count)
    moved = data.draw(st.permutations([*ids, more]))
    after = chosen(tmp_path, moved, count)
    assert len(before) == min(count, len(ids))
    assert after == [name for name in moved if name in after]
    assert set(before) - set(after) <= ({*before} if more in after else set())
    assert len(set(before) - set(after)) <= (more in after)


def test_filter_and_limit_of_the_file_hold(tmp_path: Path) -> None:
    ids = [f"c{i}" for i in range(10)]
    assert set(chosen(tmp_path, ids, 99, limit=4)) == set(ids[:4])
    assert set(chosen(tmp_path, ids, 3, filter={"odd": 1})) < set(ids[1::2])
    with pytest.raises(InputError, match=r"no case of all\.jsonl is left"):
        chosen(tmp_path, ids, 3, filter={"odd": 7})


def test_the_digest_is_that_of_the_few(tmp_path: Path) -> None:
    whole = evaluation(tmp_path, answered, count=9)
    few = few_cases(whole, 4, tmp_path)
    assert few.dataset.count == 4
    assert few.digests()["dataset"] != whole.digests()["dataset"]
