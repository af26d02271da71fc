"""What an evaluation costs beside a bare asynchronous client that makes the same calls.

    python benchmarks/engine.py [--cases 200,2000] [--delays 0,0.05] [--rounds 5]
                                [--memory 2000,20000]

Both ask a small server on loopback, at a concurrency of 64. CPU is user and system time of the
whole process; "work" leaves out what one case costs, which is nearly all start-up. Wall time is
compared with cases x delay / concurrency. All of it is the median of the rounds; machines differ
and are shared, so the ratios count. Then `--help` beside that of a bare typer application, and the
largest memory of one evaluation of so many cases each, without a delay.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from typing_extensions import override

CONCURRENCY = 64
ANSWER = json.dumps(
    {
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "forty two"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 20, "completion_tokens": 2, "total_tokens": 22},
    }
).encode()
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(ANSWER)).encode()
    + b"\r\n\r\n"
    + ANSWER
)
CLIENT = """
import asyncio, json, sys
import aiohttp
url, count, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
async def main():
    cases = iter(range(count))
    connector = aiohttp.TCPConnector(limit=width)
    async with aiohttp.ClientSession(connector=connector) as session:
        async def work():
            for case in cases:
                body = {"model": "m", "messages": [{"role": "user", "content": f"What is {case}?"}]}
                async with session.post(url + "/chat/completions", json=body) as response:
                    (await response.json())["choices"][0]["message"]["content"]
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                group.create_task(work())
asyncio.run(main())
"""
BARE_HELP = """
import typer
app = typer.Typer()
@app.command()
def one(name: str) -> None: ...
@app.command()
def two(name: str) -> None: ...
app()
"""
FILES = {
    "genaiops.yaml": "name: engine\n",
    "flows/ask/flow.yaml": """\
inputs: {question: string}
nodes:
  answer: {prompt: ask.md, model: m, with: {question: "${inputs.question}"}}
outputs: {answer: "${answer.text}"}
""",
    "flows/ask/ask.md": "{{ question }}\n",
    "evals/ask.yaml": """\
flow: flows/ask
dataset: cases.jsonl
metrics: [exact_match]
concurrency: 64
""",
}


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds of a process, and its largest memory in MB."""

    cpu_s: float
    wall_s: float
    memory_mb: float


class _Answers(asyncio.Protocol):
    """Answers every request on a connection with the same bytes, after a delay."""

    delay_s = 0.0

    def __init__(self) -> None:
        self._waiting = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while True:
            head, gap, rest = self._waiting.partition(b"\r\n\r\n")
            if not gap:
                return
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            if len(rest) < length:
                return
            self._waiting = rest[length:]
            asyncio.get_running_loop().call_later(self.delay_s, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(RESPONSE)  # pyright: ignore[reportAttributeAccessIssue]  TCP


async def _serve(delay_s: float) -> None:
    _Answers.delay_s = delay_s
    server = await asyncio.get_running_loop().create_server(_Answers, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(delay_s: float) -> Generator[str]:
    """The server in a process of its own; gives its address."""
    command = [sys.executable, __file__, "--serve", str(delay_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


def environment(folder: Path) -> dict[str, str]:
    """With compiled modules, as an installed package has them, and a trust book of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PYTHONPYCACHEPREFIX": str(folder.parent / "genaiops-engine-bytecode"),
        "XDG_CONFIG_HOME": str(folder / "home"),
    }


def cost(arguments: Sequence[str], folder: Path) -> Cost:
    """Run a Python process to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    pid, status, used = os.wait4(process.pid, 0)
    assert pid == process.pid
    if status:
        raise SystemExit(process.stderr.read().decode() if process.stderr else "failed")
    wall = time.perf_counter() - started
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def write_project(folder: Path, url: str, cases: int) -> None:
    """A flow of one call, and an evaluation of so many cases."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    entry = f"models:\n  m: {{provider: openai, model: m, base_url: '{url}'}}\n"
    (folder / "catalog.yaml").write_text(entry, "utf-8")
    with (folder / "cases.jsonl").open("w", encoding="utf-8") as file:
        for case in range(cases):
            line = {
                "id": str(case),
                "inputs": {"question": f"What is {case}?"},
                "expected": {"answer": "forty two"},
            }
            file.write(json.dumps(line) + "\n")


def evaluate(folder: Path, *options: str) -> Cost:
    """`genaiops eval` in a project whose host is trusted by its digest."""
    return cost(["-m", "genaiops", "eval", "ask", *options], folder)


def trusted(folder: Path) -> None:
    """Trust the loopback host for this folder."""
    command = [sys.executable, "-m", "genaiops", "trust", "--yes"]
    subprocess.run(command, cwd=folder, env=environment(folder), check=True, capture_output=True)


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(each.cpu_s for each in costs),
        median(each.wall_s for each in costs),
        max(each.memory_mb for each in costs),
    )


def measure(url: str, cases: int, delay_s: float, rounds: int) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, url, cases)
        trusted(folder)
        client = ["-c", CLIENT, url]
        bare_one = middle([cost([*client, "1", "1"], folder) for _ in range(rounds)])
        ours_one = middle([evaluate(folder, "-n", "1", "--no-cache") for _ in range(rounds)])
        bare = middle(
            [cost([*client, str(cases), str(CONCURRENCY)], folder) for _ in range(rounds)]
        )
        ours = middle([evaluate(folder, "--no-cache") for _ in range(rounds)])
        again = middle([evaluate(folder) for _ in range(rounds)])
    ideal = cases * delay_s / CONCURRENCY
    work = (ours.cpu_s - ours_one.cpu_s) / max(bare.cpu_s - bare_one.cpu_s, 1e-9)
    wall = f"{(ours.wall_s - ours_one.wall_s) / ideal:5.2f}" if ideal else "    -"
    return (
        f"{cases:7,} {delay_s * 1000:4.0f} ms {bare.cpu_s:7.2f} {ours.cpu_s:7.2f} "
        f"{ours.cpu_s / bare.cpu_s:6.2f} {work:6.2f} {wall} {ours.memory_mb:6.0f} MB "
        f"{again.cpu_s:6.2f}"
    )


def measure_help(rounds: int) -> str:
    """What the list of commands costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = (["-c", BARE_HELP, "--help"], ["-m", "genaiops", "--help"])
        bare, ours = (
            middle([cost(each, folder) for _ in range(rounds + 1)][1:]).cpu_s for each in commands
        )
    return f"--help: {ours:.2f} s of CPU, {ours / bare:.2f} of a bare typer application's"


def measure_memory(url: str, sizes: Sequence[int]) -> Iterator[str]:
    """The memory of one evaluation of each size, as a multiple of the first."""
    first_mb = 0.0
    for cases in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_project(folder, url, cases)
            trusted(folder)
            used_mb = evaluate(folder, "--no-cache").memory_mb
        first_mb = first_mb or used_mb
        yield f"memory: {cases:7,} cases {used_mb:4.0f} MB, {used_mb / first_mb:.2f} x"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default="200,2000")
    parser.add_argument("--delays", default="0,0.05")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", default="2000,20000")
    parser.add_argument("--serve", type=float)
    asked = parser.parse_args()
    if asked.serve is not None:
        asyncio.run(_serve(asked.serve))
        return
    print("load before:", *(f"{each:.1f}" for each in os.getloadavg()))
    print("  cases   delay bare CPU    eval  ratio   work  wall    memory  re-run")
    for delay in map(float, asked.delays.split(",")):
        with serving(delay) as url:
            for cases in map(int, asked.cases.split(",")):
                print(measure(url, cases, delay, asked.rounds), flush=True)
    print(measure_help(asked.rounds))
    with serving(0) as url:
        for line in measure_memory(url, [int(each) for each in asked.memory.split(",")]):
            print(line, flush=True)
    print("load after: ", *(f"{each:.1f}" for each in os.getloadavg()))


if __name__ == "__main__":
    main()
