import hashlib
import os
from pathlib import Path

import pytest

from genaiops.datasets import open_dataset
from genaiops.errors import SpecError
from tests.datasets.build import faults, opened, warnings


def refused(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        open_dataset(path, path.name)
    return str(caught.value)


def test_a_missing_dataset_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "d.jsonl") == "d.jsonl: there is no such file"


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / f"{'a' * 999}.csv").endswith("cannot be read: File name too long")


def test_a_folder_is_refused_with_a_file_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "handbook"
    folder.mkdir()
    assert refused(folder) == "handbook: is a folder; name a file"
    (folder / "a.md").touch()
    (folder / "b.csv").touch()
    assert refused(folder) == "handbook: is a folder; name a file, such as handbook/b.csv"
    monkeypatch.chdir(folder)
    assert refused(Path()) == ": is a folder; name a file, such as b.csv"


def test_what_could_be_read_only_once_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "d.csv")
    assert refused(tmp_path / "d.csv") == "d.csv: is no regular file"


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("", "d.jsonl", "no line holds a case"),
        ("\n\n", "d.jsonl", "no line holds a case"),
        ("", "d.csv", "no line holds a case"),
        ("\n,,\n", "d.csv", "no line holds a case"),
        ("question,answer\n\n", "d.csv", "only the header stands there"),
    ],
)
def test_an_empty_dataset_is_refused(tmp_path: Path, text: str, name: str, told: str) -> None:
    assert faults(tmp_path, text, name) == [f"{name}: the dataset is empty: {told}"]


def test_ids_that_are_written_twice_are_refused_with_both_lines(tmp_path: Path) -> None:
    assert faults(tmp_path, "id,question\na,x\nb,y\na,z\n") == [
        "d.csv:4:1: the case id 'a' stands twice (first on line 2)"
    ]


def test_rows_with_the_same_inputs_are_cases_of_their_own_and_that_is_said(tmp_path: Path) -> None:
    text = "question,answer\nx,1\ny,2\nx,3\ny,4\nx,5\n"
    dataset = opened(tmp_path, text)
    ids = [case.id for case in dataset.cases()]
    assert ids == [ids[0], ids[1], f"{ids[0]}-2", f"{ids[1]}-2", f"{ids[0]}-3"]
    assert [case.id for case in dataset.cases()] == ids
    (warning,) = warnings(tmp_path, text)
    assert warning == (
        f"d.csv:4:1: warning: has the inputs of line 2 again, and is the case {ids[0]}-2 (such "
        f"rows in the file: 3); an id tells them apart"
    )


def card(sha256: str) -> str:
    return f"name: d\nversion: '1'\nsource: us\nlicence: mit\nsha256: {sha256}\n"


@pytest.mark.parametrize("name", ["d.jsonl", "d.csv"])
def test_a_card_that_no_longer_fits_the_data_is_a_warning(tmp_path: Path, name: str) -> None:
    text = '{"q": "a"}\n' if name == "d.jsonl" else "q\na\n"
    (tmp_path / "d.card.yaml").write_text(card("0" * 64), "utf-8")
    (warning,) = warnings(tmp_path, text, name)
    assert "d.card.yaml:5:1: warning: the data changed since the card was written" in warning
    digest = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "d.card.yaml").write_text(card(digest), "utf-8")
    dataset = opened(tmp_path, text, name)
    assert (dataset.warnings, dataset.card is not None) == ((), True)


def test_the_faults_of_a_card_are_told_with_those_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "d.card.yaml").write_text("nme: d\n", "utf-8")
    told = faults(tmp_path, "q\na,b\n")
    assert (told[0][:18], told[-1][:9]) == ("d.card.yaml:1:1: m", "d.csv:2:1")
