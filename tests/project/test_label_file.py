import json
from pathlib import Path

import pytest

from genaiops.errors import InputError, SpecError
from genaiops.project.label_file import LabelFile, read_labels


def read(tmp_path: Path, *lines: object, good: float | None = None) -> LabelFile:
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return read_labels(path, "labels.jsonl", good=good)


def fault(tmp_path: Path, *lines: object, good: float | None = None) -> str:
    with pytest.raises((SpecError, InputError)) as caught:
        read(tmp_path, *lines, good=good)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "rating"),
    [(1, 1.0), (True, 1.0), ("no", 0.0), ("Yes", 1.0), ("4", 4.0), (" 2.5 ", 2.5), ("tie", "tie")],
)
def test_labels_are_numbers_yes_and_no_or_words(
    tmp_path: Path, written: object, rating: object
) -> None:
    (label,) = read(tmp_path, {"id": "a", "label": written}).labels
    assert label.rating == rating


def test_a_table_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("case_id,label,rater,judge\na,1,ann,0.9\na,0,bob,0.9\n", "utf-8")
    first, second = read_labels(path, "labels.csv").labels
    assert (first.rating, second.rating, first.judge) == (1.0, 0.0, 0.9)
    assert (first.rater, second.rater) == ("ann", "bob")


def test_good_makes_grades_1_and_0(tmp_path: Path) -> None:
    lines = ({"id": "a", "label": 3}, {"id": "b", "label": 4})
    assert [label.rating for label in read(tmp_path, *lines, good=4).labels] == [0.0, 1.0]
    assert "--good 4 is for numbers" in fault(tmp_path, {"id": "a", "label": "tie"}, good=4)


def test_skipped_answers_have_no_label(tmp_path: Path) -> None:
    found = read(tmp_path, {"id": "a", "skipped": True}, {"id": "b", "label": 1})
    assert [label.case_id for label in found.given] == ["b"]
    assert len(found.labels) == 2


def test_an_answer_is_labelled_once_by_a_rater(tmp_path: Path) -> None:
    told = fault(tmp_path, {"id": "a", "label": 1}, {"id": "a", "label": 1})
    assert told.startswith("labels.jsonl:2:1: an unnamed rater labelled 'a' in line 1 already")
    both = ({"id": "a", "label": 1, "rater": "x"}, {"id": "a", "label": 0, "rater": "y"})
    assert len(read(tmp_path, *both).labels) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"label": 1}, "names no case"),
        ({"id": "a"}, "has no `label`"),
        ({"id": "a", "label": ""}, "has no `label`"),
        ({"id": "a", "label": ["x"]}, "has no `label`"),
        ({"id": "a", "label": "inf"}, "'inf' is no label"),
        ({"id": "a", "label": 1, "repeat": "one"}, "repeat 'one' is no number"),
        ({"sample": {"runs": "x"}}, "no sample of judge label"),
    ],
)
def test_what_is_no_label_is_told_with_its_line(tmp_path: Path, line: object, told: str) -> None:
    message = fault(tmp_path, {"id": "ok", "label": 1}, line)
    assert message.startswith("labels.jsonl:2:1: ")
    assert told in message


def test_words_beside_numbers_and_two_scores_of_one_answer_are_faults(tmp_path: Path) -> None:
    assert "is a word" in fault(tmp_path, {"id": "a", "label": 1}, {"id": "b", "label": "tie"})
    assert "is a word" in fault(tmp_path, {"id": "a", "label": 1, "judge": "good"})
    twice = (
        {"id": "a", "label": 1, "rater": "x", "judge": 1},
        {"id": "a", "label": 1, "rater": "y", "judge": 0},
    )
    assert "another score in line 1" in fault(tmp_path, *twice)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert fault(tmp_path, {"label": 1}, {"id": "a"}).count("\n") == 1
