import re
from pathlib import Path
from typing import Any, cast

import pytest

from genaiops import __version__
from genaiops.errors import InputError
from genaiops.project.session import Session
from genaiops.project.workflow import Platform, find_place, write_workflow
from genaiops.specs.load import parse_yaml
from tests.project.conftest import Opened

PLATFORMS: tuple[Platform, ...] = ("github", "gitlab", "azure")
REMOTE = """\
    models:
      extractive: {provider: openai, model: m, base_url: "https://x.test", api_key: "${env:X_KEY}"}
    """
LOCAL = "models:\n  extractive: {provider: local, weights: smollm2-135m}\n"


def written(session: Session, platform: Platform) -> tuple[str, dict[str, Any]]:
    """The text of a workflow, and what it says."""
    place = find_place(session.root, platform)
    path = place.root / write_workflow(session, "assistant", place).path
    text = path.read_text("utf-8")
    value = parse_yaml(text, str(path)).value
    return text, cast("dict[str, Any]", value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_workflow_is_yaml_installs_this_version_and_names_the_evaluation(
    opened: Opened, platform: Platform
) -> None:
    text, value = written(opened(), platform)
    assert f'pip install "genaiops=={__version__}"' in text
    assert re.search(r'EVAL: "?assistant', text)
    assert re.search("@[A-Z]", text) is None
    assert isinstance(value, dict)


def test_the_one_of_github_pins_its_actions_and_asks_for_the_least(opened: Opened) -> None:
    text, value = written(opened(), "github")
    uses = re.findall(r"uses: (\S+)(.*)", text)
    assert len(uses) == 5
    assert all(re.fullmatch(r"actions/[\w/-]+@[0-9a-f]{40}", action) for action, _ in uses)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", tag) for _, tag in uses)
    assert value["permissions"] == {"contents": "read"}
    assert value["jobs"]["gate"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert value["on"].keys() == {"pull_request", "push"}
    checkout = value["jobs"]["gate"]["steps"][0]["with"]
    assert (checkout["persist-credentials"], checkout["fetch-depth"]) == (False, 0)


def test_a_gate_that_pull_requests_would_leave_open_is_told(opened: Opened) -> None:
    gate = "gates: [{metric: answer_f1, no_worse_than: baseline}]"
    text = (
        f"flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: [answer_f1]\n{gate}\n"
    )
    session = opened({"evals/assistant.yaml": text})
    found = write_workflow(session, "assistant", find_place(session.root, "github"))
    (note,) = found.notes
    assert note.startswith("evals/assistant.yaml has no margin for answer_f1 yet: genaiops eval")


def test_no_text_of_a_pull_request_is_written_into_a_shell(opened: Opened) -> None:
    _, value = written(opened(), "github")
    assert [step for step in value["jobs"]["gate"]["steps"] if "${{" in step.get("run", "")] == []


def test_code_of_a_fork_is_not_trusted(opened: Opened) -> None:
    session = opened()
    _, github = written(session, "github")
    (step,) = [s for s in github["jobs"]["gate"]["steps"] if "trust" in s.get("run", "")]
    assert "head.repo.full_name == github.repository" in step["if"]
    _, azure = written(session, "azure")
    (step,) = [s for s in azure["jobs"][0]["steps"] if "trust" in str(s.get("bash", ""))]
    assert "System.PullRequest.IsFork" in step["condition"]
    text, _ = written(session, "gitlab")
    assert text.index("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") < text.index("genaiops trust")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_reports_and_the_ledger_outlive_a_gate_that_fails(
    opened: Opened, platform: Platform
) -> None:
    text, _ = written(opened(), platform)
    assert "-o genaiops-report/report.junit.xml" in text
    assert ".genaiops" in text
    assert "always" in text


def test_variables_become_secrets_and_are_told(opened: Opened) -> None:
    session = opened({"catalog.yaml": REMOTE})
    place = find_place(session.root, "github")
    found = write_workflow(session, "assistant", place)
    text = (place.root / found.path).read_text("utf-8")
    assert "          X_KEY: ${{ secrets.X_KEY }}\n" in text
    assert found.notes == ("set X_KEY as a secret of the repository",)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_local_models_bring_their_extra_and_their_weights(
    opened: Opened, platform: Platform
) -> None:
    text, _ = written(opened({"catalog.yaml": LOCAL}), platform)
    assert f'"genaiops[local]=={__version__}"' in text
    assert "genaiops weights pull smollm2-135m" in text


def test_a_project_below_the_root_of_its_repository_is_worked_in(
    opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    text, value = written(opened(), "github")
    assert (tmp_path / ".github/workflows/genaiops.yml").is_file()
    assert value["jobs"]["gate"]["defaults"]["run"]["working-directory"] == "project"
    assert "project/.genaiops/store.sqlite*" in text


def test_nothing_is_written_over(opened: Opened) -> None:
    session = opened()
    written(session, "github")
    with pytest.raises(InputError, match="is there already; nothing was written"):
        find_place(session.root, "github")


@pytest.mark.parametrize(
    ("platform", "path"), [("gitlab", ".gitlab/genaiops.yml"), ("azure", ".azure/genaiops.yml")]
)
def test_beside_a_pipeline_of_ones_own_it_goes_elsewhere(
    opened: Opened, platform: Platform, path: str
) -> None:
    session = opened()
    written(session, platform)
    found = write_workflow(session, "assistant", find_place(session.root, platform))
    assert found.path == path
    assert "is yours: " in found.notes[0]
    with pytest.raises(InputError, match=path):
        find_place(session.root, platform)


def test_a_folder_that_would_need_quotes_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "my project").mkdir()
    with pytest.raises(InputError, match="rename the folder"):
        find_place(tmp_path / "my project", "github")
