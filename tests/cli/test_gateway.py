"""A rollout as its users have it: releases of two models behind one server, and OpenAI's client."""

import json
import shutil
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import openai
import pytest
from aiohttp import web

from tests.cli.serving import Running, serving
from tests.cli.terminal import Terminal
from tests.project.build import build_project
from tests.serving import served

FILES = {
    "genaiops.yaml": "name: say\nserving: {limits: {candidate_s: 0.3}}\n",
    "flows/assistant/flow.yaml": None,
    "indexes/handbook.yaml": None,
    "flows/say/flow.yaml": """\
        inputs: {question: string, history: {type: messages, default: []}}
        nodes:
          say:
            prompt: say.md
            model: it
            history: ${inputs.history}
            with: {question: "${inputs.question}"}
        outputs: {answer: "${say.text}"}
        """,
    "flows/say/say.md": "{{ question }}",
    "evals/assistant.yaml": None,
    "evals/say.yaml": """\
        flow: flows/say
        dataset: datasets/handbook.jsonl
        metrics: [pii_leak]
        gates: [{metric: pii_leak, max_cases: 0}]
        """,
    "rollouts/say.yaml": """\
        flow: flows/say
        steps: [{weight: 50, min_time: 1m}]
        guards: []
        goals: [{metric: errors, margin_ratio: 2}]
        """,
}
CATALOG = """\
models:
  it: {provider: openai, model: %s, base_url: "%s"}
"""


@dataclass
class Models:
    """Two models at one address, each of which says its name, unless it is broken."""

    url: str = ""
    broken: set[str] = field(default_factory=set)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        name = body["model"]
        if name in self.broken:
            return web.json_response({"error": {"message": "broken"}}, status=500)
        if not body.get("stream"):
            message = {"role": "assistant", "content": name}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return web.json_response({"choices": [choice]})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for delta, finish in (({"content": name}, None), ({}, "stop")):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            await response.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
        await response.write(b"data: [DONE]\n\n")
        return response


@dataclass(frozen=True)
class Releases:
    """A project with a release in production, and a candidate."""

    terminal: Terminal
    stable: str
    candidate: str


@pytest.fixture(scope="module")
def models() -> Generator[Models]:
    made = Models()

    def app() -> web.Application:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", made.answer)
        return application

    with served(app) as port:
        made.url = f"http://127.0.0.1:{port}/v1"
        yield made


def release(terminal: Terminal, models: Models, model: str) -> str:
    (terminal.root / "catalog.yaml").write_text(CATALOG % (model, models.url))
    terminal.ok("trust", "--yes")
    terminal.ok("gate", "say")
    out = terminal.ok("release", "create", "say", "--as", "ann", "--json")
    made: str = json.loads(out)["release"]["id"]
    return made


@pytest.fixture(scope="module")
def first(models: Models, tmp_path_factory: pytest.TempPathFactory) -> Releases:
    terminal = Terminal(build_project(tmp_path_factory.mktemp("first"), FILES))
    stable = release(terminal, models, "march")
    terminal.ok("release", "promote", stable, "--to", "production", "--as", "ann")
    return Releases(terminal, stable, release(terminal, models, "june"))


@pytest.fixture
def releases(first: Releases, models: Models, tmp_path: Path) -> Releases:
    models.broken.clear()
    shutil.copytree(first.terminal.root, tmp_path / "project")
    terminal = Terminal(tmp_path / "project")
    terminal.ok("trust", "--yes")
    terminal.ok("rollout", "start", "say", "--candidate", first.candidate, "--as", "ann")
    return Releases(terminal, first.stable, first.candidate)


def ask(client: openai.OpenAI, user: str) -> str:
    """What a streamed answer says."""
    stream = client.chat.completions.create(
        model="say", messages=[{"role": "user", "content": "Who?"}], user=user, stream=True
    )
    deltas = [choice.delta for chunk in stream for choice in chunk.choices]
    return "".join(delta.content or "" for delta in deltas)


def client_of(server: Running) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="-", max_retries=0)


@pytest.mark.slow
def test_a_candidate_that_breaks_is_rolled_back_and_no_client_notices(
    releases: Releases, models: Models
) -> None:
    terminal = releases.terminal
    with serving(terminal) as server, client_of(server) as client:
        said = {user: ask(client, user) for user in map(str, range(12))}
        assert {*said.values()} == {"march", "june"}
        assert said == {user: ask(client, user) for user in said}
        models.broken.add("june")
        while not any("stands in production, as before" in line for line in server.lines):
            assert {ask(client, user) for user in said} == {"march"}
        models.broken.clear()
        assert {ask(client, user) for user in said} == {"march"}
    done = terminal("rollout", "status", "--json")
    assert done.code == 1
    assert json.loads(done.out)["word"] == "rolled_back"
    deeds = [
        json.loads(line)["event"].get("reason")
        for line in (terminal.root / ".genaiops/releases/audit.jsonl").read_text().splitlines()
    ]
    assert any("requests of the candidate in a row failed" in (deed or "") for deed in deeds)
    assert terminal.ok("audit", "verify").startswith("INTACT")


@pytest.mark.slow
def test_a_candidate_that_is_promoted_takes_over_while_users_ask(releases: Releases) -> None:
    terminal = releases.terminal
    with serving(terminal) as server, client_of(server) as client:
        before = {user: ask(client, user) for user in map(str, range(12))}
        terminal.ok("rollout", "promote", "--as", "ann", "--reason", "seen enough")
        of_june = [user for user, said in before.items() if said == "june"]
        while not any("reloaded" in line for line in server.lines):
            assert {ask(client, user) for user in of_june} == {"june"}
        assert {ask(client, user) for user in before} == {"june"}
        assert not [line for line in server.lines if "not loaded" in line]


@pytest.mark.slow
def test_a_candidate_that_cannot_be_opened_holds_its_rollout_and_the_file_is_named(
    releases: Releases,
) -> None:
    terminal = releases.terminal
    release = json.loads(terminal.ok("release", "show", releases.candidate, "--json"))
    digest = release["files"]["catalog.yaml"].removeprefix("sha256:")
    (file,) = (terminal.root / ".genaiops/releases/files").rglob(f"*{digest}")
    file.unlink()
    with serving(terminal) as server, client_of(server) as client:
        server.wait_for("cannot be opened: ")
        assert ask(client, "ann") == "march"
        while not (told := httpx.get(f"{server.url}/v1/rollouts/say").json())["exit_code"]:
            assert told["word"] == "progressing"
    assert told["word"] == "held"
    assert told["reason"].startswith("the candidate cannot be opened: catalog.yaml cannot be read")
    done = terminal("rollout", "status")
    assert (done.code, done.out.split()[0]) == (3, "HELD")


@pytest.mark.slow
def test_a_server_that_begins_anew_goes_on_with_what_was_committed(releases: Releases) -> None:
    with serving(releases.terminal) as server, client_of(server) as client:
        before = {user: ask(client, user) for user in map(str, range(12))}
    with serving(releases.terminal) as server, client_of(server) as client:
        assert {user: ask(client, user) for user in before} == before


@pytest.mark.slow
def test_a_service_of_ones_own_is_rolled_back_by_what_its_users_met(
    first: Releases, tmp_path: Path
) -> None:
    terminal = Terminal(build_project(tmp_path / "own", {**FILES, "rollouts/say.yaml": None}))
    shutil.copy(first.terminal.root / "catalog.yaml", terminal.root)
    (terminal.root / "rollouts").mkdir()
    (terminal.root / "rollouts/shop.yaml").write_text(
        "flow: external\nsteps: [50]\nguards: []\ngoals: [{metric: bad_answers, margin_ratio: 2}]\n"
    )
    terminal.ok("trust", "--yes")
    terminal.ok("rollout", "start", "shop", "--candidate", "v2", "--as", "ann")
    with serving(terminal) as server, httpx.Client(base_url=server.url) as client:
        for number in range(40):
            arm = ("stable", "candidate")[number % 2]
            said = {"user": f"user {number}", "arm": arm, "bad": arm == "candidate"}
            reply = client.post("/v1/rollouts/shop/outcomes", json=said)
            assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
        server.wait_for("the service is to send all users to stable")
    done = terminal("rollout", "status", "--json")
    assert (done.code, json.loads(done.out)["word"]) == (1, "rolled_back")
    assert "bad_answers is proven worse" in done.out
