import json
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest

from genaiops.drills.fault_server import (
    ANSWERED,
    FAULTS,
    STANDARD,
    Asked,
    FaultServer,
    always_well,
    by_first_word,
    mixed,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    async with FaultServer() as running:
        yield running


async def ask(server: FaultServer, text: str) -> tuple[int, str]:
    body = {"messages": [{"role": "user", "content": text}]}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session,
        session.post(f"{server.url}/chat/completions", json=body, allow_redirects=False) as reply,
    ):
        return reply.status, await reply.text()


async def test_a_message_without_a_fault_is_answered_and_kept_in_the_ledger(
    server: FaultServer,
) -> None:
    status, body = await ask(server, "Hello there")
    assert status == 200
    assert json.loads(body)["choices"][0]["message"]["content"] == "You said: Hello there"
    await ask(server, "Hello there")
    assert [(line.text, line.attempt, line.fault) for line in server.served] == [
        ("Hello there", 0, ANSWERED),
        ("Hello there", 1, ANSWERED),
    ]
    assert server.calls_of(["Hello there", "Bye"]) == {"Hello there": 2, "Bye": 0}


@pytest.mark.parametrize(
    ("fault", "status"),
    [("rate_limit", 429), ("status_503", 503), ("auth", 401), ("redirect", 307)],
)
async def test_a_fault_with_a_status_sends_it(server: FaultServer, fault: str, status: int) -> None:
    assert (await ask(server, f"{fault} 7"))[0] == status
    assert server.faults() == {fault: 1}


@pytest.mark.parametrize("fault", ["reset", "silent", "drip", "cut", "not_http"])
async def test_a_fault_of_the_connection_gives_no_reply(server: FaultServer, fault: str) -> None:
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await ask(server, fault)
    assert (await ask(server, "Hello"))[0] == 200


async def test_leaving_ends_what_still_hangs() -> None:
    async with FaultServer(lambda _: "silent") as server:
        with pytest.raises(TimeoutError):
            await ask(server, "Hello")
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(server, "Hello")


def test_every_fault_can_be_asked_for_by_name() -> None:
    assert [by_first_word(Asked(f"{fault} 1", 0)) for fault in FAULTS] == list(FAULTS)
    assert by_first_word(Asked("What is it?", 0)) == ANSWERED == always_well(Asked("silent", 0))


def test_mixed_faults_come_by_their_shares_and_again_for_the_same_seed() -> None:
    asked = [Asked(str(number), 0) for number in range(2_000)]
    served = Counter(map(mixed(7), asked))
    assert Counter(map(mixed(7), asked)) == served != Counter(map(mixed(8), asked))
    for fault, share in STANDARD.items():
        assert served[fault] == pytest.approx(2_000 * share, rel=0.5)
    assert served[ANSWERED] == pytest.approx(2_000 * 0.9, rel=0.05)
