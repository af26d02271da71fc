"""A headless Chromium, asked through its own debugging protocol: no driver stands between."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def find_browser() -> str | None:
    """The program, where one is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def running(program: str, profile: Path) -> Iterator[str]:
    """A browser that runs as long as the context; gives the address of its debugging door."""
    flags = [*_FLAGS, f"--user-data-dir={profile}"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # as root there is none
    with subprocess.Popen([program, *flags], stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  found on PATH
        assert process.stderr is not None
        try:
            said = (re.search(r"ws://(127\.0\.0\.1:\d+)/", line) for line in process.stderr)
            door = next((match[1] for match in said if match), None)
            assert door is not None, f"{program} ended before it opened its door"
            yield f"http://{door}"
        finally:
            process.terminate()
            process.communicate()


class Tab:
    """One tab: sends commands and keeps every event that comes meanwhile."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent = 0
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": params})
        while True:
            message = await self._next()
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return message["result"]

    async def open(self, address: str) -> None:
        """Load a page to the end, with all that it tells being kept."""
        for part in ("Page", "Runtime", "Log", "Network"):
            await self.call(f"{part}.enable")
        await self.call("Page.navigate", url=address)
        while not self.told("Page.loadEventFired"):
            await self._next()

    async def ask(self, expression: str) -> Any:
        """The value of an expression in the page; the page's own policy does not bind us."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def told(self, *methods: str) -> list[dict[str, Any]]:
        """The parameters of the events of these kinds so far."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    async def _next(self) -> dict[str, Any]:
        message = json.loads(await self._socket.receive_str())
        self.events.append(message)
        return message


@asynccontextmanager
async def new_tab(door: str) -> AsyncIterator[Tab]:
    """A fresh tab of a running browser."""
    async with ClientSession() as session:
        async with session.put(f"{door}/json/new?about:blank") as response:
            address = (await response.json())["webSocketDebuggerUrl"]
        async with session.ws_connect(address, max_msg_size=0) as socket:
            yield Tab(socket)
