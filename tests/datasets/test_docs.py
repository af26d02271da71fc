import json
import re
from pathlib import Path

import pytest

from genaiops.datasets import open_dataset
from genaiops.errors import SpecError

PAGE = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"<!-- (.+?) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
FILES = [name for name in BLOCKS if ":" not in name]
SAID = [name.removesuffix(": said") for name in BLOCKS if name.endswith(": said")]
CASES = [name for name in BLOCKS if ": case " in name]


def write(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text(BLOCKS[name], "utf-8")
    return path


def said(path: Path) -> str:
    try:
        faults = open_dataset(path, path.name).warnings
    except SpecError as error:
        faults = error.faults
    return "".join(f"{fault}\n" for fault in faults)


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_the_page_shows(tmp_path: Path, name: str) -> None:
    assert said(write(tmp_path, name)) == BLOCKS.get(f"{name}: said", "")


@pytest.mark.parametrize("name", CASES)
def test_a_row_becomes_the_case_that_the_page_shows(tmp_path: Path, name: str) -> None:
    file, _, number = name.partition(": case ")
    cases = list(open_dataset(write(tmp_path, file), file).cases())
    assert cases[int(number) - 1].model_dump(mode="json") == json.loads(BLOCKS[name])


def test_the_page_has_examples() -> None:
    assert (len(FILES), len(SAID), len(CASES)) == (6, 3, 2)
