from pathlib import Path

import pytest

from tests.datasets.build import faults, opened

READ = "read are .jsonl, .json, .csv, .tsv and .parquet"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("d.xlsx", "is a spreadsheet; save the sheet as CSV (UTF-8)"),
        ("d.ODS", "is a spreadsheet; save the sheet as CSV (UTF-8)"),
        ("d.arrow", f".arrow files are not read; {READ}"),
        ("d.txt", f".txt files are not read; {READ}"),
        ("d", f"has no suffix that says how to read it; {READ}"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_those_that_are_read(
    tmp_path: Path, name: str, told: str
) -> None:
    assert faults(tmp_path, "question\na\n", name) == [f"{name}: {told}"]


def test_the_case_of_a_suffix_is_no_matter(tmp_path: Path) -> None:
    assert opened(tmp_path, "question\na\n", "D.CSV").count == 1
