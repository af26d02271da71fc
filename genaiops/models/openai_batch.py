"""Batches of an OpenAI endpoint, at half the price and within a day: the door of its own client."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

import openai
from openai.types import Batch
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from genaiops import __version__
from genaiops.errors import CallError, FailureKind
from genaiops.models.address import checked_address
from genaiops.models.batches import BatchState, Outcome, batch_price
from genaiops.models.chat import chat_body
from genaiops.models.faults import ReplyFault, bounded, refused
from genaiops.models.mask import Mask
from genaiops.models.parameters import with_defaults
from genaiops.models.replies import read_completion
from genaiops.models.sdk_faults import sdk_fault
from genaiops.records import CompletionRequest
from genaiops.specs import catalog

_ROUTE: Final = "/v1/chat/completions"
_NOBODY = CompletionRequest(messages=())
"""Stands for the request of an answer, whose usage the endpoint always tells."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Refusal(_Form):
    code: str | None = None
    message: str | None = None


class _Response(_Form):
    status_code: int
    body: JsonValue = None


class _Line(_Form):
    """One line of a file of results."""

    custom_id: str
    response: _Response | None = None
    error: _Refusal | None = None


class OpenAIBatches:
    """The batches of one catalog entry. Nothing connects before the first of them."""

    def __init__(self, name: str, spec: catalog.OpenAIModel, *, api_key: str | None) -> None:
        """Take what the catalog says, with its references resolved.

        Args:
            name: The name in the catalog.
            spec: The entry; its `api_key` is not looked at.
            api_key: The key itself.

        Raises:
            InputError: the address cannot be used.
        """
        address = checked_address(spec.base_url, f"model {name!r}")
        self._label = f"model {name!r} at {address.netloc}"
        self._spec = spec
        self._is_openai = address.hostname == "api.openai.com"
        self._mask = Mask([(api_key or "").strip(), *spec.headers.values()])
        self._client = openai.AsyncOpenAI(
            api_key=(api_key or "").strip() or "none",
            admin_api_key="",
            base_url=spec.base_url,
            timeout=spec.timeouts.total_s,
            default_headers={"User-Agent": f"genaiops/{__version__}", **spec.headers},
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
        )
        if not self._is_openai:  # what the environment says of an account is for OpenAI alone
            self._client.organization = self._client.project = None

    def line(self, key: str, request: CompletionRequest) -> bytes:
        """A request as a line of the file of a batch; its answer comes under the same key."""
        body = chat_body(request, with_defaults(request.parameters, self._spec.parameters))
        if self._is_openai and "max_tokens" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
        written = {
            "custom_id": key,
            "method": "POST",
            "url": _ROUTE,
            "body": {"model": self._spec.model, **body},
        }
        return json.dumps(written, separators=(",", ":")).encode() + b"\n"

    async def upload(self, lines: Iterable[bytes]) -> str:
        """Upload the file of a batch; gives its id.

        Raises:
            CallError: it did not work.
        """
        async with self._told("files"):
            content = b"".join(lines)
            uploaded = await self._client.files.create(
                file=("requests.jsonl", content), purpose="batch"
            )
        return uploaded.id

    async def create(self, file: str) -> BatchState:
        """Begin a batch; it is asked for once, for asked twice it could be paid twice.

        Raises:
            CallError: it did not work, or nobody knows: `find` tells.
        """
        async with self._told("batches"):
            once = self._client.with_options(max_retries=0)
            batch = await once.batches.create(
                completion_window="24h", endpoint=_ROUTE, input_file_id=file
            )
        return _state(batch)

    async def find(self, file: str) -> BatchState | None:
        """The batch of a file, if there is one.

        Raises:
            CallError: it did not work.
        """
        async with self._told("batches"):
            async for batch in self._client.batches.list(limit=100):
                if batch.input_file_id == file:
                    return _state(batch)
        return None

    async def state(self, batch: str) -> BatchState:
        """How far a batch is.

        Raises:
            CallError: it did not work.
        """
        async with self._told("batches"):
            return _state(await self._client.batches.retrieve(batch))

    async def outcomes(self, state: BatchState) -> AsyncGenerator[tuple[str, Outcome]]:
        """What became of each request of a batch that ended, by its key.

        Raises:
            CallError: the results could not be fetched.
        """
        for file in state.files:
            async with self._told("files"):
                content = self._client.files.with_streaming_response.content(file)
                async with content as response:
                    async for line in _lines(response.iter_bytes()):
                        yield self._outcome(line, state.id)

    def failure(self, kind: FailureKind, said: str, remedy: str) -> CallError:
        """The error of a call that a batch did not answer."""
        return CallError(kind, f"{self._label}: {bounded(self._mask(said))}; {remedy}")

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    def _outcome(self, text: bytes, batch: str) -> tuple[str, Outcome]:
        try:
            line = _Line.model_validate_json(text)
        except ValidationError as error:
            raise self.failure(
                "malformed", f"batch {batch}: a line of its results is no result", "try again"
            ) from error
        response, where = line.response, f"in batch {batch}"
        if response is None or line.error is not None:
            told = line.error or _Refusal()
            said = ": ".join(word for word in (told.code, told.message) if word)
            return line.custom_id, self.failure(
                "server", f"{where}: {said or 'no answer'}", "try again"
            )
        body = json.dumps(response.body).encode()
        if response.status_code != 200:
            fault = refused(response.status_code, {}, body, now_s=time.time(), url="")
            return line.custom_id, self._failed(fault, where)
        try:
            answer = read_completion(body, _NOBODY, batch_price(self._spec.price))
        except ValueError as error:
            return line.custom_id, self.failure("malformed", f"{where}: {error}", "try again")
        return line.custom_id, answer.model_copy(update={"batched": True})

    def _failed(self, fault: ReplyFault, where: str) -> CallError:
        return self.failure(fault.kind, f"{where}: {fault.said}", fault.remedy)

    @asynccontextmanager
    async def _told(self, what: str) -> AsyncGenerator[None]:
        """Say what went wrong in our words."""
        try:
            yield
        except openai.APIStatusError as error:
            body = json.dumps({"error": error.body}, default=str).encode()
            headers = error.response.headers
            fault = refused(error.status_code, headers, body, now_s=time.time(), url="")
            raise self._failed(fault, what) from error
        except openai.OpenAIError as error:
            raise self._failed(sdk_fault(error), what) from error


def _state(batch: Batch) -> BatchState:
    counts = batch.request_counts
    told = [
        error.message or error.code or "" for error in (batch.errors and batch.errors.data) or ()
    ]
    return BatchState(
        id=batch.id,
        status=batch.status,
        done=counts.completed + counts.failed if counts else 0,
        total=counts.total if counts else 0,
        reason="; ".join(told[:3]) or ("no reason given" if batch.status == "failed" else None),
        files=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
    )


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a file; only a line feed ends one, for texts may hold other breaks."""
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.strip():
                yield line
    if rest.strip():
        yield rest
