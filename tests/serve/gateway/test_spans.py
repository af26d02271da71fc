"""What the spans of a request say where two arms stand behind the server."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.serve.gateway.build import HALF, gateway_at
from tests.serve.gateway.test_gateway import say, users_of
from tests.serve.server import request as request_to
from tests.serve.server import until
from tests.serve.spans import MemoryTracing

pytestmark = pytest.mark.anyio


async def test_a_candidate_that_stable_answered_for_is_a_span_below_the_request(
    tmp_path: Path,
) -> None:
    tracing = MemoryTracing()
    async with gateway_at(tmp_path, "garbage", tracing=tracing) as at:
        (user,) = users_of("candidate", 1)
        await say(at.place, user)
    (request,) = tracing.requests
    assert list(request.tree()) == [
        (0, "invoke_workflow say", None),
        (1, "invoke_workflow say", "malformed"),
        (2, "chat m", "malformed"),
        (1, "chat m", None),
    ]
    replaced = request.spans[0].span
    assert request.span is not None
    assert replaced is not None
    assert (
        request.span.attributes["genaiops.arm"],
        request.span.attributes["genaiops.release"],
    ) == (
        "stable",
        "old",
    )
    assert (replaced.attributes["genaiops.run.part"], replaced.attributes["genaiops.release"]) == (
        "replaced",
        "new",
    )
    assert request.span.attributes["genaiops.rollout"] == "up-1"


async def test_what_a_shadow_was_asked_is_a_span_below_the_request(tmp_path: Path) -> None:
    tracing = MemoryTracing()
    shadowing = replace(HALF, weight=0.0, is_shadowing=True)
    async with gateway_at(tmp_path, share=shadowing, tracing=tracing) as at:
        await say(at.place, "ann")
        await until(lambda: len(at.place.writer.runs) == 2)
    (request,) = tracing.requests
    assert list(request.tree()) == [
        (0, "invoke_workflow say", None),
        (1, "chat m", None),
        (1, "invoke_workflow say", None),
        (2, "chat m", None),
    ]
    shadow = request.spans[1].span
    assert shadow is not None
    assert shadow.attributes["genaiops.run.part"] == "shadow"


async def test_trouble_after_the_first_word_is_an_error_of_the_request_and_of_the_call(
    tmp_path: Path,
) -> None:
    tracing = MemoryTracing()
    async with gateway_at(tmp_path, tracing=tracing) as at:
        at.candidate.stops = True
        (user,) = users_of("candidate", 1)
        await say(at.place, user, stream=True)
    (request,) = tracing.requests
    assert list(request.tree()) == [
        (0, "invoke_workflow say", "truncated"),
        (1, "chat m", "truncated"),
    ]
    assert request.span is not None
    assert request.span.attributes["genaiops.run.state"] == "incomplete"


async def test_the_calls_of_a_client_that_leaves_are_below_its_request(tmp_path: Path) -> None:
    tracing = MemoryTracing()
    async with gateway_at(tmp_path, stable_mode="drip", tracing=tracing) as at:
        (user,) = users_of("stable", 1)
        messages = [{"role": "user", "content": "Who are you?"}]
        body = {"model": "say", "messages": messages, "stream": True, "user": user}
        await at.place.send(request_to("POST", "/v1/chat/completions", body), within_s=0.1)
        await until(lambda: tracing.requests[0].spans)
    assert list(tracing.requests[0].tree()) == [
        (0, "invoke_workflow say", "interrupted"),
        (1, "chat m", "interrupted"),
    ]
