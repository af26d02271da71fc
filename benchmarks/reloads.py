"""Whether a release that is promoted or gone back to loses or mixes an answer.

    python benchmarks/reloads.py [--moves 20]

A server on loopback answers as two models, which say A and B ten times, in pieces in a stream.
`genaiops serve` has a release of each; one after the other is promoted to production while ten
streams and twenty requests a second go on. An answer of both letters is mixed, one that lacks some
is lost.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from gateway import PER_S, STREAM, cli, endpoint, event, project, served, whole

HEADERS = {"Authorization": "Bearer 0123456789abcdef"}
TIMES = 10


class Letters:
    """Says A as the model `stable`, and B as any other."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        letter = "A" if body["model"] == "stable" else "B"
        if body.get("stream"):
            writer.write(STREAM)
            for _ in range(TIMES):
                writer.write(event({"content": letter}))
                await asyncio.sleep(0.15)
            writer.write(event({}, "stop") + b"data: [DONE]\n\n")
        else:
            message = {"role": "assistant", "content": letter * TIMES}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            writer.write(whole("200 OK", json.dumps({"choices": [choice]}).encode()))
        writer.close()


@dataclass
class Clients:
    """Those who ask, until they are told to stop, and what they got."""

    url: str
    session: aiohttp.ClientSession
    got: Counter[str] = field(default_factory=Counter)
    is_over: bool = False

    async def ask(self, *, stream: bool) -> None:
        messages = [{"role": "user", "content": "What is it?"}]
        body = {"model": "ask", "messages": messages, "stream": stream}
        said = ""
        try:
            async with self.session.post(f"{self.url}/chat/completions", json=body) as response:
                said = said_in(await response.text(), stream=stream)
        except (aiohttp.ClientError, ValueError, KeyError):
            said = ""
        is_whole = len(said) == TIMES
        kind = "lost" if not is_whole else said[0] if len({*said}) == 1 else "mixed"
        self.got[f"{'streams' if stream else 'requests'} {kind}"] += 1

    async def stream_on(self) -> None:
        while not self.is_over:
            await self.ask(stream=True)

    async def ask_on(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self.is_over:
                group.create_task(self.ask(stream=False))
                await asyncio.sleep(1 / PER_S)


def said_in(text: str, *, stream: bool) -> str:
    if not stream:
        return str(json.loads(text)["choices"][0]["message"]["content"])
    if not text.rstrip().endswith("[DONE]"):
        return ""
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    return "".join(each["choices"][0]["delta"].get("content", "") for each in events)


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator[Clients]:
    """Ten streams and twenty requests a second, while this is open."""
    async with aiohttp.ClientSession(headers=HEADERS) as session, asyncio.TaskGroup() as group:
        clients = Clients(url, session)
        for _ in range(10):
            group.create_task(clients.stream_on())
        group.create_task(clients.ask_on())
        yield clients
        clients.is_over = True


async def moved(times: int) -> tuple[Counter[str], int]:
    """Promote one release after the other; what clients got, and how often the server reloaded."""
    async with endpoint(Letters()) as url:
        with ExitStack() as opened:
            folder = await asyncio.to_thread(opened.enter_context, project(url, 10))
            await asyncio.to_thread(cli, folder, "rollout", "abort", "--as", "ann")
            lines = (folder / ".genaiops/releases/audit.jsonl").read_text("utf-8").splitlines()
            ids = list(dict.fromkeys(json.loads(line)["event"]["release"] for line in lines))
            middle = await asyncio.to_thread(opened.enter_context, served(folder))
            async with asking(middle.url) as clients:
                for number in range(times):
                    move = ("release", "promote", ids[(number + 1) % 2], "--to", "production")
                    await asyncio.to_thread(cli, folder, *move, "--as", "ann")
                    await asyncio.sleep(1)
            reloads = (folder / "log").read_text("utf-8").count("reloaded: ")
            return clients.got, reloads


def main() -> None:
    """Move releases, and print what clients got."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=20)
    got, reloads = asyncio.run(moved(parser.parse_args().moves))
    told = ", ".join(f"{count} {what}" for what, count in sorted(got.items()))
    print(f"{reloads} reloads: {told}")


if __name__ == "__main__":
    main()
