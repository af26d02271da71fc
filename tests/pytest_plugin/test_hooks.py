"""What the plugin makes of ordinary tests, and that it loads nothing for them."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import tests.pytest_plugin.library  # noqa: F401  it loads what is loaded once a process

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

TESTS = """\
from genaiops import assert_gate, assert_scores, evaluate

ROWS = [{"question": f"{n}", "expected": "yes"} for n in range(20)]


def answer(question):
    return "no" if question == "0" else "yes"


def evaluated():
    return evaluate(answer, ROWS, metrics=["exact_match"])


def test_proven():
    assert_scores(evaluated(), at_least={"exact_match": 0.7})


def test_open():
    assert_scores(evaluated(), at_least={"exact_match": 0.9})


def test_worse():
    assert_scores(evaluated(), at_least={"exact_match": 0.97})


def test_open_and_then_wrong():
    assert_scores(evaluated(), at_least={"exact_match": 0.9})
    assert answer("0") == "yes"


def test_open_gate():
    gates = [{"metric": "exact_match", "no_worse_than": "baseline", "margin": 0.1}]
    assert_gate(evaluate(answer, ROWS, metrics=["exact_match"], gates=gates))
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "80")
    pytester.makepyfile(test_answers=TESTS)
    return pytester.path


@pytest.mark.usefixtures("project")
def test_a_test_with_an_open_gate_is_no_pass(pytester: pytest.Pytester) -> None:
    found = pytester.runpytest("-v", "-W", "error", "--junitxml=out.xml")
    assert found.parseoutcomes() == {"passed": 1, "failed": 2, "inconclusive": 2}
    found.stdout.fnmatch_lines(
        [
            "test_answers.py::test_proven PASSED*",
            "test_answers.py::test_open INCONCLUSIVE*",
            "test_answers.py::test_worse FAILED*",
            "test_answers.py::test_open_and_then_wrong FAILED*",
            "E       AssertionError: INCONCLUSIVE  answer: *",
            "INCONCLUSIVE test_answers.py::test_open",
            "*95.0% was seen; below 90% is still possible. At least 90%",
            "INCONCLUSIVE test_answers.py::test_open_gate",
            "  INCONCLUSIVE  answer: no baseline yet*",
        ]
    )
    suite = ET.parse(pytester.path / "out.xml").getroot()[0]  # noqa: S314  pytest wrote it
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "2", "2")


def test_an_assertion_that_fails_shows_the_gate_and_none_of_our_code(
    project: Path, pytester: pytest.Pytester
) -> None:
    found = pytester.runpytest("-k", "test_worse")
    found.stdout.no_fnmatch_line("*gating.py*")
    assert (project / ".genaiops/store.sqlite").is_file()


@pytest.mark.usefixtures("project")
def test_a_mistake_is_shown_at_the_line_of_the_test_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "from genaiops import assert_gate, evaluate\n\n"
        "def test_misspelt():\n    assert_gate('nowhere')\n\n"
        "def test_bad_rows():\n    evaluate(print, [{'question': object()}])\n"
    )
    found = pytester.runpytest("test_a_mistake_is_shown_at_the_line_of_the_test_alone.py")
    assert found.parseoutcomes() == {"failed": 2}
    found.stdout.fnmatch_lines(
        [">       assert_gate('nowhere')", "E       *InputError: unknown evaluation 'nowhere'*"]
    )
    for line in ("*gating.py*", "*rows.py*", "*The above exception*"):
        found.stdout.no_fnmatch_line(line)
    whole = pytester.runpytest("--full-trace", "-k", "misspelt")
    whole.stdout.fnmatch_lines(["*gating.py*"])


def test_fixtures_take_the_project_around_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "shop/tests").mkdir(parents=True)
    (pytester.path / "shop/genaiops.yaml").write_text("name: shop\n", "utf-8")
    (pytester.path / "shop/tests/test_shop.py").write_text(
        "import pytest\n"
        "from genaiops import assert_scores\n\n"
        "@pytest.fixture(scope='module')\n"
        "def evaluated(genaiops_evaluate):\n"
        "    rows = [{'question': str(n), 'expected': 'yes'} for n in range(9)]\n"
        "    return genaiops_evaluate(lambda question: 'yes', rows, name='yes')\n\n"
        "def test_scores(evaluated, genaiops_project):\n"
        "    assert genaiops_project.name == 'shop'\n"
        "    assert_scores(evaluated, at_least={'exact_match': 0.5})\n",
        "utf-8",
    )
    monkeypatch.chdir(pytester.path)
    assert pytester.runpytest("shop").parseoutcomes() == {"passed": 1}
    assert (pytester.path / "shop/.genaiops/store.sqlite").is_file()
    assert not (pytester.path / ".genaiops").exists()


def test_a_fixture_without_a_project_says_how_to_begin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(genaiops_project):\n    pass\n")
    found = pytester.runpytest()
    assert found.parseoutcomes() == {"errors": 1}
    found.stdout.fnmatch_lines(["no genaiops.yaml and no evals/*.yaml in *"])
    found.stdout.no_fnmatch_line("*fixtures.py*")


def test_without_the_option_nothing_is_loaded_for_ordinary_tests(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it():\n    pass\n", "utf-8")
    code = (
        "import sys, pytest\n"
        "arguments = ['-q', '-p', 'no:hypothesispytest', '-p', 'no:langsmith_plugin',"
        " '-p', 'no:cacheprovider']\n"
        "assert pytest.main(arguments) == 0\n"
        "assert 'genaiops.pytest_plugin.hooks' in sys.modules\n"
        "heavy = {'pydantic', 'yaml', 'numpy', 'sqlite3', 'aiohttp', 'genaiops.project.files'}\n"
        "print('LOADED', *sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "LOADED"
