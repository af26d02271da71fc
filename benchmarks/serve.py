"""What `genaiops serve` adds to a request beside a bare client that asks the model itself.

    python benchmarks/serve.py [--requests 6400] [--rounds 5] [--nginx /usr/sbin/nginx]
                               [--queries ../shared/data/banking77/test.csv]

A small server on loopback answers as a model at once. It is asked directly, through `genaiops
serve` whose flow is one call of it, through one that sends its spans to a collector, and through
nginx where that is there. CPU is user and system time of the process in the middle for each
request, from 64 connections; latency is the median over one connection. All of it is the median of
the rounds; machines differ and are shared, so the ratios count.
"""

import argparse
import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from engine import environment, serving, write_project

CLIENT = """
import asyncio, json, sys, time
from statistics import median
import aiohttp
url, count, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
queries = sys.stdin.read().splitlines()
bodies = [
    json.dumps({"model": "ask", "user": f"u{n}", "messages": [{"role": "user", "content": text}]})
    for n, text in enumerate(queries)
]
async def main():
    cases, took = (bodies[n % len(bodies)] for n in range(count)), []
    connector = aiohttp.TCPConnector(limit=width)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer 0123456789abcdef"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        async def work():
            for body in cases:
                began = time.perf_counter()
                async with session.post(url + "/chat/completions", data=body) as response:
                    assert response.status == 200, await response.text()
                    json.loads(await response.read())["choices"][0]["message"]["content"]
                took.append(time.perf_counter() - began)
        began = time.process_time()
        async with asyncio.TaskGroup() as group:
            for _ in range(width):
                group.create_task(work())
    print(median(took), (time.process_time() - began) / count)
asyncio.run(main())
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream model {{ server {host}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / {{ proxy_pass http://model; }}
  }}
}}
"""
WIDTH = 64
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Middle:
    """What stands between the client and the model; no process where nothing does."""

    name: str
    url: str
    process: int | None


@dataclass(frozen=True)
class Cost:
    """Of a request: CPU in the middle and of the client, and the latency on one connection."""

    middle_s: float
    client_s: float
    latency_s: float


def cpu_s(process: int) -> float:
    """User and system seconds of a process and its children that live."""
    own = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    below = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return (int(own[11]) + int(own[12])) / TICKS + sum(cpu_s(int(child)) for child in below)


def queries_of(table: Path | None) -> str:
    """What is asked, a line each; by default one short question."""
    if table is None:
        return "What is it?"
    with table.open(encoding="utf-8", newline="") as lines:
        return "\n".join(" ".join(row["text"].split()) for row in csv.DictReader(lines))


def ask(url: str, requests: int, width: int, queries: str) -> tuple[float, float]:
    """Median latency and CPU of the client for a request."""
    command = [sys.executable, "-c", CLIENT, url, str(requests), str(width)]
    done = subprocess.run(command, input=queries, capture_output=True, text=True, check=True)
    latency_s, client_s = map(float, done.stdout.split())
    return latency_s, client_s


def measure(middle: Middle, requests: int, queries: str) -> Cost:
    """One round."""
    ask(middle.url, 200, WIDTH, queries)
    began = cpu_s(middle.process) if middle.process else 0.0
    _, client_s = ask(middle.url, requests, WIDTH, queries)
    used = (cpu_s(middle.process) if middle.process else 0.0) - began
    latency_s, _ = ask(middle.url, requests // 8, 1, queries)
    return Cost(used / requests, client_s, latency_s)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], port: int, folder: Path, **options: str
) -> Generator[subprocess.Popen[bytes]]:
    """A server in a process of its own, once it takes connections."""
    log = (folder / "log").open("wb")
    env = {**environment(folder), **options}
    with subprocess.Popen(command, cwd=folder, env=env, stderr=log, stdout=log) as process:
        try:
            for _ in range(200):
                time.sleep(0.05)
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
            else:
                raise SystemExit((folder / "log").read_text("utf-8"))
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def genaiops(url: str, collector: str | None = None) -> Generator[Middle]:
    """`genaiops serve` with a flow of one call."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        write_project(folder, url, 1)
        options = {"GENAIOPS_TOKEN": "0123456789abcdef"}
        if collector is not None:
            with (folder / "genaiops.yaml").open("a", encoding="utf-8") as settings:
                settings.write("serving: {otel: true}\n")
            options["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
        trust = [sys.executable, "-m", "genaiops", "trust", "--yes"]
        subprocess.run(trust, cwd=folder, env=environment(folder), check=True, capture_output=True)
        command = [sys.executable, "-m", "genaiops", "serve", "--port", str(port)]
        called = "genaiops serve" if collector is None else "the same, with spans"
        with running(command, port, folder, **options) as process:
            yield Middle(called, f"http://127.0.0.1:{port}/v1", process.pid)


@contextmanager
def nginx(url: str, program: str) -> Generator[Middle]:
    """Nginx as a reverse proxy."""
    with tempfile.TemporaryDirectory() as name:
        folder, port, host = (
            Path(name),
            free_port(),
            url.removeprefix("http://").removesuffix("/v1"),
        )
        written = NGINX.format(folder=folder, port=port, host=host)
        (folder / "nginx.conf").write_text(written, "utf-8")
        command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
        with running(command, port, folder) as process:
            yield Middle("nginx", f"http://127.0.0.1:{port}/v1", process.pid)


def main() -> None:
    """Measure in turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=6400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nginx", default=shutil.which("nginx"))
    parser.add_argument("--queries", type=Path, help="a CSV with a column `text`")
    given = parser.parse_args()
    queries = queries_of(given.queries)
    with (
        serving(0.0) as url,
        serving(0.0) as collector,
        genaiops(url) as ours,
        genaiops(url, collector) as traced,
        nginx(url, given.nginx) if given.nginx else nullcontext() as theirs,
    ):
        middles = [Middle("directly", url, None), ours, traced, *([theirs] if theirs else [])]
        rounds = [
            {each.name: measure(each, given.requests, queries) for each in middles}
            for _ in range(given.rounds)
        ]
    print(f"{'':22}{'CPU in the middle':>20}{'of a direct call':>19}{'p50':>12}{'added':>10}")
    direct = median(costs["directly"].client_s for costs in rounds)
    for name in rounds[0]:
        middle_s = median(costs[name].middle_s for costs in rounds)
        p50_s = median(costs[name].latency_s for costs in rounds)
        added_s = median(costs[name].latency_s - costs["directly"].latency_s for costs in rounds)
        print(
            f"{name:22}{middle_s * 1e3:17.3f} ms{middle_s / direct:18.2f}x"
            f"{p50_s * 1e3:9.2f} ms{added_s * 1e3:7.2f} ms"
        )
    print(f"a direct call takes {direct * 1e3:.3f} ms of the client's CPU")


if __name__ == "__main__":
    main()
