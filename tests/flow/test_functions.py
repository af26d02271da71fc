"""Somebody's own function, and what may be wrong with it."""

import asyncio
import linecache
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from genaiops.digests import digest, digest_bytes
from genaiops.errors import InputError
from genaiops.flow.functions import UserFunction
from genaiops.flow.python_flow import PythonFlow
from tests.flow.loading import resources


class Bot:
    def answer(self, question: str) -> str:
        return question


def pieces(question: str) -> Iterator[str]:
    yield question


async def later_pieces(question: str) -> AsyncIterator[str]:
    yield question


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (Bot, "app:answer is a class; name a function, or one of its methods"),
        (pieces, "app:answer yields; write a function that returns the whole answer"),
        (later_pieces, "app:answer yields; write a function that returns the whole answer"),
    ],
)
def test_what_gives_no_answer_when_called_is_refused(function: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        UserFunction("app:answer", function)
    assert str(caught.value) == message


@pytest.mark.anyio
async def test_a_method_of_an_object_is_a_function() -> None:
    flow = PythonFlow("f", UserFunction("app:answer", Bot().answer), resources())
    assert (await flow.run({"question": "q"})).outputs == {"answer": "q"}


@pytest.mark.anyio
async def test_a_function_that_blocks_is_left_behind_when_its_time_is_over() -> None:
    gate = threading.Event()
    flow = PythonFlow("f", UserFunction("app:answer", lambda: gate.wait()), resources())  # noqa: PLW0108  a plain function
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await flow.run({})
    finally:
        gate.set()


@pytest.mark.anyio
async def test_a_function_changes_no_input_but_its_own_copy() -> None:
    def answer(words: list[str]) -> str:
        words.append("more")
        return " ".join(words)

    given = {"words": ["one"]}
    run = await PythonFlow("f", UserFunction("app:answer", answer), resources()).run(dict(given))
    assert (run.outputs, run.inputs) == ({"answer": "one more"}, {"words": ["one"]})
    assert given == {"words": ["one"]}


def test_the_source_is_the_file_or_that_of_the_function_alone(tmp_path: Path) -> None:
    assert UserFunction("app:answer", pieces_of).source == Path(__file__).read_bytes()
    text = "def answer(question):\n    return question\n"
    cell = str(tmp_path / "cell-1")
    linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)
    made: dict[str, object] = {}
    exec(compile(text, cell, "exec"), made)  # noqa: S102  as a notebook does
    function = UserFunction("app:answer", made["answer"])
    assert function.source == text.encode()
    assert function.digest == digest_bytes(text.encode())


def test_what_has_no_source_is_known_by_its_name() -> None:
    function = UserFunction("builtins:print", print)
    assert (function.source, function.digest) == (None, digest("builtins:print"))


def pieces_of(question: str) -> str:
    return question


@pytest.mark.anyio
@pytest.mark.parametrize("returned", ["a\ud800", {"answer": ["\udfff"]}, {"\ud800": "a"}])
async def test_what_no_file_can_hold_is_a_failure_of_the_function(returned: object) -> None:
    flow = PythonFlow("f", UserFunction("app:answer", lambda: returned), resources())
    run = await flow.run({})
    assert run.failure is not None
    assert "holds half of a surrogate pair (" in run.failure.message


@pytest.mark.anyio
async def test_the_message_of_what_is_raised_can_be_stored() -> None:
    def answer() -> str:
        raise ValueError("\ud800\x1b[31m")

    run = await PythonFlow("f", UserFunction("app:answer", answer), resources()).run({})
    assert "ValueError" in run.model_dump_json()


@pytest.mark.anyio
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, StopIteration, MemoryError])
async def test_nothing_that_a_function_raises_ends_the_run(error: type[BaseException]) -> None:
    def answer() -> str:
        raise error

    run = await PythonFlow("f", UserFunction("app:answer", answer), resources()).run({})
    assert run.failure is not None
    assert error.__name__ in run.failure.message
