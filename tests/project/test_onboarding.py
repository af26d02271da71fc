from pathlib import Path

import pytest

from genaiops.errors import InputError, SpecError, StoreError
from genaiops.project.check import check_project
from genaiops.project.files import load_project
from genaiops.project.onboarding import Begun, begin_from
from tests.project.test_check import AROUND

APP = "import helper\ndef answer(question): return helper.reply(question)\n"


def begun(
    root: Path, data: str, name: str | None = None, *, app: str = APP, with_margin: bool = False
) -> Begun:
    (root / "app.py").write_text(app)
    (root / "helper.py").write_text("def reply(text): return text\n")
    (root / "q.csv").write_text(data)
    return begin_from(root, "app:answer", root / "q.csv", name, with_margin=with_margin)


def cases(count: int, expected: str = "one two three four") -> str:
    return "question,expected\n" + "".join(f"q{n},{expected}\n" for n in range(count))


@pytest.mark.parametrize("count", [5, 12, 29, 60, 150])
@pytest.mark.parametrize("expected", ["one two three four", "yes", ""])
def test_what_is_written_is_a_project_without_a_fault(
    tmp_path: Path, count: int, expected: str
) -> None:
    found = begun(tmp_path, cases(count, expected))
    assert (found.name, found.path, found.cases) == ("app", "evals/app.yaml", count)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "app.py",
        "evals",
        "helper.py",
        "q.csv",
    ]
    assert list(check_project(load_project(tmp_path), AROUND)) == []


def test_it_explains_itself(tmp_path: Path) -> None:
    found = begun(tmp_path, "query,expected\na,yes\nb,no\n")
    assert (
        (tmp_path / found.path).read_text("utf-8")
        == """\
# How good are the answers of app:answer? Run genaiops gate app
flow: app:answer
dataset: q.csv
inputs:  # parameter: column of the dataset
  question: "${case.inputs.query}"
timeout_s: 120  # a case that takes longer counts as failed

metrics:
  - exact_match  # 1 if the answer is the expected one; case and punctuation aside
  - answer_f1  # the words that the answer shares with the expected one, from 0 to 1
  - latency  # the seconds that an answer took

gates:
  # A floor: the mean is proven to be 0.5 or more. Raise it to what you need.
  - {metric: exact_match, at_least: 0.5}
  # No worse than the run that you accept. genaiops baseline accept app
  # sees how much scores vary by themselves, and writes which drop is ruled out.
  - {metric: exact_match, no_worse_than: baseline}
"""
    )
    assert found.notes == ("the parameter 'question' gets the column 'query'",)


def test_where_pull_requests_are_judged_at_once_the_margin_is_that_of_the_cases(
    tmp_path: Path,
) -> None:
    found = begun(tmp_path, cases(12), with_margin=True)
    assert (
        (tmp_path / found.path)
        .read_text("utf-8")
        .endswith(
            """\
  # Against the branch that a pull request goes to, or an accepted run: a drop
  # of 25 points or more is ruled out. 12 cases cannot rule out less; 29 can rule out 10.
  - {metric: answer_f1, no_worse_than: baseline, margin: 0.25}
"""
        )
    )
    assert list(check_project(load_project(tmp_path), AROUND)) == []


def test_without_expected_answers_only_time_is_measured_and_that_is_said(tmp_path: Path) -> None:
    found = begun(tmp_path, "question\n" + "".join(f"q{n}\n" for n in range(30)))
    text = (tmp_path / found.path).read_text("utf-8")
    assert "{metric: latency, quantile: 0.9, at_most: 10}" in text
    assert "no column is an expected answer" in found.notes[0]


def test_nothing_is_imported(tmp_path: Path) -> None:
    assert begun(tmp_path, cases(3), app=f"1/0\n{APP}").name == "app"


def test_an_evaluation_is_not_written_over_and_another_name_may_be_chosen(tmp_path: Path) -> None:
    begun(tmp_path, cases(3))
    with pytest.raises(InputError, match=r"evals/app\.yaml is there already; nothing was written"):
        begun(tmp_path, cases(3))
    assert begun(tmp_path, cases(3), "other").path == "evals/other.yaml"
    with pytest.raises(InputError, match="a name has letters, digits"):
        begun(tmp_path, cases(3), "../out")


def test_it_stands_in_the_project_around_the_folder(tmp_path: Path) -> None:
    (tmp_path / "genaiops.yaml").write_text("name: shop\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "app.py").write_text("def answer(question): return question\n")
    (tmp_path / "data" / "q 1.csv").write_text(cases(3))
    found = begin_from(tmp_path / "data", "app:answer", tmp_path / "data" / "q 1.csv")
    assert (found.root, found.path) == (tmp_path, "evals/app.yaml")
    assert load_project(tmp_path).eval("app").spec.dataset == "data/q 1.csv"


def test_data_must_lie_in_the_project_and_be_there(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "app.py").write_text("def answer(question): return question\n")
    (tmp_path / "q.csv").write_text(cases(3))
    with pytest.raises(InputError, match="lies outside of"):
        begin_from(root, "app:answer", tmp_path / "q.csv")
    with pytest.raises(SpecError, match=r"no\.csv: there is no such file"):
        begin_from(root, "app:answer", root / "no.csv")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "evals").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be written"):
        begun(tmp_path, cases(3))
