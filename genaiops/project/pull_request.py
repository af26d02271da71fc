"""The pull request that a CI job runs for, and its one comment that is kept up to date.

Who it is, and where its comments are, only the variables of the process say: no file of a project.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import cast
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from genaiops.errors import ExecutionError, InputError

_A_PAGE = 100
_MOST_PAGES = 50
_LARGEST_REPLY = 16 * 1024 * 1024
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Where the comments of a pull request are, and with what right they are written.

    `comments` lists and takes them, `comment` (with `{id}`) holds one, which `change` replaces.
    `me` tells who writes; where it is None, GitHub's own bot does.
    """

    comments: str
    comment: str
    change: str
    headers: Mapping[str, str]
    me: str | None = None


def pull_request_of(environment: Mapping[str, str]) -> PullRequest:
    """The pull request of this job, by the variables of GitHub Actions or GitLab CI.

    Raises:
        InputError: this is no job of theirs, or it has no pull request, or no token to write with.
    """
    if environment.get("GITHUB_ACTIONS") == "true":
        return _of_github(environment)
    if environment.get("GITLAB_CI") == "true":
        return _of_gitlab(environment)
    raise InputError("this is no job of GitHub Actions or GitLab CI")


def keep_comment(pull_request: PullRequest, about: str, text: str) -> None:
    """Write a comment: in place of the last one about the same, else as a new one.

    Raises:
        ExecutionError: the platform refuses, or cannot be reached.
    """
    marker = f"<!-- genaiops gate {quote(about)} -->"
    body: JsonValue = {"body": f"{marker}\n{text}"}
    known = _find(pull_request, marker)
    if known is None:
        _ask(pull_request, "POST", pull_request.comments, body)
    else:
        address = pull_request.comment.format(id=known)
        _ask(pull_request, pull_request.change, address, body)


def _of_github(environment: Mapping[str, str]) -> PullRequest:
    api = _api(environment, "GITHUB_API_URL")
    token = _needed(environment, "GITHUB_TOKEN", "give the step env: GITHUB_TOKEN")
    repository = quote(_needed(environment, "GITHUB_REPOSITORY"))
    issues = f"{api}/repos/{repository}/issues"
    return PullRequest(
        comments=f"{issues}/{_number_of_event(environment)}/comments",
        comment=f"{issues}/comments/{{id}}",
        change="PATCH",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )


def _of_gitlab(environment: Mapping[str, str]) -> PullRequest:
    api = _api(environment, "CI_API_V4_URL")
    if "CI_MERGE_REQUEST_IID" not in environment:
        raise InputError("this pipeline is none of a merge request")
    token = _needed(environment, "GITLAB_TOKEN", "a project access token with the scope api")
    project = quote(_needed(environment, "CI_PROJECT_ID"), safe="")
    request = quote(environment["CI_MERGE_REQUEST_IID"], safe="")
    notes = f"{api}/projects/{project}/merge_requests/{request}/notes"
    return PullRequest(
        comments=notes,
        comment=f"{notes}/{{id}}",
        change="PUT",
        headers={"PRIVATE-TOKEN": token},
        me=f"{api}/user",
    )


def _needed(environment: Mapping[str, str], name: str, remedy: str = "the job has none") -> str:
    value = environment.get(name, "")
    if not value:
        raise InputError(f"{name} is not set: {remedy}")
    return value


def _api(environment: Mapping[str, str], name: str) -> str:
    address = _needed(environment, name).rstrip("/")
    if urlsplit(address).scheme not in {"https", "http"}:
        raise InputError(f"{name} is {address!r}, which is no address of the web")
    return address


def _number_of_event(environment: Mapping[str, str]) -> int:
    path = Path(_needed(environment, "GITHUB_EVENT_PATH"))
    try:
        event: object = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"the event of this job cannot be read: {error}") from error
    request = _field(event, "pull_request")
    number = _field(request, "number")
    if not isinstance(number, int):
        raise InputError("the event of this job is none of a pull request")
    return number


def _find(pull_request: PullRequest, marker: str) -> int | None:
    """The comment that begins with the marker; those that others wrote are not ours."""
    me = _field(_ask(pull_request, "GET", pull_request.me), "id") if pull_request.me else None
    for comment in _comments(pull_request):
        body, number = _field(comment, "body"), _field(comment, "id")
        if isinstance(body, str) and isinstance(number, int) and body.startswith(marker):
            author = _field(comment, "author") or _field(comment, "user")
            is_ours = _field(author, "type") == "Bot" if me is None else _field(author, "id") == me
            if is_ours:
                return number
    return None


def _comments(pull_request: PullRequest) -> Iterator[object]:
    for page in range(1, _MOST_PAGES + 1):
        address = f"{pull_request.comments}?per_page={_A_PAGE}&page={page}"
        found = _ask(pull_request, "GET", address)
        comments = cast("list[object]", found) if isinstance(found, list) else []
        yield from comments
        if len(comments) < _A_PAGE:
            return


def _field(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for this address only."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Make no request of a redirect, which leaves it an error."""


def _ask(pull_request: PullRequest, method: str, address: str, body: JsonValue = None) -> object:
    """What the platform answers; proxies and certificates come from the usual variables."""
    request = urllib.request.Request(  # noqa: S310  _api lets through addresses of the web only
        address,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "User-Agent": "genaiops",
            "Content-Type": "application/json",
            **pull_request.headers,
        },
        method=method,
    )
    host = urlsplit(address).hostname
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_TIMEOUT_S) as response:
            return json.loads(response.read(_LARGEST_REPLY))
    except urllib.error.HTTPError as error:
        rights = "; pull requests of forks may not write" if error.code in {401, 403, 404} else ""
        raise ExecutionError(f"{host} answers {error.code} ({error.reason}){rights}") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise ExecutionError(f"{host} cannot be asked: {reason}") from error
