"""Two files and a first pull request: the steps of the workflow that `init --ci` writes, typed."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from genaiops.specs.load import parse_yaml
from tests.cli.terminal import Done, Terminal
from tests.forge import Forge, forging
from tests.repository import Repository

APP = """\
KNOWN = {known}


def answer(question: str) -> str:
    return "yes" if int(question.split()[1]) < KNOWN else "no"
"""
WORKFLOW = ".github/workflows/genaiops.yml"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A team with a function and sixty cases, which commits what `init` writes and no more."""
    root = tmp_path_factory.mktemp("team")
    rows = ["question,expected", *(f"question {number} ?,yes" for number in range(60))]
    (root / "cases.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (root / "app.py").write_text(APP.format(known=58), "utf-8")
    (root / ".gitignore").write_text(
        ".home/\n.genaiops/\ngenaiops-report/\nsummary.md\nevent.json\n", "utf-8"
    )
    Repository.begin(root)
    terminal = Terminal(root)
    terminal.ok("init", "--from", "app:answer", "-d", "cases.csv", "--ci", "github")
    repository = Repository(root)
    repository.git("add", "evals", ".github")
    repository.git("commit", "-qm", "Judge pull requests")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    return terminal


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forging() as found:
        yield found


def steps(root: Path, *, is_fork: bool) -> Iterator[list[str]]:
    """The commands of ours in the workflow, in order; a fork is not trusted."""
    document = parse_yaml((root / WORKFLOW).read_text("utf-8"), WORKFLOW)
    value = cast("dict[str, Any]", document.value)
    given = {"$EVAL": "app", "$AGAINST": "git:origin/main"}
    for step in value["jobs"]["gate"]["steps"]:
        words = shlex.split(step.get("run", ""))
        if words[:1] == ["genaiops"] and not (is_fork and "if" in step):
            yield [given.get(word, word) for word in words[1:]]


def pull(team: Terminal, forge: Forge, branch: str, app: str) -> Done:
    """The job of a pull request, on a machine that trusts nothing yet."""
    Repository(team.root).branch(branch, {"app.py": app})
    job = {**forge.github(team.root), "GITHUB_STEP_SUMMARY": str(team.root / "summary.md")}
    machine = replace(
        team, environment={**job, "XDG_CONFIG_HOME": str(team.root / ".home" / branch)}
    )
    done = None
    for words in steps(team.root, is_fork=branch == "fork"):
        done = machine(*words)
    assert done is not None
    return done


def test_the_first_pull_request_gets_a_comment_and_the_next_push_renews_it(
    team: Terminal, forge: Forge
) -> None:
    worse = pull(team, forge, "worse", APP.format(known=30))
    assert worse.code == 1, worse
    assert "::error file=app.py,line=1" in worse.err
    mended = pull(team, forge, "mended", APP.format(known=59))
    assert mended.code == 0, mended
    (comment,) = forge.comments
    assert "# PASS: app" in comment["body"] or "# INCONCLUSIVE: app" in comment["body"]
    report = team.root / "genaiops-report"
    assert {path.name for path in report.iterdir()} >= {"report.html", "report.junit.xml"}
    assert (team.root / "summary.md").read_text("utf-8").startswith("# FAIL: app (blocked)")


def test_code_of_a_fork_is_not_run(team: Terminal, forge: Forge) -> None:
    hostile = 'open("PWNED", "w").close()\n' + APP.format(known=60)
    done = pull(team, forge, "fork", hostile)
    assert done.code == 5
    assert not (team.root / "PWNED").exists()
    assert forge.comments == []
