import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("xllamacpp", reason="the local extra is not installed")

from genaiops.errors import CallError, InputError
from genaiops.models.local import LocalModel, thread_count
from genaiops.models.weights import WeightsCatalog
from genaiops.records import CompletionRequest, Message, Parameters, Tool
from genaiops.specs import catalog

NAME = "smollm2-135m"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "people": {"type": "integer"}},
    "required": ["city", "people"],
    "additionalProperties": False,
}


def spec_of(**fields: object) -> catalog.LocalModel:
    return catalog.LocalModel.model_validate({"provider": "local", "weights": NAME} | fields)


def request(text: str, max_tokens: int = 12, **fields: object) -> CompletionRequest:
    message = Message(role="user", content=text)
    return CompletionRequest.model_validate(
        {"messages": (message,), "parameters": Parameters(max_tokens=max_tokens)} | fields
    )


def weights_here() -> tuple[Path, str]:
    weights = WeightsCatalog.load(dict(os.environ))
    try:
        return weights.path(NAME), weights.digest(NAME)
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    path, sha256 = weights_here()
    model = LocalModel("small", spec_of(threads=1, context=1024), path, sha256)
    yield model
    asyncio.run(model.aclose())


@pytest.mark.parametrize(
    ("threads", "environment", "expected"),
    [
        (3, {"CI": "true"}, 3),
        (None, {"CI": "true"}, 1),
        (None, {"CI": "false"}, max(1, (os.cpu_count() or 1) - 1)),
        (None, {}, max(1, (os.cpu_count() or 1) - 1)),
    ],
)
def test_the_number_of_threads_is_fixed_before_the_first_call(
    threads: int | None, environment: dict[str, str], expected: int
) -> None:
    assert thread_count(spec_of(threads=threads), environment) == expected


def test_the_identity_covers_all_that_decides_an_answer() -> None:
    def identity(sha256: str = "a" * 64, **fields: object) -> str:
        return LocalModel(
            "m", spec_of(threads=1) if not fields else spec_of(**fields), Path("m.gguf"), sha256
        ).identity

    variants = {
        identity(),
        identity("b" * 64),
        identity(threads=2),
        identity(threads=1, context=512),
        identity(threads=1, prefix_cache=True),
        identity(threads=1, parameters={"temperature": 1}),
    }
    assert len(variants) == 6
    assert identity(threads=1, description="another") == identity()


@pytest.mark.anyio
async def test_a_file_that_is_no_model_is_a_failed_call(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(b"no weights")
    model = LocalModel("broken", spec_of(threads=1), tmp_path / "m.gguf", "a" * 64)
    with pytest.raises(CallError, match=f"genaiops weights verify {NAME}") as caught:
        await model.complete(request("Hello"))
    await model.aclose()
    assert caught.value.kind == "server"


@pytest.mark.weights
@pytest.mark.slow
@pytest.mark.anyio
class TestRealWeights:
    async def test_an_answer_has_text_usage_and_latency(self, model: LocalModel) -> None:
        completion = await model.complete(request("Name a color."))
        assert completion.text
        assert completion.finish_reason in {"stop", "length"}
        assert completion.usage.input_tokens > 5
        assert 0 < completion.usage.output_tokens <= 12
        assert completion.usage.cost_usd == 0
        assert completion.latency_s > 0

    async def test_an_answer_cut_at_its_length_says_so(self, model: LocalModel) -> None:
        completion = await model.complete(request("Write a long story.", max_tokens=3))
        assert completion.finish_reason == "length"
        assert completion.usage.output_tokens == 3

    async def test_the_pieces_join_to_the_text(self, model: LocalModel) -> None:
        pieces: list[str] = []
        completion = await model.complete(request("Größe? Say 😀."), pieces.append)
        assert len(pieces) > 1
        assert "".join(pieces) == completion.text

    async def test_the_same_request_has_the_same_bytes_whatever_was_asked_between(
        self, model: LocalModel
    ) -> None:
        asked = request("What is the capital of France?", top_logprobs=2)
        first = await model.complete(asked)
        await model.complete(request("What is the capital of Spain?"))
        second = await model.complete(asked)
        assert second.text == first.text
        assert second.logprobs == first.logprobs

    async def test_a_repeat_is_another_draw_and_the_same_repeat_is_not(
        self, model: LocalModel
    ) -> None:
        hot = Parameters(max_tokens=12, temperature=1.5, seed=7)
        asked = request("Tell me a story.", parameters=hot)
        first = await model.complete(asked)
        again = await model.complete(asked)
        other = await model.complete(asked.model_copy(update={"repeat": 1}))
        assert again.text == first.text != other.text

    async def test_the_answer_keeps_the_schema(self, model: LocalModel) -> None:
        asked = request("Berlin has 3 people.", max_tokens=80, response_schema=SCHEMA)
        answer = json.loads((await model.complete(asked)).text)
        assert set(answer) == {"city", "people"}
        assert isinstance(answer["people"], int)

    async def test_a_schema_that_the_runtime_cannot_use_is_a_schema_failure(
        self, model: LocalModel
    ) -> None:
        with pytest.raises(CallError, match="nonsense") as caught:
            await model.complete(request("Hello", response_schema={"type": "nonsense"}))
        assert caught.value.kind == "schema"

    async def test_logprobs_are_of_each_token_with_its_rivals(self, model: LocalModel) -> None:
        completion = await model.complete(request("Name a color.", max_tokens=4, top_logprobs=3))
        assert len(completion.logprobs) == completion.usage.output_tokens
        assert all(len(token.top) == 3 for token in completion.logprobs)
        assert all(low <= 0 for token in completion.logprobs for _, low in token.top)
        assert "".join(token.token for token in completion.logprobs) == completion.text

    async def test_tools_that_the_template_does_not_know_do_no_harm(
        self, model: LocalModel
    ) -> None:
        tool = Tool(name="read", description="Read", parameters={"type": "object"})
        assert (await model.complete(request("Read the meter.", tools=(tool,)))).text

    async def test_a_half_surrogate_pair_is_replaced(self, model: LocalModel) -> None:
        assert (await model.complete(request("a \ud800 b"))).text

    async def test_a_long_prompt_is_a_context_failure_with_both_numbers(
        self, model: LocalModel
    ) -> None:
        with pytest.raises(CallError, match="a context of 1024") as caught:
            await model.complete(request("word " * 1500))
        assert caught.value.kind == "context_window"

    @pytest.mark.parametrize("text", ["word " * 900, "Count to one thousand."])
    async def test_a_cancelled_call_gives_the_thread_back_within_a_second(
        self, model: LocalModel, text: str
    ) -> None:
        await model.complete(request("Hello", max_tokens=1))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await model.complete(request(text, max_tokens=900))
        cancelled = time.perf_counter()
        after = await model.complete(request("Hello", max_tokens=1))
        assert time.perf_counter() - cancelled - after.latency_s < 1

    async def test_a_fault_of_who_listens_comes_back_and_stops_the_call(
        self, model: LocalModel
    ) -> None:
        def fail(_: str) -> None:
            raise RuntimeError("the listener broke")

        with pytest.raises(RuntimeError, match="the listener broke"):
            await model.complete(request("Hello"), fail)

    async def test_calls_at_once_wait_for_each_other(self, model: LocalModel) -> None:
        asked = [request(f"Say {word}.", max_tokens=4) for word in ("one", "two", "three")]
        alone = [(await model.complete(one)).text for one in asked]
        async with asyncio.TaskGroup() as group:
            together = [group.create_task(model.complete(one)) for one in asked]
        assert [task.result().text for task in together] == alone

    async def test_nobody_can_connect_to_the_runtime(self, model: LocalModel) -> None:
        await model.complete(request("Hello", max_tokens=1))
        address = model._server.listening_address
        assert address.startswith("unix://")
        assert not Path(address.removeprefix("unix://")).parent.exists()
