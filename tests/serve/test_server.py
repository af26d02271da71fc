"""Draining, and flows that are exchanged while requests run."""

import asyncio

import pytest

from genaiops.errors import InputError
from genaiops.serve.served import Served
from genaiops.specs.serving import ServingLimits
from tests.serve.server import FakeFlow, chat, offer, served, until

pytestmark = pytest.mark.anyio
ASK = {"inputs": {"question": "Hello"}}


async def test_streams_come_to_their_end_after_the_order_to_stop_and_new_ones_are_refused() -> None:
    gate = asyncio.Semaphore(20)
    flow = FakeFlow(gate=gate)
    async with served(offer(flow)) as place, asyncio.TaskGroup() as group:
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", place.port)
        streams = [group.create_task(place.send(chat())) for _ in range(20)]
        await until(lambda: len(flow.asked) == 20)
        place.stop.set()
        await until(lambda: any("ending" in note for note in place.notes))
        with pytest.raises(OSError, match="onnect"):
            await place.send(chat())
        idle_writer.write(chat())
        assert (await idle_reader.read(1000)).startswith(b"HTTP/1.1 503")
        idle_writer.transport.abort()
        for _ in range(40):
            gate.release()
        assert [(await stream).events[-1] for stream in streams] == ["[DONE]"] * 20
        await until(lambda: place.is_whole is not None)
        assert place.is_whole
        assert place.closed == ["first"]
        assert [run.state for run in place.writer.runs] == ["done"] * 20


async def test_what_does_not_end_in_time_is_cut_off_and_told() -> None:
    flow = FakeFlow(gate=asyncio.Semaphore(0))
    limits = ServingLimits(drain_s=0.05)
    async with served(offer(flow), limits=limits) as place, asyncio.TaskGroup() as group:
        stream = group.create_task(place.send(chat()))
        await until(lambda: flow.asked)
        place.stop.set()
        assert (await stream).data == b""
        await until(lambda: place.is_whole is not None)
        assert not place.is_whole
        assert [run.state for run in place.writer.runs] == ["incomplete"]


async def test_a_request_keeps_the_flow_that_it_began_with_through_a_reload() -> None:
    gate = asyncio.Semaphore(1)
    old, new = FakeFlow(gate=gate), FakeFlow(pieces=("New",), digest="e" * 64)
    closed: list[str] = []

    async def close() -> None:
        closed.append("second")

    def rebuild() -> Served:
        return Served({"echo": offer(new)}, close)

    async with served(offer(old), rebuild=rebuild) as place, asyncio.TaskGroup() as group:
        stream = group.create_task(place.send(chat("Hi")))
        await until(lambda: old.asked)
        place.reload.set()
        await until(lambda: "reloaded: echo" in place.notes)
        heard = await place.ask("POST", "/v1/flows/echo", ASK)
        assert heard.json["outputs"] == {"answer": "New"}
        assert place.closed == []
        for _ in range(2):
            gate.release()
        assert (await stream).text == "You said: Hi"
        await until(lambda: place.closed == ["first"])
        assert [run.digest[0] for run in place.writer.runs] == ["e", "d"]
    assert closed == ["second"]


async def test_a_reload_that_does_not_fit_is_kept_out_with_its_reason() -> None:
    def rebuild() -> Served:
        raise InputError("flows/echo/flow.yaml:3:5: unknown key 'model'")

    async with served(rebuild=rebuild) as place:
        place.reload.set()
        await until(lambda: place.notes)
        assert place.notes[0].endswith("flows/echo/flow.yaml:3:5: unknown key 'model'")
        assert (await place.ask("GET", "/readyz")).status == 200
        assert (await place.ask("POST", "/v1/flows/echo", ASK)).status == 200
        text = (await place.ask("GET", "/metrics")).body.decode()
        assert 'genaiops_reloads_total{result="refused"} 1\n' in text


class _Reloading:
    """Another flow at each reading; what is read a fourth time does not fit."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> Served:
        self.read += 1
        if self.read % 4 == 0:
            raise InputError("it does not fit")
        return Served({"echo": offer(self.flow())}, self._close)

    def flow(self) -> FakeFlow:
        return FakeFlow(pieces=[f"{self.read} "] * 5, digest=f"{self.read:064x}")

    async def _close(self) -> None: ...


async def test_twenty_reloads_under_load_lose_nothing_and_mix_nothing() -> None:
    again = _Reloading()
    answers: list[str] = []
    async with served(offer(again.flow()), rebuild=again) as place:

        async def ask() -> None:
            while again.read < 20:
                heard = await place.send(chat())
                assert heard.events[-1] == "[DONE]"
                answers.append(heard.text)

        async with asyncio.TaskGroup() as group:
            for _ in range(10):
                group.create_task(ask())
            for count in range(1, 21):
                place.reload.set()
                await until(lambda count=count: again.read == count)
                await place.ask("GET", "/healthz")
        assert len({*answers}) > 3
        assert all(len({*answer.split()}) == 1 for answer in answers)
        assert len(place.writer.runs) == len(answers)
