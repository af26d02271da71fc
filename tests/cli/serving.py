"""`genaiops serve` as a process of its own, and a model behind it that says half and then waits."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from tests.cli.terminal import Terminal
from tests.project.build import build_project
from tests.serving import served

FLOW = """\
    description: Says what was said.
    inputs: {question: string, history: {type: messages, default: []}}
    nodes:
      say: {prompt: say.md, model: slow, with: {question: "${inputs.question}"}}
    outputs: {answer: "${say.text}"}
    """


@dataclass
class SlowModel:
    """Says `You said: …`, and the second half of it only once it `may_go_on`."""

    url: str = ""
    asked: int = 0
    may_go_on: threading.Event = field(default_factory=threading.Event)
    _was_asked: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> None:
        """Wait until it was asked so often."""
        with self._was_asked:
            assert self._was_asked.wait_for(lambda: self.asked >= count, timeout=20)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        with self._was_asked:
            self.asked += 1
            self._was_asked.notify_all()
        said = body["messages"][-1]["content"].strip()
        usage = {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}
        if not body.get("stream"):
            message = {"role": "assistant", "content": f"You said: {said}"}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return web.json_response({"choices": [choice], "usage": usage})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(_event({"content": "You said: "}))
        while not self.may_go_on.is_set():  # noqa: ASYNC110  it is set in another thread
            await asyncio.sleep(0.01)
        await response.write(_event({"content": said}))
        await response.write(_event({}, "stop"))
        await response.write(b"data: [DONE]\n\n")
        return response


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


@contextmanager
def slow_model() -> Generator[SlowModel]:
    """Run the model."""
    model = SlowModel()

    def app() -> web.Application:
        made = web.Application()
        made.router.add_post("/v1/chat/completions", model.answer)
        return made

    with served(app) as port:
        model.url = f"http://127.0.0.1:{port}/v1"
        yield model


def project_of(root: Path, model: SlowModel) -> Terminal:
    """A project whose flow `say` asks the model, and which is trusted to do so."""
    entry = f'provider: openai, model: m, base_url: "{model.url}"'
    files = {
        "flows/say/flow.yaml": FLOW,
        "flows/say/say.md": "{{ question }}",
        "catalog.yaml": f"models:\n  extractive: {{provider: extractive}}\n  slow: {{{entry}}}\n",
    }
    terminal = Terminal(build_project(root, files))
    terminal.ok("trust", "--yes")
    return terminal


@dataclass
class Running:
    """A server that runs."""

    process: subprocess.Popen[str]
    url: str
    lines: list[str]
    heard: threading.Event = field(default_factory=threading.Event)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait_for(self, text: str) -> str:
        """The first line of the log with this text, once it is there."""
        for _ in range(2000):
            found = [line for line in self.lines if text in line]
            if found:
                return found[0]
            self.heard.wait(0.01)
            self.heard.clear()
        raise AssertionError(f"{text!r} was never said: {self.lines}")


@contextmanager
def serving(
    terminal: Terminal,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    file_kb: int | None = None,
) -> Generator[Running]:
    """Serve the project of a terminal on a free port; no file grows beyond `file_kb`."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GENAIOPS_")}
    env |= {"XDG_CONFIG_HOME": str(terminal.root / ".home"), **(environment or {})}
    command = [sys.executable, "-m", "genaiops", "serve", "--port", "0", *arguments]
    if file_kb is not None:
        command = ["bash", "-c", f'ulimit -f {file_kb}; exec "$@"', "bash", *command]
    with subprocess.Popen(  # noqa: S603  our own command
        command, cwd=terminal.root, env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        running = Running(process, "", [])

        def read() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                running.lines.append(line.rstrip())
                running.heard.set()

        thread = threading.Thread(target=read)
        thread.start()
        try:
            line = running.wait_for("serving ")
            running.url = re.findall(r"http://\S+", line)[0]
            yield running
        finally:
            process.terminate()
            process.wait(timeout=40)
            thread.join(timeout=10)
