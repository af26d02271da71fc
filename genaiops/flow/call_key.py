"""The identity of a call: a digest of the model, and of what in the request decides its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.digests import canonical_json, digest_bytes
from genaiops.protocols import Model
from genaiops.records import CompletionRequest, Message, Parameters

_COMMON = frozenset(
    {"messages", "parameters", "tools", "response_schema", "top_logprobs", "repeat"}
)
_MOST_FRAMES = 64


@dataclass(frozen=True, slots=True)
class _Frame:
    """The canonical JSON around the messages; `parameters` lives on, so that its id stays its."""

    parameters: Parameters
    before: str
    after: str


class CallKeys:
    """Makes the keys of calls: the sha256 of `{"model": identity, "request": {what decides}}`.

    What the calls of a node have in common is written as JSON once.
    """

    def __init__(self) -> None:
        self._frames: dict[tuple[str, int, int, int], _Frame] = {}

    def key(self, model: Model, request: CompletionRequest) -> str:
        """The key, 64 hex digits."""
        is_plain = not (request.tools or request.attempt or request.response_schema is not None)
        if not is_plain or model.decided_by != _COMMON:
            return _digest(_whole(model, request))
        place = (model.identity, id(request.parameters), request.top_logprobs, request.repeat)
        frame = self._frames.get(place)
        if frame is None:
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
            frame = self._frames[place] = _frame(model, request)
        return _digest(f"{frame.before}{_messages_json(request.messages)}{frame.after}")


def _messages_json(messages: Sequence[Message]) -> str:
    return f"[{','.join(map(_message_json, messages))}]"


def _message_json(message: Message) -> str:
    if message.tool_calls or message.tool_call_id is not None:
        return canonical_json(message.model_dump(mode="json"))
    return (
        f'{{"content":{canonical_json(message.content)},"role":"{message.role}",'
        '"tool_call_id":null,"tool_calls":[]}'
    )


def _frame(model: Model, request: CompletionRequest) -> _Frame:
    """Cut the JSON at the messages, which are the first in the request."""
    empty = _whole(model, request.model_copy(update={"messages": ()}))
    before, _, after = empty.partition('"request":{"messages":[]')
    return _Frame(request.parameters, f'{before}"request":{{"messages":', after)


def _whole(model: Model, request: CompletionRequest) -> str:
    decisive = request.model_dump(mode="json", include=set(model.decided_by))
    if request.attempt and "repeat" in model.decided_by:
        decisive["attempt"] = request.attempt
    return canonical_json({"model": model.identity, "request": decisive})


def _digest(text: str) -> str:
    return digest_bytes(text.encode("utf-8", "surrogatepass"))
