"""A candidate that is asked: it has to begin in time, and whatever goes wrong is in its record."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial

from pydantic import JsonValue

from genaiops.errors import FailureKind, GenaiopsError
from genaiops.flow.watching import watching
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun
from genaiops.serve.answering import Asked
from genaiops.serve.gateway.first_text import FirstText
from genaiops.serve.served import ServedFlow


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a candidate; `is_heard`: the client has a part of what it said."""

    run: FlowRun
    seconds: float
    is_heard: bool

    @property
    def failed(self) -> bool:
        """Whether it gave no answer."""
        return self.run.outputs is None


async def tried(
    candidate: ServedFlow, asked: Asked, on_text: OnText | None, within_s: float
) -> Trial:
    """Ask a candidate, whose first text, or else whole answer, has to be there in time.

    An answer without anything in it is none.
    """
    began_s = time.perf_counter()
    hear: FirstText | None = None
    try:
        async with asyncio.timeout(within_s) as limit:
            if on_text is not None:
                hear = FirstText(on_text, partial(_begin, limit))
            with watching(asked.watch("candidate")):
                run = await candidate.flow.run(candidate.flow.bind(asked.given), on_text=hear)
    except TimeoutError:
        run = _failed(candidate, "timeout", f"nothing was there after {within_s:g} s")
    except GenaiopsError as error:
        run = _failed(candidate, "node", str(error))
    except Exception as error:  # noqa: BLE001  whatever a candidate does, stable answers
        run = _failed(candidate, "node", f"{type(error).__name__}: {error}")
    if run.outputs is not None and all(_is_blank(value) for value in run.outputs.values()):
        empty = Failure(kind="empty", message="the answer is empty")
        run = run.model_copy(update={"outputs": None, "failure": empty})
    return Trial(run, time.perf_counter() - began_s, hear is not None and hear.is_heard)


def _begin(limit: asyncio.Timeout) -> None:
    """Let a candidate go on that began in time.

    Raises:
        TimeoutError: it is too late by a moment: it is being ended already.
    """
    if limit.expired():
        raise TimeoutError
    limit.reschedule(None)


def _failed(candidate: ServedFlow, kind: FailureKind, message: str) -> FlowRun:
    return FlowRun(flow=candidate.name, inputs={}, failure=Failure(kind=kind, message=message))


def _is_blank(value: JsonValue) -> bool:
    return not (value.strip() if isinstance(value, str) else value) and value not in (0, False)
