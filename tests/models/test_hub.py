import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.models.hub import add_from_hub, hub_address
from genaiops.models.partial import PartialFile
from genaiops.specs.weights import HubFile

DATA = bytes(range(256)) * 64
FILE = HubFile(hub="team/model", path="a b.gguf", revision="v1")


class Hub(ThreadingHTTPServer):
    """A hub with one file; it may ignore ranges, or send only the first bytes of what it says."""

    ranges = True
    sends: int | None = None
    asked: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.server.asked.append(wanted)
        if self.path != "/team/model/resolve/v1/a%20b.gguf":
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        start = start if self.server.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(DATA) - start))
        self.end_headers()
        self.wfile.write(DATA[start:][: self.server.sends])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Hub]:
    with Hub(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        yield server


async def get(hub: Hub, partial: PartialFile, file: HubFile = FILE, total: int = len(DATA)) -> None:
    environment = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}"}
    address = hub_address(file, environment)
    await add_from_hub(
        partial, address, total=total, environment=environment, on_bytes=lambda _: None
    )


def accept(partial: PartialFile) -> None:
    partial.accept(hashlib.sha256(DATA).hexdigest())


def test_the_address_is_that_of_the_hub_and_quoted() -> None:
    assert hub_address(FILE, {}) == "https://huggingface.co/team/model/resolve/v1/a%20b.gguf"


@pytest.mark.parametrize("endpoint", ["http://hub.example", "ftp://hub.example", "file:///etc"])
def test_an_endpoint_without_https_is_refused(endpoint: str) -> None:
    with pytest.raises(InputError, match="must begin with https://"):
        hub_address(FILE, {"HF_ENDPOINT": endpoint})


@pytest.mark.anyio
async def test_a_file_comes_whole(hub: Hub, tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "m", "hub")
    await get(hub, partial)
    accept(partial)


@pytest.mark.anyio
async def test_a_file_that_was_begun_goes_on(hub: Hub, tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "m", "hub")
    partial.append([DATA[:1000]])
    await get(hub, partial)
    assert hub.asked == ["bytes=1000-"]
    accept(partial)


@pytest.mark.anyio
async def test_a_hub_that_cannot_go_on_sends_all_again(hub: Hub, tmp_path: Path) -> None:
    hub.ranges = False
    partial = PartialFile(tmp_path / "m", "hub")
    partial.append([b"x" * 1000])
    await get(hub, partial)
    accept(partial)


@pytest.mark.anyio
async def test_a_reply_that_breaks_off_keeps_what_came(hub: Hub, tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "m", "hub")
    hub.sends = 5000
    with pytest.raises(ExecutionError, match="pull again"):
        await get(hub, partial)
    assert partial.size == 5000
    hub.sends = None
    await get(hub, partial)
    accept(partial)


@pytest.mark.anyio
async def test_a_file_that_is_too_long_ends_one_byte_after(hub: Hub, tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "m", "hub")
    await get(hub, partial, total=100)
    assert partial.size == 101


@pytest.mark.anyio
async def test_a_refusal_names_status_and_address(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ExecutionError, match=r"answers 404.*other\.gguf.*GENAIOPS_WEIGHT_MIRRORS"):
        await get(
            hub, PartialFile(tmp_path / "m", "hub"), HubFile(hub="team/model", path="other.gguf")
        )


@pytest.mark.anyio
async def test_a_hub_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as gone:
        pass
    with pytest.raises(ExecutionError, match=r"cannot be read.*once 127\.0\.0\.1 is reachable"):
        await get(gone, PartialFile(tmp_path / "m", "hub"))
