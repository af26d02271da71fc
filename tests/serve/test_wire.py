"""What a client can do to a connection, and how it ends."""

import asyncio

import pytest

from genaiops.specs.serving import ServingLimits
from tests.serve.ambiguous import AMBIGUOUS
from tests.serve.server import FakeFlow, chat, offer, request, served, until

pytestmark = pytest.mark.anyio
ASK = {"inputs": {"question": "Hello"}}


@pytest.mark.parametrize("data", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_an_ambiguous_request_is_refused_and_its_connection_ends(data: bytes) -> None:
    flow = FakeFlow()
    async with served(offer(flow)) as place:
        heard = await place.send(data)
        assert heard.data[:13] in {b"HTTP/1.0 400 ", b"HTTP/1.1 400 "}
        assert heard.is_closed
        assert heard.data.count(b"Server: genaiops") == 1
        assert flow.asked == []


async def test_a_request_and_the_next_are_answered_on_one_connection() -> None:
    async with served() as place:
        first = request("POST", "/v1/flows/echo", ASK).replace(b"Connection: close\r\n", b"")
        heard = await place.send(first + request("GET", "/healthz"))
        assert heard.data.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"POST /v1/fl", b"POST /v1/flows/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: b"],
    ids=["nothing", "half a line", "half a head"],
)
async def test_a_head_that_does_not_come_to_its_end_ends_the_connection(data: bytes) -> None:
    async with served() as place:
        assert (await place.send(data)).is_closed


async def test_the_head_of_a_second_request_has_to_come_to_its_end_too() -> None:
    async with served(limits=ServingLimits(idle_s=0.2)) as place:
        first = request("GET", "/healthz").replace(b"Connection: close\r\n", b"")
        heard = await place.send(first + b"GET /healthz HT")
        assert heard.status == 200
        assert heard.is_closed


@pytest.mark.parametrize("is_answered", [True, False])
async def test_half_a_second_head_gets_no_more_time_than_half_a_first(*, is_answered: bool) -> None:
    gate = asyncio.Semaphore(3 if is_answered else 0)
    flow = FakeFlow(gate=gate)
    async with served(offer(flow), limits=ServingLimits(head_s=0.5)) as place:
        reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
        writer.write(request("POST", "/v1/flows/echo", ASK).replace(b"Connection: close\r\n", b""))
        await until(lambda: flow.asked)
        if is_answered:
            await reader.readuntil(b"}}")
        writer.write(b"GET /healthz HT")
        await place.ask("GET", "/healthz")  # the server has read by then what came before
        for _ in range(3):
            gate.release()
        async with asyncio.timeout(5):
            await reader.read()
        writer.transport.abort()


async def test_half_heads_keep_nobody_else_waiting() -> None:
    async with served() as place, asyncio.TaskGroup() as group:
        bad = [group.create_task(place.send(b"POST / HTTP/1.1\r\nHost: 127")) for _ in range(50)]
        good = [await place.ask("POST", "/v1/flows/echo", ASK) for _ in range(5)]
        assert [heard.status for heard in good] == [200] * 5
        await asyncio.wait(bad)
        assert all(task.result().is_closed for task in bad)


async def test_a_body_that_does_not_come_is_given_up() -> None:
    async with served() as place:
        heard = await place.send(request("POST", "/v1/flows/echo", ASK)[:-5])
        assert (heard.status, heard.code, heard.is_closed) == (408, "body_too_slow", True)


async def test_an_extension_of_a_chunk_that_does_not_end_is_given_up() -> None:
    async with served(limits=ServingLimits(body_s=0.2)) as place:
        head = (
            b"POST /v1/flows/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        )
        data = head + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"a" * 200_000
        heard = await place.send(data)
        assert (heard.status, heard.code, heard.is_closed) == (408, "body_too_slow", True)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["said", "in chunks"])
async def test_a_body_of_60_mb_is_refused(way: str) -> None:
    async with served(limits=ServingLimits()) as place:
        head = (
            b"POST /v1/flows/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        )
        size = 60_000_000
        told = b"Content-Length: %d\r\n\r\n" % size
        if way == "in chunks":
            told = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % size
        heard = await place.send(head + told + b" " * size, within_s=10)
        assert heard.status == 413
        assert heard.is_closed


@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + b"a" * 100_000,
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1" + b"\r\nX-A: b" * 1000,
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1",
    ],
    ids=["one header", "many headers", "the path"],
)
async def test_a_head_that_is_too_large_is_refused(head: bytes) -> None:
    async with served() as place:
        heard = await place.send(head + b"\r\n\r\n")
        assert (heard.status, heard.code, heard.is_closed) == (431, "head_too_large", True)


async def test_a_compressed_body_is_refused() -> None:
    async with served() as place:
        heard = await place.ask("POST", "/v1/flows/echo", ASK, Content_Encoding="gzip")
        assert heard.status == 415


async def test_who_asks_whether_to_send_a_body_is_told_so_after_its_head_was_let_in() -> None:
    async with served() as place:
        heard = await place.ask("POST", "/v1/flows/echo", ASK, Expect="100-continue")
        assert heard.data.startswith(
            (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200", b"HTTP/1.1 200")
        )
        heard = await place.ask(
            "POST", "/v1/flows/echo", ASK, Expect="100-continue", Origin="http://example.org"
        )
        assert heard.status == 403


async def test_a_client_that_reads_nothing_of_a_stream_is_given_up() -> None:
    flow = FakeFlow(pieces=["x" * 100_000] * 200)
    async with served(offer(flow)) as place:
        _, writer = await asyncio.open_connection("127.0.0.1", place.port, limit=1)
        writer.write(chat())
        async with asyncio.timeout(5):
            run = await place.writer.next()
        assert run.state == "incomplete"
        writer.transport.abort()


async def test_one_connection_too_many_is_closed() -> None:
    async with served(limits=ServingLimits(connections=2, drain_s=0.1)) as place:
        open_ones = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(2)]
        heard = await place.send(b"", within_s=1)
        assert heard.is_closed
        for _, writer in open_ones:
            writer.transport.abort()


async def test_an_upgrade_is_not_made() -> None:
    async with served() as place:
        heard = await place.ask("GET", "/healthz", Connection="Upgrade", Upgrade="websocket")
        assert (heard.status, heard.is_closed) == (200, True)


async def test_the_headers_of_a_reply_say_nothing_of_the_libraries() -> None:
    async with served() as place:
        assert (await place.ask("GET", "/healthz")).headers["server"] == "genaiops"
