import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from genaiops.errors import CallError, FailureKind
from genaiops.flow.hold import Hold
from genaiops.flow.patient_embedder import PatientEmbedder
from genaiops.protocols import Vectors
from tests.quick_time import QuickLoop

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": QuickLoop}


class Shaky:
    """An embedder whose requests fail as they are told to, by their number from 0."""

    identity = "shaky"
    dimensions = 2

    def __init__(self, failing: dict[int, FailureKind]) -> None:
        self.requests: list[list[str]] = []
        self._failing = failing

    async def embed(self, texts: Sequence[str]) -> Vectors:
        number = len(self.requests)
        self.requests.append(list(texts))
        if number in self._failing:
            raise CallError(self._failing[number], "told")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        return [(0, len(text))]

    async def aclose(self) -> None: ...


TEXTS = ["a", "bb", "ccc", "dddd", "eeeee"]


async def test_a_request_that_fails_is_made_again_and_no_other() -> None:
    shaky, told = Shaky({1: "rate_limit", 2: "server"}), list[Hold]()
    patient = PatientEmbedder(shaky, "e5", batch=2, seed=0, on_hold=told.append)
    vectors = await patient.embed(TEXTS)
    assert vectors[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert shaky.requests == [["a", "bb"], *[["ccc", "dddd"]] * 3, ["eeeee"]]
    assert [hold.who for hold in told] == ["e5", "e5"]
    assert asyncio.get_running_loop().time() >= sum(hold.wait_s for hold in told)


async def test_what_would_fail_again_is_asked_once_and_the_failure_is_final() -> None:
    shaky = Shaky({0: "auth"})
    with pytest.raises(CallError) as told:
        await PatientEmbedder(shaky, "e5", batch=2, seed=0, on_hold=lambda _: None).embed(TEXTS)
    assert (told.value.is_final, len(shaky.requests)) == (True, 1)


async def test_no_text_is_no_request() -> None:
    shaky = Shaky({})
    patient = PatientEmbedder(shaky, "e5", batch=2, seed=0, on_hold=lambda _: None)
    assert (await patient.embed([])).shape == (0, 2)
    assert shaky.requests == []
