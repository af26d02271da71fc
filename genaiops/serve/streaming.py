"""The text of an answer while it comes.

Nothing is sent before the first text is there, so that what fails until then is refused as any
request. What fails later ends the stream with an error, never with `[DONE]`.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from genaiops.protocols import OnText
from genaiops.serve.answering import Answered

Answer = Callable[[OnText | None], Awaitable[Answered]]
"""Runs a flow; what goes wrong is in the record, nothing is raised."""


@dataclass(frozen=True, slots=True)
class Piece:
    """New text of an answer; the last piece has the run instead, and what it was that answered."""

    text: str = ""
    end: Answered | None = None


async def pieces_of(answer: Answer, *, streams: bool) -> AsyncGenerator[Piece]:
    """The text of an answer as it comes, where the flow streams, and its run at the end.

    Who stops to listen ends the run.
    """
    if not streams:
        yield Piece(end=await answer(None))
        return
    queue: asyncio.Queue[Piece] = asyncio.Queue()

    def hear(text: str) -> None:
        if text:
            queue.put_nowait(Piece(text))

    async def run() -> None:
        queue.put_nowait(Piece(end=await answer(hear)))

    async with asyncio.TaskGroup() as group:
        group.create_task(run())
        while True:
            piece = await queue.get()
            yield piece
            if piece.end is not None:
                return


def rest_of(sent: str, answer: str) -> str | None:
    """What of an answer was not sent yet; None where something else was sent.

    White space around an answer is not part of it.
    """
    if answer.startswith(sent):
        return answer[len(sent) :]
    return "" if sent.strip() == answer.strip() else None
