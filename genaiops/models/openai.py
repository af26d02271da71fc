"""A chat model behind any OpenAI-compatible endpoint, Azure too."""

import time
from collections.abc import Mapping
from contextlib import aclosing

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.models.chat import chat_body
from genaiops.models.endpoint import Endpoint, place
from genaiops.models.faults import ReplyFault, not_the_protocol, sent_error
from genaiops.models.parameters import with_defaults
from genaiops.models.replies import StreamedReply, read_completion
from genaiops.protocols import Allowance, OnText
from genaiops.records import Completion, CompletionRequest
from genaiops.specs import catalog

_DECIDED_BY = frozenset(
    {"messages", "parameters", "tools", "response_schema", "top_logprobs", "repeat"}
)


class OpenAIModel:
    """A chat model behind an endpoint; nothing connects before the first call."""

    def __init__(
        self,
        name: str,
        spec: catalog.OpenAIModel,
        *,
        api_key: str | None,
        environment: Mapping[str, str],
    ) -> None:
        """Take what the catalog says, with its references resolved.

        Args:
            name: The name in the catalog.
            spec: The entry; its `api_key` is not looked at.
            api_key: The key itself.
            environment: Where proxy and certificate variables are looked up.

        Raises:
            InputError: the address or the key cannot be used.
        """
        self._name = name
        self._spec = spec
        self._endpoint = Endpoint(f"model {name!r}", spec, spec.model, api_key, environment)
        self._endpoint.allowance = Allowance(**spec.limits.model_dump(), is_remote=True)
        said = spec.parameters.model_dump(mode="json", exclude_defaults=True)
        self._identity = digest(place(spec, spec.model) | {"parameters": said})

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        return self._identity

    @property
    def decided_by(self) -> frozenset[str]:
        return _DECIDED_BY

    @property
    def allowance(self) -> Allowance:
        return self._endpoint.allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        body = chat_body(request, with_defaults(request.parameters, self._spec.parameters))
        if self._endpoint.is_openai and "max_tokens" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
        self._endpoint.prepare()
        if on_text is None:
            return await self._whole(request, body)
        started = time.perf_counter()
        completion = await self._streamed(request, body, on_text)
        return completion.model_copy(update={"latency_s": time.perf_counter() - started})

    async def aclose(self) -> None:
        await self._endpoint.aclose()

    async def _whole(self, request: CompletionRequest, body: dict[str, JsonValue]) -> Completion:
        started = time.perf_counter()
        reply = await self._endpoint.ask("chat/completions", body)
        latency_s = time.perf_counter() - started
        try:
            return read_completion(reply, request, self._spec.price, latency_s)
        except ValueError as error:
            raise self._endpoint.failure(not_the_protocol(str(error), reply)) from error

    async def _streamed(
        self, request: CompletionRequest, body: dict[str, JsonValue], on_text: OnText
    ) -> Completion:
        streaming: dict[str, JsonValue] = {
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        reply = StreamedReply()
        async with aclosing(self._endpoint.events("chat/completions", body | streaming)) as events:
            async for event in events:
                if text := self._added(reply, event):
                    on_text(text)
        if not reply.is_complete:
            raise self._endpoint.failure(
                ReplyFault("truncated", "the stream ended without a reason to finish", "try again")
            )
        return reply.completion(request, self._spec.price)

    def _added(self, reply: StreamedReply, event: str) -> str:
        try:
            text = reply.add(event)
        except ValueError as error:
            fault = not_the_protocol(str(error), event.encode())
            raise self._endpoint.failure(fault) from error
        if reply.error:
            raise self._endpoint.failure(sent_error(reply.error))
        return text
