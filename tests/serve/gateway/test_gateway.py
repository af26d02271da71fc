"""Two arms behind real servers on loopback, and clients who must not notice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from genaiops.rollout.split import arm_of
from genaiops.serve.gateway.newcomers import Room
from genaiops.serve.recording import user_hash
from tests.serve.gateway.build import HALF, gateway_at
from tests.serve.gateway.endpoint import FAILURES, Mode
from tests.serve.server import NOW, Heard, Place, request

pytestmark = pytest.mark.anyio


def users_of(arm: str, count: int, salt: str = "salt", weight: float = 0.5) -> list[str]:
    """Names of users who get an arm."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        name = f"user {number}"
        unit = user_hash(b"k" * 32, "local", name)
        if arm_of(salt, unit, weight) == arm:
            found.append(name)
        number += 1
    return found


async def say(place: Place, user: str, *, stream: bool = False, **headers: str) -> Heard:
    messages = [{"role": "user", "content": "Who are you?"}]
    body = {"model": "say", "messages": messages, "stream": stream, "user": user}
    return await place.send(request("POST", "/v1/chat/completions", body, **headers))


def text_of(heard: Heard, *, stream: bool) -> str:
    return heard.text if stream else heard.json["choices"][0]["message"]["content"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("mode", FAILURES)
async def test_where_the_candidate_fails_before_its_first_word_stable_answers(
    tmp_path: Path, mode: Mode, *, stream: bool
) -> None:
    async with gateway_at(tmp_path, mode, within_s=0.05) as at:
        for user in users_of("candidate", 6):
            heard = await say(at.place, user, stream=stream)
            assert heard.status == 200
            assert text_of(heard, stream=stream) == "I am stable."
            if stream:
                assert heard.events[-1] == "[DONE]"
        runs = at.place.writer.runs
        why_not = at.gateway.standing("up-1").why_not(HALF.budget, 0.0)
    parts = [(run.part, run.arm, run.state) for run in runs]
    failing = [("replaced", "candidate", "failed"), ("answer", "stable", "done")]
    assert parts == failing * 5 + [("answer", "stable", "done")]
    assert why_not == "5 requests of the candidate in a row failed"
    assert runs[0].of == runs[1].id
    assert runs[0].split == runs[1].split
    assert runs[-1].split is None
    assert len(at.stable.bodies) == 6


@pytest.mark.parametrize("per", ["user", "conversation"])
async def test_that_requests_name_nobody_is_told_once(
    tmp_path: Path, per: Literal["user", "conversation"]
) -> None:
    async with gateway_at(tmp_path, share=replace(HALF, per=per)) as at:
        body = {"inputs": {"question": "Who are you?"}}
        named = {f"Genaiops_{per.capitalize()}": "ann"}
        assert (await at.place.ask("POST", "/v1/flows/say", body, **named)).status == 200
        assert at.place.notes == []
        for _ in range(3):
            assert (await at.place.ask("POST", "/v1/flows/say", body)).status == 200
        (note,) = at.place.notes
    assert note.startswith(f"rollout up-1: a request names no {per};")


async def test_a_step_is_never_shown_to_more_users_than_it_takes_before_a_look_tells(
    tmp_path: Path,
) -> None:
    share = replace(HALF, room=Room(step=0, most=2, counted=0, looked_at=0.0))
    async with gateway_at(tmp_path, share=share) as at:
        users = users_of("candidate", 6)
        said = [text_of(await say(at.place, user), stream=False) for user in (*users, *users)]
        runs = at.place.writer.runs
    assert said == (["I am candidate."] * 2 + ["I am stable."] * 4) * 2
    assert [run.split is not None for run in runs] == ([True] * 2 + [False] * 4) * 2


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
async def test_a_clock_that_jumps_shows_a_step_to_nobody_more(
    tmp_path: Path, jump: timedelta
) -> None:
    share = replace(HALF, room=Room(step=0, most=2, counted=0, looked_at=0.0))
    async with gateway_at(tmp_path, share=share) as at:
        first, second, *others = users_of("candidate", 4)
        for user in (first, second):
            await say(at.place, user)
        at.gateway.clock = lambda: NOW + jump
        said = [text_of(await say(at.place, user), stream=False) for user in others]
    assert said == ["I am stable."] * 2


async def test_nobody_is_shown_a_candidate_whose_runs_cannot_be_recorded(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as at:
        first, *others = users_of("candidate", 4)
        at.place.writer.is_full = True
        assert text_of(await say(at.place, first), stream=False) == "I am candidate."
        said = [text_of(await say(at.place, user), stream=False) for user in (first, *others)]
        note = at.place.notes[-1]
    assert said == ["I am stable."] * 4
    assert note.endswith("its runs cannot be recorded, and teach nothing")


async def test_each_user_keeps_an_arm_and_a_rising_weight_sends_nobody_back(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as at:
        met: dict[str, list[str]] = {}
        for weight in (0.2, 0.5, 0.9):
            at.gateway.weights.set(replace(HALF, weight=weight))
            for user in [f"user {number}" for number in range(12)] * 2:
                said = text_of(await say(at.place, user), stream=False)
                met.setdefault(user, []).append(said)
    assert all(said == sorted(said, reverse=True) for said in met.values())
    assert {said for each in met.values() for said in each} == {"I am stable.", "I am candidate."}
    assert all(said[0] == said[1] and said[2] == said[3] for said in met.values())


async def test_trouble_after_the_first_word_is_told_by_an_error_and_never_by_done(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path) as at:
        at.candidate.stops = True
        (user,) = users_of("candidate", 1)
        heard = await say(at.place, user, stream=True)
        assert heard.text == "I"
        assert '"error"' in heard.events[-1]
        assert at.gateway.standing("up-1").breaker.recent == (True,)
        (run,) = at.place.writer.runs
    assert (run.arm, run.state, run.run.failure and run.run.failure.kind) == (
        "candidate",
        "incomplete",
        "truncated",
    )
    assert at.stable.bodies == []


async def test_what_fails_in_both_arms_is_told_and_opens_no_breaker(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, "garbage", "garbage") as at:
        for user in users_of("candidate", 6):
            assert (await say(at.place, user)).code == "upstream_error"
        assert at.gateway.standing("up-1").breaker.trouble is None
        assert {(run.part, run.arm) for run in at.place.writer.runs} == {("answer", "candidate")}


async def test_stable_is_asked_on_whatever_it_does(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, stable_mode="garbage") as at:
        for user in users_of("stable", 7):
            assert (await say(at.place, user)).status == 502
    assert len(at.stable.bodies) == 7
    assert at.candidate.bodies == []


async def test_a_client_names_neither_keys_nor_addresses_of_what_is_asked(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as at:
        (user,) = users_of("candidate", 1)
        sent = {"Api_Key": "theirs", "X_Forwarded_For": "9.9.9.9", "Cookie": "a=b"}
        heard = await say(at.place, user, OpenAI_Organization="theirs", **sent)
        assert heard.status == 200
        asked = [{"role": "user", "content": "Hi"}]
        body = {"model": "say", "messages": asked, "base_url": "http://elsewhere"}
        refused = await at.place.send(request("POST", "/v1/chat/completions", body))
    assert refused.code == "unknown_parameter"
    (head,) = at.candidate.heads
    known = {"host", "authorization", "content-type", "content-length", "user-agent"}
    assert head.keys() - known <= {"accept", "accept-encoding"}
    assert head["authorization"] == "Bearer our-own-key"


async def test_over_its_budget_the_candidate_gets_nothing_and_that_is_told(tmp_path: Path) -> None:
    budget = HALF.budget.model_copy(update={"usd_per_hour": 0.01})
    async with gateway_at(tmp_path, share=replace(HALF, budget=budget)) as at:
        said = [
            text_of(await say(at.place, user), stream=False) for user in users_of("candidate", 4)
        ]
        figures = (await at.place.ask("GET", "/metrics")).body.decode()
    assert said == ["I am candidate."] * 2 + ["I am stable."] * 2
    assert [note.partition(": ")[2] for note in at.place.notes[:-1]] == [
        "stable answers for the candidate: its budget of $0.01 an hour is used up"
    ]
    counted = 'genaiops_candidate_requests_total{flow="say",result='
    assert f'{counted}"answered"}} 2' in figures
    assert f'{counted}"withheld"}} 2' in figures
    assert [run.split is None for run in at.place.writer.runs] == [False, False, True, True]


async def test_a_candidate_that_is_not_loaded_gets_nothing(tmp_path: Path) -> None:
    other = replace(HALF, candidate="newer")
    async with gateway_at(tmp_path, share=other) as at:
        (user,) = users_of("candidate", 1)
        assert text_of(await say(at.place, user), stream=False) == "I am stable."
        assert "release newer is not loaded" in at.place.notes[0]


async def test_beside_another_release_than_its_stable_a_candidate_gets_nothing(
    tmp_path: Path,
) -> None:
    share = replace(HALF, stable="older")
    async with gateway_at(tmp_path, share=share) as at:
        (user,) = users_of("candidate", 1)
        assert text_of(await say(at.place, user), stream=False) == "I am stable."
        (run,) = at.place.writer.runs
        assert run.split is None, "it is no evidence of the rollout"
        why_not = at.gateway.why_unasked(share, at.place.desk.serving.now.flow("say"))
    assert why_not == "release old stands in production, and not older, which it is compared with"


async def test_a_conversation_keeps_an_arm_where_the_rollout_is_by_conversations(
    tmp_path: Path,
) -> None:
    by_conversation = replace(HALF, per="conversation")
    async with gateway_at(tmp_path, share=by_conversation) as at:
        said = {
            (user, number): text_of(
                await say(at.place, user, Genaiops_Conversation=f"talk {number}"), stream=False
            )
            for user in ("ann", "bob")
            for number in range(8)
        }
    assert all(said["ann", number] == said["bob", number] for number in range(8))
    assert len(set(said.values())) == 2
