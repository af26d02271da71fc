"""Requests that are asked twice, of which clients see one answer."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.serve.gateway.build import HALF, gateway_at
from tests.serve.gateway.test_gateway import say, text_of
from tests.serve.server import until

pytestmark = pytest.mark.anyio
SHADOW = replace(HALF, weight=0.0, is_shadowing=True)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_a_pair_is_kept_of_which_the_client_sees_stable(
    tmp_path: Path, *, stream: bool
) -> None:
    async with gateway_at(tmp_path, share=SHADOW) as at:
        heard = await say(at.place, "ann", stream=stream)
        assert text_of(heard, stream=stream) == "I am stable."
        await until(lambda: len(at.place.writer.runs) == 2)
        by_part = {run.part: run for run in at.place.writer.runs}
    ours, theirs = by_part["answer"], by_part["shadow"]
    assert (ours.arm, theirs.arm) == ("stable", "candidate")
    assert theirs.of == ours.id
    assert ours.split == theirs.split
    assert ours.split is not None
    assert ours.split.weight is None
    assert theirs.run.outputs == {"answer": "I am candidate."}
    assert theirs.run.usage.cost_usd


async def test_a_shadow_that_hangs_takes_nothing_from_users_and_what_is_too_much_is_dropped(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, "hang", share=SHADOW) as at:
        for number in range(20):
            heard = await say(at.place, f"user {number}", stream=False)
            assert text_of(heard, stream=False) == "I am stable."
        figures = (await at.place.ask("GET", "/metrics")).body.decode()
        assert 'genaiops_candidate_requests_total{flow="say",result="shadow dropped"}' in figures
        assert len(at.candidate.bodies) < 20


async def test_a_dead_shadow_is_asked_no_more(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, "garbage", share=SHADOW) as at:
        for number in range(5):
            await say(at.place, f"user {number}")
            await until(lambda so_far=number: len(at.place.writer.runs) == 2 * so_far + 2)
        await say(at.place, "one more")
        assert len(at.candidate.bodies) == 5
        assert "5 requests of the candidate in a row failed" in at.place.notes[-1]


async def test_a_flow_that_may_change_something_is_not_asked_twice(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, share=SHADOW) as at:
        served = at.place.desk.serving.now
        flow = served.flow("say")
        at.place.desk.serving.swap(
            replace(served, flows={"say": replace(flow, acts="node 'say' may call send_mail")})
        )
        assert text_of(await say(at.place, "ann"), stream=False) == "I am stable."
        assert at.candidate.bodies == []
        assert "may call send_mail" in at.place.notes[-1]
        assert at.place.writer.runs[0].split is None
