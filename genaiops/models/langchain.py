"""Whatever `init_chat_model` of langchain can reach: the one door of langchain's chat models.

Retries of langchain are off. Its tracing is left as the user's environment has it.
"""

import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Protocol, TypeVar, cast

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import CallError, InputError, MissingExtra
from genaiops.models.chat import tool_json
from genaiops.models.faults import ReplyFault, bounded, quoted
from genaiops.models.mask import Mask
from genaiops.models.parameters import drawn_seed, with_defaults
from genaiops.models.pricing import estimated_usage, priced
from genaiops.models.replies import FinishReason
from genaiops.models.sdk_faults import sdk_fault
from genaiops.models.told_logprobs import told_logprobs
from genaiops.protocols import Allowance, OnText
from genaiops.records import (
    Completion,
    CompletionRequest,
    Message,
    Parameters,
    ToolCall,
)
from genaiops.resolve import load_attribute
from genaiops.specs import catalog

try:
    from langchain.chat_models import init_chat_model
    from langchain_core.messages import (
        AIMessage,
        AIMessageChunk,
        BaseMessage,
        HumanMessage,
        SystemMessage,
        ToolMessage,
    )
except ImportError as error:
    raise MissingExtra("the langchain provider", "langchain") from error

_SECRET_NAME = re.compile(r"key|secret|token|password|credential", re.IGNORECASE)
_FINISH: dict[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "content_filter": "content_filter",
    "SAFETY": "content_filter",
}

_T = TypeVar("_T")


class _Chat(Protocol):
    """What is used of langchain's chat models."""

    def ainvoke(self, messages: Sequence[BaseMessage], /) -> Awaitable[AIMessage]: ...
    def astream(self, messages: Sequence[BaseMessage], /) -> AsyncIterator[AIMessageChunk]: ...
    def bind_tools(self, tools: Sequence[dict[str, JsonValue]], /) -> "_Chat": ...
    def with_structured_output(
        self, schema: dict[str, JsonValue], /, *, include_raw: bool
    ) -> "_StructuredChat": ...


class _StructuredChat(Protocol):
    def ainvoke(self, messages: Sequence[BaseMessage], /) -> Awaitable[dict[str, AIMessage]]: ...


class LangchainModel:
    """A chat model of langchain as a `protocols.Model`."""

    def __init__(self, name: str, spec: catalog.LangchainModel, *, api_key: str | None) -> None:
        """Make the chat model.

        Args:
            name: The name in the catalog.
            spec: The entry, with its references resolved; its `api_key` is not looked at.
            api_key: The key itself; without one langchain looks for its own variables.

        Raises:
            InputError: langchain does not know the provider, lacks its package, or refuses an
                argument.
        """
        self._name = name
        self._spec = spec
        self._allowance = Allowance(**spec.limits.model_dump(), is_remote=True)
        self._api_key = api_key
        hidden = [str(v) for k, v in spec.arguments.items() if _SECRET_NAME.search(k)]
        self._mask = Mask([api_key or "", *hidden])
        self._chats: dict[tuple[Parameters, int], Any] = {}
        self._chat(spec.parameters, 0)

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        arguments = {k: v for k, v in self._spec.arguments.items() if not _SECRET_NAME.search(k)}
        return digest(
            {
                "provider": "langchain",
                "model": self._spec.model,
                "model_provider": self._spec.model_provider,
                "arguments": arguments,
                "parameters": self._spec.parameters.model_dump(mode="json", exclude_defaults=True),
            }
        )

    @property
    def decided_by(self) -> frozenset[str]:
        return frozenset(
            {"messages", "parameters", "tools", "response_schema", "top_logprobs", "repeat"}
        )

    @property
    def allowance(self) -> Allowance:
        return self._allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer; an answer under a response schema is handed to `on_text` in one piece.

        Raises:
            CallError: there is no usable answer, or tools and a response schema were asked for at
                once, which langchain has no common form for.
        """
        if request.tools and request.response_schema is not None:
            said = "tools and a response schema at once are not possible through langchain"
            raise self._failure(ReplyFault("malformed", said, "use one of them, or another model"))
        parameters = with_defaults(request.parameters, self._spec.parameters)
        seed = drawn_seed(parameters.seed, request.repeat)
        chat = self._chat(parameters.model_copy(update={"seed": seed}), request.top_logprobs)
        started = time.perf_counter()
        reply = await self._reply(chat, request, on_text)
        completion = _completion(reply, request, self._spec.price)
        return completion.model_copy(update={"latency_s": time.perf_counter() - started})

    async def aclose(self) -> None:
        """Close the connections of OpenAI's client; those of other packages are their own."""
        for chat in self._chats.values():
            if hasattr(chat, "root_async_client"):
                await chat.root_async_client.close()
        self._chats.clear()

    async def _reply(
        self, chat: _Chat, request: CompletionRequest, on_text: OnText | None
    ) -> AIMessage:
        messages = [_to_langchain(message) for message in request.messages]
        if request.response_schema is not None:
            titled = {"title": "answer", "description": "The answer."} | request.response_schema
            structured = chat.with_structured_output(titled, include_raw=True)
            reply = _written((await self._awaited(structured.ainvoke(messages)))["raw"])
            if on_text is not None:
                on_text(reply.text)
            return reply
        if request.tools:
            chat = chat.bind_tools([tool_json(tool) for tool in request.tools])
        if on_text is None:
            return await self._awaited(chat.ainvoke(messages))
        whole: AIMessageChunk | None = None
        async with aclosing(self._streamed(chat, messages)) as pieces:
            async for piece in pieces:
                whole = piece if whole is None else whole + piece
                if text := str(piece.text):
                    on_text(text)
        if whole is None:
            raise self._failure(ReplyFault("truncated", "the stream was empty", "try again"))
        return whole

    async def _awaited(self, call: Awaitable[_T]) -> _T:
        try:
            return await call
        except Exception as error:
            raise self._failure(sdk_fault(error)) from error

    async def _streamed(
        self, chat: _Chat, messages: Sequence[BaseMessage]
    ) -> AsyncGenerator[AIMessageChunk]:
        try:
            async for piece in chat.astream(messages):
                yield piece
        except Exception as error:
            raise self._failure(sdk_fault(error)) from error

    def _chat(self, parameters: Parameters, top_logprobs: int) -> _Chat:
        """The chat model with these parameters, which langchain takes when it is made."""
        known = self._chats.get((parameters, top_logprobs))
        if known is not None:
            return known
        arguments: dict[str, Any] = {"max_retries": 0, **self._spec.arguments}
        arguments |= parameters.model_dump(exclude_none=True, exclude={"stop"})
        if parameters.stop:
            arguments["stop"] = list(parameters.stop)
        if top_logprobs:
            arguments |= {"logprobs": True, "top_logprobs": top_logprobs}
        if self._api_key is not None:
            arguments["api_key"] = self._api_key
        try:
            make = cast("Callable[..., object]", init_chat_model)
            chat = make(self._spec.model, model_provider=self._spec.model_provider, **arguments)
        except Exception as error:  # each provider's package raises its own
            told = bounded(self._mask(quoted(str(error).encode())))
            raise InputError(f"model {self._name!r} cannot be made by langchain: {told}") from error
        _prepare(chat, arguments)
        self._chats[parameters, top_logprobs] = chat
        return cast("_Chat", chat)

    def _failure(self, fault: ReplyFault) -> CallError:
        said = bounded(self._mask(fault.said))
        message = f"model {self._name!r} through langchain: {said}; {fault.remedy}"
        return CallError(fault.kind, message, retry_after_s=fault.retry_after_s)


def _prepare(chat: Any, arguments: Mapping[str, Any]) -> None:  # noqa: ANN401 - of any package
    """Ask for usage in streams too, and leave langchain's one pool of connections to OpenAI.

    It is shared by the whole process and breaks in a second event loop.
    """
    if hasattr(chat, "stream_usage") and "stream_usage" not in arguments:
        chat.stream_usage = True
    if hasattr(chat, "root_async_client") and "openai_proxy" not in arguments:
        pool = cast("Callable[[], object]", load_attribute("openai:DefaultAsyncHttpxClient"))
        chat.root_async_client = chat.root_async_client.copy(http_client=pool())
        chat.async_client = chat.root_async_client.chat.completions


def _to_langchain(message: Message) -> BaseMessage:
    match message.role:
        case "system":
            return SystemMessage(message.content)
        case "user":
            return HumanMessage(message.content)
        case "tool":
            return ToolMessage(message.content, tool_call_id=message.tool_call_id or "")
        case "assistant":
            calls: list[dict[str, Any]] = [
                {"id": call.id, "name": call.name, "args": _arguments(call.arguments)}
                for call in message.tool_calls
            ]
            return AIMessage(message.content, tool_calls=cast("Any", calls))


def _arguments(written: str) -> dict[str, JsonValue]:
    """The arguments of a call; what is no JSON object is kept under a name that says so."""
    with suppress(ValueError):
        arguments: JsonValue = json.loads(written)
        if isinstance(arguments, dict):
            return arguments
    return {"not_json": written}


def _written(reply: AIMessage) -> AIMessage:
    """A structured answer as its text, also where the provider gave it as a call of a tool."""
    if reply.text or not reply.tool_calls:
        return reply
    text = json.dumps(reply.tool_calls[0]["args"], ensure_ascii=False)
    return reply.model_copy(update={"content": text, "tool_calls": []})


def _completion(
    reply: AIMessage, request: CompletionRequest, price: catalog.Price | None
) -> Completion:
    text, used = str(reply.text), reply.usage_metadata
    told = cast("Mapping[str, Any]", reply.response_metadata)
    calls = (
        *((call["id"], call["name"], json.dumps(call["args"])) for call in reply.tool_calls),
        *((call["id"], call["name"], call["args"]) for call in reply.invalid_tool_calls),
    )
    reason = _FINISH.get(str(told.get("finish_reason") or told.get("stop_reason")), "stop")
    return Completion(
        text=text,
        finish_reason="tool_calls" if calls and reason == "stop" else reason,
        tool_calls=tuple(
            ToolCall(id=id_ or f"call_{place}", name=name or "", arguments=arguments or "")
            for place, (id_, name, arguments) in enumerate(calls)
        ),
        usage=priced(used["input_tokens"], used["output_tokens"], price)
        if used
        else estimated_usage(request.messages, text),
        logprobs=told_logprobs(told),
    )
