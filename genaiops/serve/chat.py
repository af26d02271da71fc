"""The chat completions of OpenAI: messages to the inputs of a flow, and an answer to a reply. Pure.

Source: the OpenAPI document of OpenAI's API, objects `chat.completion`, `chat.completion.chunk`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import Refused
from genaiops.records import Usage
from genaiops.serve.bodies import ChatMessage
from genaiops.serve.replies import as_json
from genaiops.serve.served import ServedFlow

DONE = b"data: [DONE]\n\n"
Object = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What all pieces of one reply have in common."""

    run_id: str
    flow: ServedFlow
    created: int

    def whole(self, text: str, usage: Usage) -> Object:
        """The reply in one piece."""
        message: Object = {"role": "assistant", "content": text, "refusal": None}
        choice: Object = {"message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [{"index": 0, **choice}],
            "usage": tokens(usage),
        }

    def first(self, text: str) -> bytes:
        """The event that begins a stream."""
        return self._event({"role": "assistant", "content": text})

    def piece(self, text: str) -> bytes:
        """An event with more of the text."""
        return self._event({"content": text})

    def last(self, usage: Usage | None) -> bytes:
        """The events that end a stream well; with the usage where that was asked for."""
        end = self._event({}, "stop")
        if usage is None:
            return end + DONE
        used: Object = {**self._head("chat.completion.chunk"), "choices": []}
        return end + event({**used, "usage": tokens(usage)}) + DONE

    def _event(self, delta: Object, finish_reason: str | None = None) -> bytes:
        choice: Object = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _head(self, kind: str) -> Object:
        return {
            "id": self.run_id,
            "object": kind,
            "created": self.created,
            "model": self.flow.name,
        }


def event(value: Object) -> bytes:
    """A server-sent event."""
    return b"data: " + as_json(value) + b"\n\n"


def tokens(usage: Usage) -> Object:
    """What was used, as OpenAI tells it."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def inputs_of(flow: ServedFlow, messages: Sequence[ChatMessage]) -> dict[str, JsonValue]:
    """The inputs of a flow: the last message, and those before it where the flow takes them.

    Raises:
        Refused: the flow has other inputs than a conversation fills.
    """
    if flow.chat is None:
        told = f"flow {flow.name!r} needs inputs that a chat has not; POST /v1/flows/{flow.name}"
        raise Refused(400, "not_a_chat", told)
    *before, last = messages
    inputs: dict[str, JsonValue] = {flow.chat.question: last.text}
    if flow.chat.history is not None:
        inputs[flow.chat.history] = [{"role": each.role, "content": each.text} for each in before]
    return inputs


def text_of(outputs: Mapping[str, JsonValue]) -> str:
    """The first text among the outputs of a flow, or all of them as JSON where there is none."""
    for value in outputs.values():
        if isinstance(value, str):
            return value
    return json.dumps(outputs, ensure_ascii=False)


def model_of(flow: ServedFlow) -> Object:
    """A flow as an entry of `/v1/models`."""
    return {"id": flow.name, "object": "model", "created": 0, "owned_by": "genaiops"}
