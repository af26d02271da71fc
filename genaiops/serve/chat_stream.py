"""A streamed chat: the events of one answer, from its first text to its end."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field

from genaiops.records import Failure
from genaiops.records.live_runs import LiveState
from genaiops.serve.answering import Answered
from genaiops.serve.chat import ChatReply, event, text_of
from genaiops.serve.exchange import Exchange
from genaiops.serve.failures import told
from genaiops.serve.replies import error_body
from genaiops.serve.streaming import pieces_of, rest_of

_CHANGED = Failure(kind="malformed", message="the answer is another one than what was sent of it")


@dataclass(slots=True)
class ChatStream:
    """One answer as events; `tells_usage`: the tokens that were used are told at the end."""

    exchange: Exchange
    reply: ChatReply
    tells_usage: bool
    _sent: list[str] = field(default_factory=list[str], init=False)
    _state: LiveState = field(default="incomplete", init=False)

    async def events(self, held: ExitStack) -> AsyncGenerator[bytes]:
        """The events; what fails before the first of them is raised.

        What fails later is told by an event with an error, and the stream ends without `[DONE]`.
        Who stops to listen ends the run. Each of these is recorded as what it was, and then `held`
        is given back.

        Raises:
            Refused: the run failed before it had any text.
        """
        done: Answered | None = None
        answer = pieces_of(self.exchange.answer, streams=self.reply.flow.streams)
        with held:
            async with aclosing(answer) as pieces:
                try:
                    async for piece in pieces:
                        done = piece.end
                        if done is None:
                            yield self._next(piece.text)
                    if done is not None:
                        last, state = self._end(done)
                        yield last
                        self._state = state
                finally:
                    self.exchange.end(done, self._state)

    def _next(self, text: str) -> bytes:
        self._sent.append(text)
        if len(self._sent) > 1:
            return self.reply.piece(text)
        self.exchange.heard()
        return self.reply.first(text)

    def _end(self, done: Answered) -> tuple[bytes, LiveState]:
        """The last events, and what the run is once they were sent.

        Raises:
            Refused: it failed, and nothing was sent of it.
        """
        outputs = done.run.outputs
        rest = None if outputs is None else rest_of("".join(self._sent), text_of(outputs))
        if rest is not None:
            more = self._next(rest) if rest or not self._sent else b""
            return more + self.reply.last(done.run.usage if self.tells_usage else None), "done"
        error = told(done.run.failure or _CHANGED, self.exchange.asked.run_id)
        if not self._sent:
            self._state = "failed"
            raise error
        return event(error_body(error)), "incomplete"
