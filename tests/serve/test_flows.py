"""`POST /v1/flows/{name}`, and what is kept of it."""

import asyncio

import pytest

from genaiops.errors import CallError, FailureKind, InputError
from genaiops.records import Failure
from genaiops.specs.serving import ServingLimits
from tests.serve.server import NOW, FakeFlow, offer, served, until

pytestmark = pytest.mark.anyio
PATH = "/v1/flows/echo"
ASK = {"inputs": {"question": "Hello"}}


async def test_a_flow_answers_with_its_outputs_usage_and_the_id_of_its_run() -> None:
    async with served() as place:
        heard = await place.ask("POST", PATH, ASK)
        (run,) = place.writer.runs
        assert heard.json == {
            "id": run.id,
            "flow": "echo",
            "outputs": {"answer": "You said: Hello"},
            "usage": {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6},
        }
        assert heard.headers["genaiops-run"] == run.id


async def test_a_run_is_kept_with_its_figures_and_without_content_or_names() -> None:
    async with served() as place:
        await place.ask("POST", PATH, {**ASK, "user": "ann@example.org"})
        (run,) = place.writer.runs
        assert (run.at, run.flow, run.arm, run.caller) == (NOW, "echo", "stable", "local")
        assert (run.state, run.run.usage.cost_usd) == ("done", 0.5)
        assert run.run.outputs == {}
        written = run.model_dump_json()
        assert not [text for text in ("Hello", "You said", "ann", "example") if text in written]
        assert run.user is not None


async def test_content_is_kept_where_the_project_says_so() -> None:
    async with served(keep_content=True) as place:
        await place.ask("POST", PATH, ASK)
        (run,) = place.writer.runs
        assert run.run.inputs == {"question": "Hello"}
        assert run.run.outputs == {"answer": "You said: Hello"}


async def test_the_same_user_has_the_same_hash_and_nobody_has_none() -> None:
    async with served() as place:
        for user in ("ann", "ann", "bob", None):
            await place.ask("POST", PATH, {**ASK, "user": user})
        first, again, other, nobody = (run.user for run in place.writer.runs)
        assert first == again != other
        assert nobody is None


BAD = {
    "no JSON": (b"{", "invalid_json"),
    "NaN": (b'{"inputs": {"question": NaN}}', "invalid_json"),
    "more than a number can be": (b'{"inputs": {"question": {"n": 1e400}}}', "invalid_request"),
    "half a pair": (rb'{"inputs": {"question": "\ud800"}}', "invalid_json"),
    "too deep": (b"[" * 5000, "invalid_json"),
    "not UTF-8": (b'{"inputs": {"question": "\xff"}}', "invalid_json"),
    "a list": (b"[]", "invalid_request"),
    "no inputs": (b"{}", "invalid_request"),
    "inputs as a text": (b'{"inputs": "Hello"}', "invalid_request"),
    "a base URL": (b'{"inputs": {}, "base_url": "http://evil.example"}', "unknown_parameter"),
    "a key": (b'{"inputs": {}, "api_key": "sk-0123456789"}', "unknown_parameter"),
    "an unknown input": (b'{"inputs": {"quest": "Hello"}}', "invalid_inputs"),
    "nothing": (b"", "invalid_json"),
}


@pytest.mark.parametrize(("body", "code"), BAD.values(), ids=BAD)
async def test_a_body_that_does_not_fit_is_told_and_nothing_runs(body: bytes, code: str) -> None:
    flow = FakeFlow()
    async with served(offer(flow)) as place:
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        heard = await place.send(head.encode() + body)
        assert (heard.status, heard.code) == (400, code)
        assert b"sk-0123456789" not in heard.data
        assert flow.asked == []
        assert place.writer.runs == []


async def test_another_type_of_content_is_refused_as_a_form_of_a_page_would_send_it() -> None:
    async with served() as place:
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            heard = await place.ask("POST", PATH, ASK, Content_Type=kind)
            assert heard.status == 415


async def test_an_unknown_flow_is_told_with_the_nearest() -> None:
    async with served() as place:
        heard = await place.ask("POST", "/v1/flows/ecko", ASK)
        assert (heard.status, heard.code) == (404, "model_not_found")
        assert "did you mean 'echo'?" in heard.json["error"]["message"]


KINDS: dict[FailureKind, int] = {
    "rate_limit": 429, "budget": 429, "timeout": 504, "server": 502, "connection": 502, "auth": 502,
    "content_filter": 400, "context_window": 400, "node": 500, "template": 500, "empty": 500,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "status"), KINDS.items(), ids=KINDS)
async def test_a_failed_run_is_told_by_its_kind_and_its_message_goes_to_the_log(
    kind: FailureKind, status: int
) -> None:
    secret = "at http://10.0.0.7/v1 with key sk-0123456789"
    flow = FakeFlow(failure=Failure(kind=kind, message=secret, where="answer"))
    async with served(offer(flow)) as place:
        heard = await place.ask("POST", PATH, ASK)
        (run,) = place.writer.runs
        assert heard.status == status
        assert run.id in heard.json["error"]["message"]
        assert b"sk-" not in heard.data
        assert b"10.0.0.7" not in heard.data
        assert place.notes == [f"run {run.id} of echo: {kind} in answer: {secret}"]
        assert (run.state, run.run.failure) == (
            "failed", Failure(kind=kind, message="", where="answer"),
        )  # fmt: skip


@pytest.mark.parametrize(
    "error", [InputError("the model is not set up"), CallError("server", "gone"), KeyError("x")]
)
async def test_whatever_a_flow_raises_is_told_and_the_server_goes_on(error: Exception) -> None:
    flow = FakeFlow(error=error)
    async with served(offer(flow)) as place:
        assert (await place.ask("POST", PATH, ASK)).status in {500, 502}
        assert place.writer.runs[0].state == "failed"
        flow.error = None
        assert (await place.ask("POST", PATH, ASK)).status == 200


async def test_an_answer_that_takes_too_long_is_given_up_and_its_run_is_ended() -> None:
    flow = FakeFlow(gate=asyncio.Semaphore(0))
    async with served(offer(flow), answer_s=0.05) as place:
        assert (await place.ask("POST", PATH, ASK)).status == 504
        assert flow.ended == ["cancelled"]
        failure = place.writer.runs[0].run.failure
        assert failure is not None
        assert failure.kind == "timeout"


async def test_who_leaves_ends_the_run_which_is_recorded_as_incomplete() -> None:
    flow = FakeFlow(gate=asyncio.Semaphore(0))
    async with served(offer(flow)) as place:
        assert not (await place.send(
            b"POST /v1/flows/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 31\r\n\r\n{"inputs": {"question": "Hey"}}',
            within_s=0.1,
        )).is_closed  # fmt: skip
        run = await place.writer.next()
        assert run.state == "incomplete"
        assert flow.ended == ["cancelled"]
        assert place.desk.capacity.running == 0


async def test_one_request_too_many_is_told_so_at_once() -> None:
    gate = asyncio.Semaphore(0)
    flow = FakeFlow(gate=gate)
    async with (
        served(offer(flow), limits=ServingLimits(concurrency=3, per_token=2)) as place,
        asyncio.TaskGroup() as group,
    ):
        running = [group.create_task(place.ask("POST", PATH, ASK)) for _ in range(2)]
        await until(lambda: len(flow.asked) == 2)
        heard = await place.ask("POST", PATH, ASK)
        assert (heard.status, heard.code) == (429, "rate_limit_exceeded")
        assert heard.headers["retry-after"] == "1"
        with place.desk.capacity.place("somebody else"):
            heard = await place.ask("POST", PATH, ASK)
            assert heard.status == 429
        assert (await place.ask("GET", "/healthz")).status == 200
        for _ in range(6):
            gate.release()
        assert [(await each).status for each in running] == [200, 200]


async def test_runs_go_on_where_they_cannot_be_recorded_and_that_is_counted() -> None:
    async with served() as place:
        place.writer.is_full = True
        assert (await place.ask("POST", PATH, ASK)).status == 200
        assert (await place.ask("POST", PATH, ASK)).status == 200
        text = (await place.ask("GET", "/metrics")).body.decode()
        assert "genaiops_runs_unrecorded_total 2\n" in text
        (note,) = place.notes
        assert "the disk is full" in note
