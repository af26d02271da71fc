"""Replies of the chat completions protocol, whole or streamed, read into a Completion.

What is not the protocol raises ValueError; nothing here knows of connections.
"""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from genaiops.models.pricing import estimated_usage, priced
from genaiops.records import Completion, CompletionRequest, TokenLogprob, ToolCall, Usage
from genaiops.specs.catalog import Price

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]
_FINISH: dict[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


_R = TypeVar("_R", bound=_Reply)


class _Function(_Reply):
    name: str | None = None
    arguments: str | None = None


class _ToolCall(_Reply):
    index: int = 0
    id: str | None = None
    function: _Function = _Function()


class _Part(_Reply):
    text: str = ""


class _Said(_Reply):
    """A message, or the newest piece of one."""

    content: str | tuple[_Part, ...] | None = None
    refusal: str | None = None
    tool_calls: tuple[_ToolCall, ...] | None = None

    @property
    def text(self) -> str:
        """The answer; a refusal is an answer too."""
        content = self.content or self.refusal or ""
        return content if isinstance(content, str) else "".join(part.text for part in content)


class _Rival(_Reply):
    token: str
    logprob: float


class _Token(_Rival):
    top_logprobs: tuple[_Rival, ...] = ()


class _Logprobs(_Reply):
    content: tuple[_Token, ...] | None = None


class _Choice(_Reply):
    message: _Said
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Delta(_Reply):
    delta: _Said = _Said()
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Usage(_Reply):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Whole(_Reply):
    choices: tuple[_Choice, ...] = Field(min_length=1)
    usage: _Usage | None = None


class _Chunk(_Reply):
    choices: tuple[_Delta, ...] = ()
    usage: _Usage | None = None
    error: JsonValue = None


class _Embedding(_Reply):
    index: int
    embedding: tuple[float, ...]


class _Embeddings(_Reply):
    data: tuple[_Embedding, ...]


def read_completion(
    body: bytes, request: CompletionRequest, price: Price | None, latency_s: float = 0.0
) -> Completion:
    """A whole reply, that took `latency_s`.

    Raises:
        ValueError: the body is not JSON, or not a reply of the protocol.
    """
    reply = _parsed(_Whole, body)
    choice = reply.choices[0]
    calls = tuple(
        ToolCall(
            id=call.id or f"call_{place}",
            name=call.function.name or "",
            arguments=call.function.arguments or "",
        )
        for place, call in enumerate(choice.message.tool_calls or ())
    )
    text = choice.message.text
    return Completion(
        text=text,
        finish_reason=_finish(choice.finish_reason, has_calls=bool(calls)),
        tool_calls=calls,
        usage=_used(reply.usage, request, text, price),
        latency_s=latency_s,
        logprobs=_logprobs(choice.logprobs),
    )


def read_embeddings(body: bytes) -> tuple[tuple[float, ...], ...]:
    """The vectors of an embeddings reply, in the order of the texts that were sent.

    Raises:
        ValueError: the body is not JSON, or not a reply of the protocol.
    """
    found = sorted(_parsed(_Embeddings, body).data, key=lambda item: item.index)
    return tuple(item.embedding for item in found)


class StreamedReply:
    """Grows from the events of a streamed reply.

    `is_complete` says that a reason to finish was given: without one the stream was cut. `error`
    holds what the provider sent in the place of an answer.
    """

    def __init__(self) -> None:
        self.error: JsonValue = None
        self.is_complete = False
        self.events = 0
        self._text: list[str] = []
        self._calls: dict[int, tuple[str, str, list[str]]] = {}
        self._finish: str | None = None
        self._usage: _Usage | None = None
        self._logprobs: list[TokenLogprob] = []

    def add(self, event: str) -> str:
        """Take the data of one event; the answer's new piece, which may be empty.

        Raises:
            ValueError: the event is not JSON, or not of the protocol.
        """
        self.events += 1
        if event == "[DONE]":
            return ""
        chunk = _parsed(_Chunk, event)
        self.error = chunk.error or self.error
        self._usage = chunk.usage or self._usage
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._finish = choice.finish_reason or self._finish
        self.is_complete = self._finish is not None
        self._logprobs += _logprobs(choice.logprobs)
        for call in choice.delta.tool_calls or ():
            self._add_call(call)
        self._text.append(choice.delta.text)
        return choice.delta.text

    def completion(self, request: CompletionRequest, price: Price | None) -> Completion:
        """All that came, without its latency."""
        text = "".join(self._text)
        calls = tuple(
            ToolCall(id=id_, name=name, arguments="".join(arguments))
            for _, (id_, name, arguments) in sorted(self._calls.items())
        )
        return Completion(
            text=text,
            finish_reason=_finish(self._finish, has_calls=bool(calls)),
            tool_calls=calls,
            usage=_used(self._usage, request, text, price),
            logprobs=tuple(self._logprobs),
        )

    def _add_call(self, call: _ToolCall) -> None:
        id_, name, arguments = self._calls.get(call.index, ("", "", []))
        arguments.append(call.function.arguments or "")
        known = call.id or id_ or f"call_{call.index}"
        self._calls[call.index] = (known, call.function.name or name, arguments)


def _parsed(kind: type[_R], text: str | bytes) -> _R:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from error


def _finish(reason: str | None, *, has_calls: bool) -> FinishReason:
    """Our word for a server's reason; some say stop where they call tools."""
    known = _FINISH.get(reason or "", "stop")
    return "tool_calls" if has_calls and known == "stop" else known


def _used(
    usage: _Usage | None, request: CompletionRequest, text: str, price: Price | None
) -> Usage:
    """What the server reported; else an estimate of the tokens, at an unknown cost."""
    if usage is None:
        return estimated_usage(request.messages, text)
    return priced(usage.prompt_tokens, usage.completion_tokens, price)


def _logprobs(given: _Logprobs | None) -> tuple[TokenLogprob, ...]:
    return tuple(
        TokenLogprob(
            token=token.token,
            logprob=token.logprob,
            top=tuple((rival.token, rival.logprob) for rival in token.top_logprobs),
        )
        for token in (given.content if given else None) or ()
    )
