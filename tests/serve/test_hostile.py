"""Requests that were damaged at random: the server refuses or answers them, and goes on."""

import asyncio
import random

import pytest

from tests.serve.server import FakeFlow, chat, offer, request, served

pytestmark = pytest.mark.anyio
ASK = request("POST", "/v1/flows/echo", {"inputs": {"question": "Hello"}, "user": "ann"})
WHOLE = (ASK, chat("Hi"), chat("Hi", stream=False), request("GET", "/openapi.json"))
INSERTED = (
    b"\r\n",
    b"\n",
    b"\0",
    b":",
    b"  ",
    b"\xff",
    b"{",
    b'"',
    b"9",
    b"chunked",
    b"%2f..",
    b"a" * 9000,
)


def damaged(draw: random.Random) -> bytes:
    data = bytearray(draw.choice(WHOLE))
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(data))
        match draw.randrange(4):
            case 0:
                data[place] = draw.randrange(256)
            case 1:
                del data[place : place + draw.randint(1, 20)]
            case 2:
                data[place:place] = draw.choice(INSERTED)
            case _:
                data[place:place] = data[draw.randrange(len(data)) :][:50]
    return bytes(data)


@pytest.mark.slow
async def test_a_damaged_request_is_answered_or_refused_and_the_next_is_served() -> None:
    draw = random.Random(7)  # noqa: S311  no secret
    async with served(offer(FakeFlow())) as place:
        for _ in range(4):
            sending = [place.send(damaged(draw), within_s=0.5) for _ in range(50)]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(each) for each in sending]
            heard = [task.result() for task in tasks]
            assert [each for each in heard if each.data and each.status >= 500] == []
        assert (await place.send(ASK)).status == 200
        assert [note for note in place.notes if "fault" in note] == []
        assert place.desk.capacity.running == 0
