"""A server on loopback that plays the comments of GitHub and of GitLab.

It keeps the comments of one pull request, a page of a hundred at a time. `refuses` answers every
writing request with that status; what was asked is in `asked`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.serving import served

GITHUB_TOKEN = "ghs_test"
GITLAB_TOKEN = "glpat-test"
BOT = {"id": 41, "login": "github-actions[bot]", "type": "Bot"}
PERSON = {"id": 7, "login": "someone", "type": "User"}


@dataclass
class Forge:
    port: int = 0
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refuses: int = 0

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, body: str, author: dict[str, Any] = PERSON) -> None:
        """A comment that is there already."""
        self.comments.append(
            {"id": 100 + len(self.comments), "body": body, "user": author, "author": author}
        )

    def github(self, folder: Path, number: int | None = 5) -> dict[str, str]:
        """The variables of a job for a pull request, or of a push."""
        event = {"pull_request": {"number": number}} if number is not None else {"ref": "main"}
        (folder / "event.json").write_text(json.dumps(event), "utf-8")
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.root,
            "GITHUB_REPOSITORY": "team/app",
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
            "GITHUB_TOKEN": GITHUB_TOKEN,
        }

    def gitlab(self) -> dict[str, str]:
        """The variables of a job for a merge request."""
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.root}/api/v4",
            "CI_PROJECT_ID": "9",
            "CI_MERGE_REQUEST_IID": "5",
            "GITLAB_TOKEN": GITLAB_TOKEN,
        }

    async def listed(self, request: web.Request) -> web.Response:
        size, page = int(request.query["per_page"]), int(request.query["page"])
        return web.json_response(self.comments[(page - 1) * size : page * size])

    async def added(self, request: web.Request) -> web.Response:
        self.say((await request.json())["body"], BOT)
        return web.json_response(self.comments[-1], status=201)

    async def changed(self, request: web.Request) -> web.Response:
        (known,) = (c for c in self.comments if str(c["id"]) == request.match_info["id"])
        known["body"] = (await request.json())["body"]
        return web.json_response(known)

    async def me(self, _: web.Request) -> web.Response:
        return web.json_response(BOT)

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        given = request.headers.get("Authorization"), request.headers.get("PRIVATE-TOKEN")
        if given not in {(f"Bearer {GITHUB_TOKEN}", None), (None, GITLAB_TOKEN)}:
            return web.json_response({"message": "Bad credentials"}, status=401)
        if self.refuses == 302:
            raise web.HTTPFound("http://127.0.0.1:9/elsewhere")
        if self.refuses and request.method != "GET":
            return web.json_response({"message": "not for you"}, status=self.refuses)
        return await handler(request)


@contextmanager
def forging() -> Iterator[Forge]:
    """Run the server."""
    forge = Forge()
    with served(lambda: _app(forge)) as forge.port:
        yield forge


def _app(forge: Forge) -> web.Application:
    app = web.Application(middlewares=[forge.guard])
    issues, notes = "/repos/team/app/issues", "/api/v4/projects/9/merge_requests/5/notes"
    app.router.add_get(f"{issues}/5/comments", forge.listed)
    app.router.add_post(f"{issues}/5/comments", forge.added)
    app.router.add_patch(f"{issues}/comments/{{id}}", forge.changed)
    app.router.add_get(notes, forge.listed)
    app.router.add_post(notes, forge.added)
    app.router.add_put(f"{notes}/{{id}}", forge.changed)
    app.router.add_get("/api/v4/user", forge.me)
    return app
