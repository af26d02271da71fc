"""What a candidate that breaks does to users, and what a rollout adds to a request.

    python benchmarks/gateway.py [--seconds 20] [--requests 3200] [--rounds 3]
                                 [--queries ../shared/data/banking77/test.csv]

A server on loopback answers as two models. `genaiops serve` stands in front of it with a release of
each, and a rollout gives the candidate a tenth of the users. Twenty users a second ask for streamed
answers; after three seconds the candidate breaks in one of seven ways. Counted is what users got,
and when the rollback was recorded after the break. Then the CPU and latency that serving adds are
measured as `benchmarks/serve.py` does, with and without a rollout, where the candidate answers.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Protocol

import aiohttp
from engine import environment
from engine import serving as model
from serve import Middle, free_port, measure, queries_of, running

FILES = {
    "genaiops.yaml": "name: gateway\n",
    "flows/ask/flow.yaml": """\
inputs: {question: string}
nodes:
  say: {prompt: say.md, model: m, with: {question: "${inputs.question}"}}
outputs: {answer: "${say.text}"}
""",
    "flows/ask/say.md": "{{ question }}\n",
    "evals/ask.yaml": """\
flow: flows/ask
dataset: cases.jsonl
metrics: [pii_leak]
gates: [{metric: pii_leak, max_cases: 0}]
""",
    "cases.jsonl": '{"id": "a", "inputs": {"question": "What is it?"}}\n',
    "rollouts/ask.yaml": """\
flow: flows/ask
steps: [{weight: %g, min_time: 1h}]
guards: []
goals: [{metric: errors, margin_ratio: 2}]
""",
}
MODES = ("dead", "hang", "500", "garbage", "drip", "cut", "cut after a word")
BREAKS_AFTER_S = 3.0
PER_S = 20
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()


def whole(status: str, body: bytes, *, lacks: int = 0) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json"
    length = len(body) + lacks
    return f"{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n".encode() + body


ANSWER = STREAM + event({"content": "It "}) + event({"content": "is."}) + event({}, "stop")
MESSAGE = {"role": "assistant", "content": "It is."}
COMPLETION = {"choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]}
REPLIES = {
    "500": whole("500 Oh", b"{}"),
    "garbage": whole("200 OK", b"<html></html>"),
    "cut": whole("200 OK", b'{"choices": [', lacks=100),
    "cut after a word": STREAM + event({"content": "It "}),
}


@dataclass
class Models:
    """Answers as both models; the candidate fails in its mode."""

    mode: str = "fine"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            mode = self.mode if body["model"] == "candidate" else "fine"
            await self._reply(writer, mode, is_streamed=bool(body.get("stream")))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, mode: str, *, is_streamed: bool) -> None:
        if mode == "dead":
            writer.transport.abort()
        elif mode == "hang":
            await asyncio.sleep(60)
        elif mode == "drip":
            writer.write(STREAM)
            for _ in range(600):
                writer.write(b": wait\n\n")
                await writer.drain()
                await asyncio.sleep(0.1)
        elif mode in REPLIES:
            writer.write(REPLIES[mode])
        elif is_streamed:
            writer.write(ANSWER + b"data: [DONE]\n\n")
        else:
            writer.write(whole("200 OK", json.dumps(COMPLETION).encode()))
        await writer.drain()


@dataclass
class Seen:
    """What users got, and when the rollback was recorded, in seconds from the break."""

    got: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    rolled_back_s: float | None = None


def cli(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "genaiops", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def released(folder: Path, model_name: str, url: str) -> str:
    entry = f"models:\n  m: {{provider: openai, model: {model_name}, base_url: '{url}'}}\n"
    (folder / "catalog.yaml").write_text(entry, "utf-8")
    cli(folder, "trust", "--yes")
    cli(folder, "gate", "ask")
    made = json.loads(cli(folder, "release", "create", "ask", "--as", "ann", "--json"))
    release: str = made["release"]["id"]
    return release


@contextmanager
def project(url: str, weight: float | None) -> Generator[Path]:
    """A project with a release in production, and a rollout of another where a weight is given."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(
                text % (weight or 10) if "rollouts" in file else text, "utf-8"
            )
        stable = released(folder, "stable", url)
        cli(folder, "release", "promote", stable, "--to", "production", "--as", "ann")
        if weight is not None:
            candidate = released(folder, "candidate", url)
            cli(folder, "rollout", "start", "ask", "--candidate", candidate, "--as", "ann")
        yield folder


@contextmanager
def served(folder: Path) -> Generator[Middle]:
    port = free_port()
    command = [sys.executable, "-m", "genaiops", "serve", "--port", str(port)]
    with running(command, port, folder, GENAIOPS_TOKEN="0123456789abcdef") as process:
        yield Middle("", f"http://127.0.0.1:{port}/v1", process.pid)


async def ask(session: aiohttp.ClientSession, url: str, seen: Seen) -> None:
    user = f"user {random.getrandbits(48)}"
    messages = [{"role": "user", "content": "What is it?"}]
    body = {"model": "ask", "messages": messages, "stream": True, "user": user}
    began = time.perf_counter()
    try:
        async with session.post(f"{url}/chat/completions", json=body) as response:
            text = await response.text()
            if response.status != 200:
                seen.got["error before the first word"] += 1
            elif text.rstrip().endswith("[DONE]"):
                seen.got["complete"] += 1
            else:
                seen.got["error after it" if '"error"' in text else "silent end"] += 1
    except aiohttp.ClientError:
        seen.got["error before the first word"] += 1
    seen.slowest_s = max(seen.slowest_s, time.perf_counter() - began)


def is_rolled_back(folder: Path) -> bool:
    return "rolled back: " in (folder / ".genaiops/releases/audit.jsonl").read_text("utf-8")


async def watch(folder: Path, url: str, models: Models, mode: str, seconds: float) -> Seen:
    """Ask as users do, break the candidate, and look what comes of it."""
    seen, broke = Seen(), 0.0
    headers = {"Authorization": "Bearer 0123456789abcdef"}
    began = time.perf_counter()
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as group:
        while (passed := time.perf_counter() - began) < seconds:
            if not broke and passed > BREAKS_AFTER_S:
                models.mode, broke = mode, time.perf_counter()
            if broke and seen.rolled_back_s is None and is_rolled_back(folder):
                seen.rolled_back_s = time.perf_counter() - broke
            group.create_task(ask(session, url, seen))
            await asyncio.sleep(1 / PER_S)
    return seen


class Serves(Protocol):
    """Answers one connection."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None: ...


@asynccontextmanager
async def endpoint(models: Serves) -> AsyncGenerator[str]:
    server = await asyncio.start_server(models.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    server.close()


async def broken(mode: str, seconds: float) -> Seen:
    models = Models()
    async with endpoint(models) as url:
        stack = project(url, 10)
        folder = await asyncio.to_thread(stack.__enter__)
        try:
            place = served(folder)
            middle = await asyncio.to_thread(place.__enter__)
            try:
                return await watch(folder, middle.url, models, mode, seconds)
            finally:
                await asyncio.to_thread(place.__exit__, None, None, None)
        finally:
            stack.__exit__(None, None, None)


def main() -> None:
    """Break the candidate in each way, measure what a rollout adds, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--requests", type=int, default=3200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--modes", nargs="*", default=MODES)
    parser.add_argument("--queries", type=Path, help="a CSV with a column `text`")
    given = parser.parse_args()
    queries = queries_of(given.queries)
    for mode in given.modes:
        seen = asyncio.run(broken(mode, given.seconds))
        back = "never" if seen.rolled_back_s is None else f"{seen.rolled_back_s:.1f} s"
        got = ", ".join(f"{count} {what}" for what, count in sorted(seen.got.items()))
        print(f"{mode:18} {got}; slowest {seen.slowest_s:.1f} s; rolled back after {back}")
    if not given.rounds:
        return
    with (
        model(0.0) as url,
        project(url, None) as one,
        project(url, 99.9) as two,
        served(one) as without,
        served(two) as under,
    ):
        middles = {"a release": without, "its candidate": under}
        rounds = [
            {name: measure(each, given.requests, queries) for name, each in middles.items()}
            for _ in range(given.rounds)
        ]
    for name in middles:
        cpu_s = median(costs[name].middle_s for costs in rounds)
        p50_s = median(costs[name].latency_s for costs in rounds)
        print(f"{name:18} {cpu_s * 1e3:.3f} ms of CPU a request, p50 {p50_s * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
