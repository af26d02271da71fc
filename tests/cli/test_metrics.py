"""`genaiops metrics list | show | try`."""

import json
from pathlib import Path

import pytest

from genaiops.metrics import METRICS
from genaiops.project.root import STORE_FILE
from genaiops.store import Store
from tests.cli.terminal import Terminal
from tests.metrics.packages import install
from tests.project.build import build_project

TONE = """\
from genaiops import metric


@metric(range=(0, 1))
def tone(answer: str) -> float:
    "Whether an answer is kind."
    return float("please" in answer)


def broken(answer: str) -> float:
    return 1 / 0


def nonsense(answer: str) -> str:
    return "good"
"""


EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [answer_f1, "nodes.py:tone"]
    """


@pytest.fixture
def nowhere(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


@pytest.fixture
def toned(tmp_path: Path) -> Terminal:
    return Terminal(build_project(tmp_path, {"nodes.py": TONE, "evals/assistant.yaml": EVAL}))


def test_all_metrics_are_listed_without_a_project(nowhere: Terminal) -> None:
    listed = nowhere.ok("metrics", "list").splitlines()
    assert {line.split()[0] for line in listed} >= METRICS.keys()
    assert max(map(len, listed)) <= 80


def test_own_and_installed_metrics_are_listed_without_running_them(
    toned: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    install(
        site, "manners_l", "raise SystemExit(9)", {"curt": "manners_l:curt", "chrf": "manners_l:c"}
    )
    (toned.root / "nodes.py").write_text("raise SystemExit(9)\n" + TONE, "utf-8")
    known = json.loads(toned.ok("metrics", "list", "--json"))
    added = {(each["name"], each["origin"], each["help"]) for each in known if not each["card"]}
    assert added == {
        ("curt", "package", "of the package manners_l"),
        ("chrf", "package", "refused: manners_l registers a name of genaiops; name manners_l:c"),
        ("nodes.py:tone", "project", "your own, in assistant"),
    }


def test_judges_are_listed_and_shown_with_the_projects_own(tmp_path: Path) -> None:
    judge = "description: Is it kind?\ncriteria: A kind answer thanks.\nscale: yes/no\n"
    terminal = Terminal(build_project(tmp_path, {"judges/kind.yaml": judge}))
    known = {each["name"]: each for each in json.loads(terminal.ok("metrics", "list", "--json"))}
    assert known["judges/kind"]["origin"] == "project"
    assert known["judges/relevance"]["origin"] == "genaiops"
    assert "costs: calls of a model" in terminal.ok("metrics", "show", "judges/kind")
    done = terminal("metrics", "try", "judges/kind", "--answer", "Thanks", "-i", "question=Hi?")
    assert done.code == 2
    assert "needs a model" in done.err


def test_a_card_is_shown_and_given_as_json(nowhere: Terminal) -> None:
    assert nowhere.ok("metrics", "show", "answer_f1").startswith("# answer_f1\n\nF1 of the words")
    card = json.loads(nowhere.ok("metrics", "show", "answer_f1", "--json"))
    assert card["needs"] == ["answer", "expected"]


def test_an_unknown_metric_is_told_with_the_nearest(nowhere: Terminal) -> None:
    for words in (("show", "answr_f1"), ("try", "answr_f1", "--answer", "a")):
        done = nowhere("metrics", *words)
        assert done.code == 2
        assert "unknown metric 'answr_f1'; did you mean 'answer_f1'?" in done.err


def test_a_case_of_the_command_line_is_scored(nowhere: Terminal) -> None:
    out = nowhere.ok("metrics", "try", "answer_f1", "--answer", "42 kWh", "--expected", "42")
    assert out == "answer_f1  66.7%\n"
    assert not (nowhere.root / ".genaiops").exists()


def test_texts_stay_texts_whatever_they_look_like(nowhere: Terminal) -> None:
    given = ("--answer", "1e3", "--expected", "1000")
    assert nowhere.ok("metrics", "try", "exact_match", *given) == "exact_match  0.0%\n"


def test_of_several_expected_answers_each_counts(nowhere: Terminal) -> None:
    given = ("--answer", "b", "--expected", "a", "--expected", "b", "--json")
    assert json.loads(nowhere.ok("metrics", "try", "exact_match", *given))["value"] == 1.0


@pytest.mark.parametrize("name", ["latency", "cost", "tokens"])
def test_nobody_knows_what_a_typed_answer_took(evaluated: Terminal, name: str) -> None:
    assert evaluated("metrics", "try", name, "--answer", "a").code == 4
    given = ("metrics", "try", name, "--eval", "assistant", "--case", "loans-0")
    assert evaluated(*given).code == 0
    assert evaluated(*given, "--answer", "a").code == 4


def test_passages_arguments_and_inputs_are_given(nowhere: Terminal) -> None:
    given = (
        "--answer",
        "Ten of them.",
        "--passage",
        "There are ten of them.",
        "-i",
        "question=How?",
    )
    out = nowhere.ok("metrics", "try", "groundedness", *given)
    assert out.startswith("groundedness  ")
    out = nowhere.ok("metrics", "try", "regex", "--answer", "Ab", "--arg", "pattern=b$")
    assert out == "regex  100.0%\n"


def test_what_is_missing_is_told_with_the_options_that_give_it(nowhere: Terminal) -> None:
    done = nowhere("metrics", "try", "answer_f1", "--answer", "a")
    assert done.code == 2
    assert "--expected" in done.err
    done = nowhere(
        "metrics", "try", "answer_f1", "--answer", "a", "--expected", "a", "--arg", "k=1"
    )
    assert done.code == 2
    assert "unknown argument 'k'" in done.err
    done = nowhere("metrics", "try", "answer_f1", "--arg", "k")
    assert done.code == 2
    assert "--arg 'k': write NAME=VALUE" in done.err


def test_a_case_is_read_from_a_file_or_stdin_and_options_stand_over_it(nowhere: Terminal) -> None:
    case = {"expected": {"answer": "ten"}, "outputs": {"answer": "ten"}}
    (nowhere.root / "case.json").write_text(json.dumps(case), "utf-8")
    assert nowhere.ok("metrics", "try", "exact_match", "-f", "case.json") == "exact_match  100.0%\n"
    out = nowhere.ok(
        "metrics", "try", "exact_match", "-f", "-", "--answer", "x", stdin=json.dumps(case)
    )
    assert out == "exact_match  0.0%\n"


def test_a_file_that_is_no_case_is_told_with_its_place(nowhere: Terminal) -> None:
    (nowhere.root / "case.json").write_text('{"output": {"answer": "ten"}}', "utf-8")
    done = nowhere("metrics", "try", "exact_match", "-f", "case.json")
    assert done.code == 2
    assert "case.json:1:2: unknown key 'output'; did you mean 'outputs'?" in done.err
    assert nowhere("metrics", "try", "exact_match", "-f", "none.json").code == 2


def test_a_case_of_an_evaluation_is_scored_with_its_newest_answer(evaluated: Terminal) -> None:
    given = ("--eval", "assistant", "--case", "loans-0")
    shown = json.loads(evaluated.ok("metrics", "try", "answer_f1", *given, "--json"))
    with Store(evaluated.root / STORE_FILE, read_only=True) as store:
        results = {each.case.id: each.result for each in store.results("assistant-2")}
    assert shown["value"] == results["loans-0"].scores["answer_f1"].value
    own = evaluated.ok("metrics", "try", "answer_f1", *given, "--answer", "x")
    assert own == "answer_f1  0.0%\n"


def test_a_case_without_an_answer_wants_one(library: Terminal) -> None:
    given = ("metrics", "try", "answer_f1", "--eval", "assistant", "--case", "loans-0")
    done = library(*given)
    assert done.code == 2
    assert "--answer" in done.err
    assert library.ok(*given, "--answer", "three weeks").startswith("answer_f1  ")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--case", "loans-0"), "--eval NAME and --case ID go together"),
        (("--eval", "assistant", "--case", "loan-0"), "no case 'loan-0'; did you mean 'loans-0'?"),
        (("--eval", "asistant", "--case", "x"), "did you mean 'assistant'?"),
        (("--eval", "assistant", "--case", "loans-0", "-f", "x"), "not from both"),
    ],
)
def test_a_case_that_is_not_there_is_told(
    evaluated: Terminal, given: tuple[str, ...], told: str
) -> None:
    done = evaluated("metrics", "try", "answer_f1", *given)
    assert done.code == 2
    assert told in done.err


def test_own_code_that_the_command_line_names_is_trusted_by_that(toned: Terminal) -> None:
    given = ("metrics", "try", "nodes.py:tone", "--answer", "please")
    assert toned.ok(*given) == "tone  100.0%\n"
    assert (
        toned.ok("metrics", "show", "nodes.py:tone").splitlines()[2] == "Whether an answer is kind."
    )


def test_code_that_an_evaluation_names_has_to_be_trusted(toned: Terminal) -> None:
    (toned.root / "nodes.py").write_text("raise SystemExit(9)\n" + TONE, "utf-8")
    given = ("metrics", "try", "tone", "--eval", "assistant", "--case", "a", "--answer", "please")
    done = toned(*given)
    assert done.code == 5
    assert "nodes.py" in done.err
    (toned.root / "nodes.py").write_text(TONE, "utf-8")
    toned.ok("trust", "--yes")
    assert toned.ok(*given) == "tone  100.0%\n"


@pytest.mark.parametrize(
    ("function", "told"),
    [
        ("broken", "metric: ZeroDivisionError: division by zero at nodes.py:11"),
        ("nonsense", "metric: returned 'good'; a metric returns a float, a bool or a Score"),
    ],
)
def test_a_metric_that_gives_no_score_ends_with_4_and_the_reason(
    toned: Terminal, function: str, told: str
) -> None:
    done = toned("metrics", "try", f"nodes.py:{function}", "--answer", "a")
    assert (done.code, done.out) == (4, f"{function}  no score  {told}\n")


def test_what_does_not_apply_to_a_case_is_no_failure(nowhere: Terminal) -> None:
    case = {"expected": {"passages": []}, "outputs": {"passages": []}}
    out = nowhere.ok("metrics", "try", "passage_recall", "-f", "-", stdin=json.dumps(case))
    assert out.startswith("passage_recall  no score  not applicable: ")


INSTALLED = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [answer_f1, curt]
    gates: [{metric: curt, at_least: 0.1}]
    """


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def test_a_metric_of_a_package_serves_an_evaluation_and_its_gates(
    tmp_path: Path, site: Path
) -> None:
    source = "def curt(answer: str) -> float:\n    return 1 / len(answer.split())\n"
    install(site, "manners_m", source, {"curt": "manners_m:curt"})
    project = build_project(tmp_path / "project", {"evals/assistant.yaml": INSTALLED})
    terminal = Terminal(project)
    assert terminal("check").code == 0
    scores = json.loads(terminal.ok("eval", "assistant", "--json"))
    assert "curt" in json.dumps(scores)
    given = ("--eval", "assistant", "--case", "a")
    assert terminal.ok("metrics", "try", "curt", *given).startswith("curt  ")


def test_a_broken_metric_of_a_package_is_a_fault_of_the_evaluation_with_its_place(
    tmp_path: Path, site: Path
) -> None:
    install(site, "manners_n", "import not_there_at_all", {"curt": "manners_n:curt"})
    project = build_project(tmp_path / "project", {"evals/assistant.yaml": INSTALLED})
    done = Terminal(project)("check")
    assert done.code == 2
    told = "evals/assistant.yaml:3:22: the metric 'curt' of the installed package manners_n: "
    assert told in " ".join(done.out.split()) + " ".join(done.err.split())
