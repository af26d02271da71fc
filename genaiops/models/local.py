"""Chat models in this process: GGUF weights through xllamacpp, whose one door this is.

The runtime insists on a listener. It gets a Unix socket in a private folder that is removed as
soon as the weights are loaded, and a random key besides: nobody can connect.
"""

import asyncio
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from types import MappingProxyType
from typing import Any, cast

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import CallError, MissingExtra
from genaiops.models.chat import chat_body
from genaiops.models.parameters import with_defaults
from genaiops.models.replies import StreamedReply
from genaiops.protocols import Allowance, OnText
from genaiops.records import Completion, CompletionRequest, Parameters
from genaiops.specs import catalog

try:
    import xllamacpp
except ImportError as error:
    raise MissingExtra("the local provider", "local") from error

_DEFAULTS = Parameters(temperature=0, seed=0)
_FREE = catalog.Price(input_usd_per_mtok=0, output_usd_per_mtok=0)
_PREPARATION = "one slot, streamed, small steps"
_ONE_AT_A_TIME = Allowance(concurrency=1)
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_LARGE_BYTES = 300_000_000

TakeChunk = Callable[[object], bool]
"""Takes what the runtime hands out; true tells it to stop."""


class LocalModel:
    """GGUF weights as a `protocols.Model`: loaded on the first call, one call at a time.

    Where neither request nor catalog says so, the temperature is 0 and the seed 0. With the prefix
    cache off, the same request has the same answer, byte by byte, on the same kind of processor.
    """

    def __init__(
        self,
        name: str,
        spec: catalog.LocalModel,
        weights_path: Path,
        weights_sha256: str,
        *,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take what the catalog says.

        Args:
            name: The name in the catalog.
            spec: The entry.
            weights_path: The GGUF file.
            weights_sha256: What the file is, for the identity.
            environment: `CI` in it sets one thread where the entry names no number.
        """
        self._name = name
        self._spec = spec
        self._path = weights_path
        self._sha256 = weights_sha256
        self._threads = thread_count(spec, environment)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"local-{name}")
        self._server: Any = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        return digest(
            {
                "provider": "local",
                "weights": self._sha256,
                "runtime": f"xllamacpp {xllamacpp.__version__}; {_PREPARATION}",
                "threads": self._threads,
                "context": self._spec.context,
                "prefix_cache": self._spec.prefix_cache,
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
        return _ONE_AT_A_TIME

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer; a cancelled call stops the work of its thread within a second.

        `latency_s` is the time of the answer, without loading and waiting for other calls.

        Raises:
            CallError: the prompt is too long, the runtime refuses the request, or does not load.
        """
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[str | None] = asyncio.Queue()
        stop = Event()

        def take(chunk: object) -> bool:
            if not stop.is_set():
                loop.call_soon_threadsafe(chunks.put_nowait, json.dumps(chunk))
            return stop.is_set()

        call = loop.run_in_executor(self._thread, self._answer, self._body(request), take, stop)
        call.add_done_callback(lambda _: chunks.put_nowait(None))
        try:
            reply = await self._read(chunks, on_text)
            latency_s = await call
        finally:
            stop.set()
            call.cancel()
        if not reply.is_complete:
            raise CallError(
                "truncated", f"model {self._name!r} stopped without a reason; try again"
            )
        completion = reply.completion(request, self._spec.price or _FREE)
        return completion.model_copy(update={"latency_s": latency_s})

    async def aclose(self) -> None:
        """Give back the memory, once a call at work has stopped."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._unload)
        self._thread.shutdown(wait=False)

    def _body(self, request: CompletionRequest) -> Any:  # noqa: ANN401  plain JSON
        parameters = with_defaults(
            with_defaults(request.parameters, self._spec.parameters), _DEFAULTS
        )
        body = chat_body(request, parameters) | {
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "cache_prompt": self._spec.prefix_cache,
        }
        # the runtime takes no half of a surrogate pair
        return json.loads(_HALF_PAIR.sub("\ufffd", json.dumps(body, ensure_ascii=False)))

    async def _read(
        self, chunks: "asyncio.Queue[str | None]", on_text: OnText | None
    ) -> StreamedReply:
        reply = StreamedReply()
        while (chunk := await chunks.get()) is not None:
            try:
                text = reply.add(chunk)
            except ValueError as error:
                message = f"model {self._name!r} handed out what is no answer: {error}"
                raise CallError("malformed", message) from error
            if reply.error:
                raise self._refusal(reply.error)
            if text and on_text is not None:
                on_text(text)
        return reply

    def _refusal(self, sent: JsonValue) -> CallError:
        told = cast("dict[str, JsonValue]", sent) if isinstance(sent, dict) else {"message": sent}
        if told.get("type") == "exceed_context_size_error":
            return CallError(
                "context_window",
                f"the prompt has {told.get('n_prompt_tokens')} tokens and model {self._name!r} a "
                f"context of {told.get('n_ctx')}; shorten the prompt, or raise `context` in the "
                "catalog",
            )
        return CallError("server", f"model {self._name!r} refuses: {told.get('message')}")

    def _answer(self, body: Any, take: TakeChunk, stop: Event) -> float:  # noqa: ANN401  plain JSON
        """Run one call in the model's own thread; the seconds that it took."""
        if stop.is_set():
            return 0.0
        if self._server is None:
            self._server = self._load()
        started = time.perf_counter()
        try:
            self._server.handle_chat_completions(body, take)
        except (ValueError, RuntimeError) as error:
            kind = "schema" if "schema" in str(error).lower() else "malformed"
            message = f"the runtime of model {self._name!r} cannot take the request: {error}"
            raise CallError(kind, message) from error
        return time.perf_counter() - started

    def _load(self) -> Any:  # noqa: ANN401  xllamacpp is untyped
        try:
            with TemporaryDirectory(prefix="genaiops-") as private:
                settings = self._runtime_parameters(Path(private) / "s.sock")
                return cast("Any", xllamacpp).Server(settings)
        except (RuntimeError, OSError) as error:
            raise CallError(
                "server",
                f"the weights of model {self._name!r} do not load ({error}): check them with "
                f"`genaiops weights verify {self._spec.weights}`, the free memory, and that the "
                "folder for temporary files is on a disk that has sockets",
            ) from error

    def _runtime_parameters(self, socket: Path) -> Any:  # noqa: ANN401  xllamacpp is untyped
        settings = cast("Any", xllamacpp).CommonParams()
        settings.model.path = str(self._path)
        settings.n_ctx = self._spec.context
        settings.fit_params = False
        settings.n_parallel = 1
        settings.cpuparams.n_threads = self._threads
        settings.cpuparams_batch.n_threads = self._threads
        # a call can stop between two steps of the prompt: each must take well under a second
        settings.n_batch = 16 if self._path.stat().st_size > _LARGE_BYTES else 64
        settings.cache_prompt = self._spec.prefix_cache
        settings.cache_ram_mib = 0
        settings.warmup = False
        settings.verbosity = -1
        settings.hostnames = [str(socket)]
        settings.api_keys = [secrets.token_hex(32)]
        settings.n_threads_http = 1
        settings.ui = False
        settings.endpoint_slots = False
        settings.offline = True
        return settings

    def _unload(self) -> None:
        self._server = None


def thread_count(spec: catalog.LocalModel, environment: Mapping[str, str]) -> int:
    """The entry's number of threads; else one in CI, and all cores but one elsewhere.

    More threads than free cores are far slower than one: they wait for each other by spinning.
    """
    if spec.threads is not None:
        return spec.threads
    is_ci = environment.get("CI", "").lower() not in {"", "0", "false"}
    return 1 if is_ci else max(1, (os.cpu_count() or 1) - 1)
