from collections.abc import Iterator
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.project.pull_request import keep_comment, pull_request_of
from tests.forge import BOT, PERSON, Forge, forging

MARKER = "<!-- genaiops gate assistant -->"


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forging() as found:
        yield found


@pytest.fixture(params=["github", "gitlab"])
def variables(request: pytest.FixtureRequest, forge: Forge, tmp_path: Path) -> dict[str, str]:
    return forge.gitlab() if request.param == "gitlab" else forge.github(tmp_path)


def test_the_first_comment_is_new_and_the_next_one_takes_its_place(
    forge: Forge, variables: dict[str, str]
) -> None:
    request = pull_request_of(variables)
    keep_comment(request, "assistant", "PASS")
    keep_comment(request, "assistant", "FAIL")
    assert [comment["body"] for comment in forge.comments] == [f"{MARKER}\nFAIL"]
    assert [method for method, _ in forge.asked if method != "GET"] == [
        "POST", "PUT" if "GITLAB_CI" in variables else "PATCH",
    ]  # fmt: skip


def test_our_comment_is_found_behind_hundreds_of_others(
    forge: Forge, variables: dict[str, str]
) -> None:
    for number in range(230):
        forge.say(f"looks good {number}")
    forge.say(f"{MARKER}\nold", BOT)
    keep_comment(pull_request_of(variables), "assistant", "new")
    assert (len(forge.comments), forge.comments[-1]["body"]) == (231, f"{MARKER}\nnew")


def test_a_comment_that_only_looks_like_ours_is_left_alone(
    forge: Forge, variables: dict[str, str]
) -> None:
    forge.say(f"{MARKER}\nPASS, says somebody", PERSON)
    forge.say(f"quoting {MARKER}", BOT)
    keep_comment(pull_request_of(variables), "assistant", "FAIL")
    assert [comment["body"] for comment in forge.comments][2:] == [f"{MARKER}\nFAIL"]
    assert forge.comments[0]["body"].endswith("says somebody")


def test_each_evaluation_has_its_own_comment_whatever_it_is_called(
    forge: Forge, variables: dict[str, str]
) -> None:
    request = pull_request_of(variables)
    for name in ("assistant", "assistant-2", "--> <b>"):
        keep_comment(request, name, "told")
    assert len(forge.comments) == 3
    assert forge.comments[2]["body"].startswith("<!-- genaiops gate --%3E%20%3Cb%3E -->\n")


@pytest.mark.parametrize("status", [403, 404])
def test_a_fork_may_not_write(forge: Forge, variables: dict[str, str], status: int) -> None:
    forge.refuses = status
    with pytest.raises(ExecutionError, match=rf"answers {status} .*forks may not write"):
        keep_comment(pull_request_of(variables), "assistant", "told")


def test_the_token_follows_no_redirect(forge: Forge, variables: dict[str, str]) -> None:
    forge.refuses = 302
    with pytest.raises(ExecutionError, match="answers 302"):
        keep_comment(pull_request_of(variables), "assistant", "told")


def test_a_platform_that_is_away_is_told(tmp_path: Path) -> None:
    with forging() as forge:
        variables = forge.github(tmp_path)
    with pytest.raises(ExecutionError, match=r"127\.0\.0\.1 cannot be asked"):
        keep_comment(pull_request_of(variables), "assistant", "told")


def test_a_push_has_no_pull_request(forge: Forge, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of a pull request"):
        pull_request_of(forge.github(tmp_path, number=None))
    variables = forge.gitlab()
    del variables["CI_MERGE_REQUEST_IID"]
    with pytest.raises(InputError, match="none of a merge request"):
        pull_request_of(variables)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set: give the step"),
        ({"GITHUB_API_URL": "file:///etc"}, "is no address of the web"),
        ({"GITHUB_EVENT_PATH": "/nowhere"}, "the event of this job cannot be read"),
        ({"GITHUB_ACTIONS": "false"}, "no job of GitHub Actions or GitLab CI"),
    ],
)
def test_what_a_job_lacks_is_named(
    forge: Forge, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        pull_request_of({**forge.github(tmp_path), **change})
