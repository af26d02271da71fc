"""The server as its users have it: a process, and the official client of OpenAI."""

import re
import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from signal import SIGHUP, SIGTERM
from urllib.request import urlopen

import openai
import pytest

from genaiops.project.rollout_home import LIVE_FILE
from genaiops.store.live import LiveRuns
from tests.cli.serving import Running, SlowModel, project_of, serving, slow_model
from tests.cli.terminal import Terminal
from tests.project.build import build_project

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def model() -> Generator[SlowModel]:
    with slow_model() as running:
        running.may_go_on.set()
        yield running


@pytest.fixture(scope="module")
def terminal(model: SlowModel, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return project_of(tmp_path_factory.mktemp("served"), model)


@pytest.fixture(scope="module")
def server(terminal: Terminal) -> Generator[Running]:
    with serving(terminal, environment={"GENAIOPS_TOKEN": TOKEN}) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Generator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key=TOKEN, max_retries=0) as made:
        yield made


def say(client: openai.OpenAI, text: str) -> str | None:
    reply = client.chat.completions.create(
        model="say", messages=[{"role": "user", "content": text}], user="ann"
    )
    return reply.choices[0].message.content


@pytest.mark.slow
def test_the_client_of_openai_asks_a_flow(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="say", messages=[{"role": "user", "content": "Hello"}], temperature=0.2, max_tokens=9
    )
    assert reply.choices[0].message.content == "You said: Hello"
    assert reply.usage is not None
    assert reply.usage.total_tokens == 7


@pytest.mark.slow
def test_the_client_of_openai_reads_a_stream(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="say",
        messages=[{"role": "user", "content": "Hello"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    pieces = [choice.delta.content for chunk in chunks for choice in chunk.choices]
    assert pieces == ["You said: ", "Hello", None]
    assert chunks[-1].usage is not None


@pytest.mark.slow
def test_the_client_of_openai_lists_flows_and_knows_our_errors(
    client: openai.OpenAI, server: Running
) -> None:
    assert {model.id for model in client.models.list()} == {"assistant", "say"}
    assert client.models.retrieve("say").owned_by == "genaiops"
    with pytest.raises(openai.NotFoundError, match="there is no flow 'gpt-4o'"):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.BadRequestError, match="not supported"):
        client.chat.completions.create(
            model="say", messages=[{"role": "user", "content": "x"}], n=2
        )
    with (
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError, match="not known here"),
    ):
        stranger.models.list()


@pytest.mark.slow
def test_runs_are_kept_without_content_in_a_file_that_others_read_meanwhile(
    client: openai.OpenAI, terminal: Terminal
) -> None:
    assert say(client, "Something secret") == "You said: Something secret"
    path = terminal.root / LIVE_FILE
    for _ in range(200):
        with LiveRuns(path) as live:
            runs = [numbered.run for numbered in live.after(0) if numbered.run.user]
        if runs:
            break
    assert (runs[-1].flow, runs[-1].caller, runs[-1].state) == ("say", "owner", "done")
    assert runs[-1].run.usage.output_tokens == 3
    kept = b"".join(part.read_bytes() for part in path.parent.glob("*") if part.is_file())
    assert b"Something secret" not in kept


@pytest.mark.slow
def test_the_order_to_end_lets_twenty_streams_come_to_their_end(tmp_path: Path) -> None:
    with slow_model() as slow:
        terminal = project_of(tmp_path, slow)
        with serving(terminal, "say") as server, ThreadPoolExecutor(20) as pool:
            with openai.OpenAI(base_url=f"{server.url}/v1", api_key="-", max_retries=0) as client:

                def read(number: int) -> str:
                    stream = client.chat.completions.create(
                        model="say",
                        messages=[{"role": "user", "content": f"number {number}"}],
                        stream=True,
                    )
                    deltas = [choice.delta for chunk in stream for choice in chunk.choices]
                    return "".join(delta.content or "" for delta in deltas)

                answers = [pool.submit(read, number) for number in range(20)]
                slow.wait_for(20)
                server.signal(SIGTERM)
                server.wait_for("ending")
                with pytest.raises(openai.APIConnectionError):
                    say(client, "Hello")
                slow.may_go_on.set()
                said = [answer.result(timeout=20) for answer in answers]
            assert said == [f"You said: number {number}" for number in range(20)]
            assert server.process.wait(timeout=20) == 0


@pytest.mark.slow
def test_a_second_order_to_end_ends_it_at_once_and_without_a_traceback(tmp_path: Path) -> None:
    with slow_model() as slow:
        terminal = project_of(tmp_path, slow)
        with serving(terminal, "say") as server:
            with openai.OpenAI(base_url=f"{server.url}/v1", api_key="-", max_retries=0) as client:
                stream = client.chat.completions.create(
                    model="say", messages=[{"role": "user", "content": "Hello"}], stream=True
                )
                assert next(iter(stream)).choices
                server.signal(SIGTERM)
                server.wait_for("ending")
                server.signal(SIGTERM)
                assert server.process.wait(timeout=20) == 4
                stream.close()
            assert "at once, by a second signal" in server.wait_for("error:")
            assert not any("Traceback" in line for line in server.lines)


@pytest.mark.slow
def test_sighup_reads_the_files_and_tokens_again_and_keeps_out_what_does_not_fit(
    tmp_path: Path, model: SlowModel
) -> None:
    terminal = project_of(tmp_path, model)
    prompt, flow = (tmp_path / "flows" / "say" / name for name in ("say.md", "flow.yaml"))
    token = terminal.ok("token", "add", "shop").strip()
    with (
        serving(terminal, "say") as server,
        openai.OpenAI(base_url=f"{server.url}/v1", api_key=token, max_retries=0) as client,
    ):
        prompt.write_text("Twice: {{ question }}", "utf-8")
        with (tmp_path / "genaiops.yaml").open("a") as project:
            project.write("serving: {limits: {body_kb: 8}}\n")
        assert say(client, "Hi") == "You said: Hi"
        server.signal(SIGHUP)
        assert server.wait_for("until the server is started again").endswith(": limits.body_kb")
        server.wait_for("reloaded: say")
        assert say(client, "Hi") == "You said: Twice: Hi"
        written = flow.read_text("utf-8")
        flow.write_text(written.replace("model: slow", "modell: slow"), "utf-8")
        server.signal(SIGHUP)
        assert "flows/say/flow.yaml:4:" in server.wait_for("not reloaded")
        assert say(client, "Hi") == "You said: Twice: Hi"
        flow.write_text(written, "utf-8")
        terminal.ok("token", "add", "other")
        terminal.ok("token", "remove", "shop")
        server.lines.clear()
        server.signal(SIGHUP)
        server.wait_for("reloaded: say")
        with pytest.raises(openai.AuthenticationError):
            say(client, "Hi")


@pytest.fixture
def library(tmp_path: Path) -> Terminal:
    return Terminal(build_project(tmp_path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104  it is refused
def test_where_strangers_could_ask_a_server_without_tokens_does_not_start(
    library: Terminal, host: str
) -> None:
    done = library("serve", "--host", host)
    assert done.code == 2
    assert "set GENAIOPS_TOKEN, or give out tokens by `genaiops token add NAME`" in done.err


def test_a_token_that_can_be_guessed_is_refused(library: Terminal) -> None:
    library.environment["GENAIOPS_TOKEN"] = "secret"
    done = library("serve")
    assert done.code == 2
    assert "16 or more" in done.err
    assert "secret" not in done.err.replace("a secret", "")


def test_a_file_of_the_project_gives_no_token(library: Terminal) -> None:
    (library.root / ".env").write_text(f"GENAIOPS_TOKEN={TOKEN}\n", "utf-8")
    (library.root / "genaiops.yaml").write_text("name: library\nenv_file: .env\n", "utf-8")
    assert library("serve", "--host", "0.0.0.0").code == 2  # noqa: S104  it is refused


@pytest.mark.parametrize("kept", [b"", b"x" * 31, b"x" * 100])
def test_a_damaged_key_of_users_is_told_before_anybody_is_served(
    library: Terminal, kept: bytes
) -> None:
    key = library.root / ".genaiops" / "user.key"
    key.parent.mkdir(exist_ok=True)
    key.write_bytes(kept)
    done = library("serve", "--port", "0")
    assert done.code == 4
    assert f"user.key: has {len(kept)} bytes and not 32; restore it from a copy" in done.err


def test_an_address_that_is_taken_is_told(library: Terminal) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        done = library("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 4
    assert "cannot listen at 127.0.0.1:" in done.err


def test_an_unknown_flow_is_told_with_the_nearest(library: Terminal) -> None:
    done = library("serve", "asistant")
    assert done.code == 2
    assert "did you mean 'assistant'?" in done.err


def test_what_nobody_trusts_is_not_served(library: Terminal) -> None:
    (library.root / "flows/assistant/nodes.py").write_text("def f(x): return x\n", "utf-8")
    flow = library.root / "flows/assistant/flow.yaml"
    written = flow.read_text("utf-8").replace(
        "answer:\n", "own: {python: nodes.py:f, with: {x: 1}}\n  answer:\n", 1
    )
    flow.write_text(written, "utf-8")
    assert library("serve").code == 5


def test_a_project_without_flows_has_nothing_to_serve(tmp_path: Path) -> None:
    (tmp_path / "genaiops.yaml").write_text("name: empty\n", "utf-8")
    done = Terminal(tmp_path)("serve")
    assert done.code == 2
    assert "no flow to serve" in done.err


@pytest.mark.slow
def test_on_a_full_disk_answers_go_on_and_every_run_is_recorded_or_counted(
    tmp_path: Path, model: SlowModel
) -> None:
    terminal = project_of(tmp_path, model)
    with serving(terminal, "say", file_kb=200) as server:
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="-", max_retries=0) as client:
            for number in range(150):
                assert say(client, f"number {number}") == f"You said: number {number}"
        assert "free space on its disk" in server.wait_for("answers go on")
        with urlopen(f"{server.url}/metrics") as reply:  # noqa: S310  our own server
            text = reply.read().decode()
        lost = int(re.findall(r"^genaiops_runs_unrecorded_total (\d+)$", text, re.MULTILINE)[0])
    with LiveRuns(tmp_path / LIVE_FILE) as live:
        kept = len(list(live.after(0)))
    assert lost > 0
    assert kept + lost == 150
