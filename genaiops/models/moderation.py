"""OpenAI's moderation as a model whose answer is JSON: the door of its own client for it."""

import time
from collections.abc import Mapping
from typing import cast

import openai

from genaiops import __version__
from genaiops.digests import canonical_json, digest
from genaiops.errors import CallError
from genaiops.models.address import checked_address
from genaiops.models.faults import ReplyFault, bounded, refused
from genaiops.models.mask import Mask
from genaiops.models.sdk_faults import sdk_fault
from genaiops.protocols import Allowance, OnText
from genaiops.records import Completion, CompletionRequest, Usage
from genaiops.specs import catalog

_DECIDED_BY = frozenset({"messages"})


class ModerationModel:
    """Judges the last message: `{"flagged": true, "scores": {"violence": 0.93, …}}`.

    Nothing connects before the first call. What the catalog says of retries holds here as for any
    model, so the client itself makes none.
    """

    def __init__(self, name: str, spec: catalog.ModerationModel, *, api_key: str | None) -> None:
        """Take what the catalog says, with its references resolved.

        Args:
            name: The name in the catalog.
            spec: The entry; its `api_key` is not looked at.
            api_key: The key itself.

        Raises:
            InputError: the address cannot be used.
        """
        address = checked_address(spec.base_url, f"model {name!r}")
        self._name = name
        self._label = f"model {name!r} at {address.netloc}"
        self._spec = spec
        self._mask = Mask([(api_key or "").strip(), *spec.headers.values()])
        self._allowance = Allowance(**spec.limits.model_dump(), is_remote=True)
        self._client = openai.AsyncOpenAI(
            api_key=(api_key or "").strip() or "none",
            admin_api_key="",
            base_url=spec.base_url,
            timeout=spec.timeouts.total_s,
            max_retries=0,
            default_headers={"User-Agent": f"genaiops/{__version__}", **spec.headers},
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False),
        )
        if address.hostname != "api.openai.com":  # an account of the environment is OpenAI's alone
            self._client.organization = self._client.project = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> str:
        return digest({"moderation": self._spec.base_url, "model": self._spec.model})

    @property
    def decided_by(self) -> frozenset[str]:
        return _DECIDED_BY

    @property
    def allowance(self) -> Allowance:
        return self._allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Judge the last message; it costs nothing.

        Raises:
            CallError: there is no judgement.
        """
        started = time.perf_counter()
        try:
            reply = await self._client.moderations.create(
                input=request.messages[-1].content, model=self._spec.model
            )
        except openai.APIStatusError as error:
            body = canonical_json({"error": error.message}).encode()
            fault = refused(
                error.status_code, error.response.headers, body, now_s=time.time(), url=""
            )
            raise self._failed(fault) from error
        except openai.OpenAIError as error:
            raise self._failed(sdk_fault(error)) from error
        if not reply.results:
            raise self._failed(
                ReplyFault("malformed", "the reply judges nothing", "check base_url")
            )
        result = reply.results[0]
        scores = cast(
            "Mapping[str, float | None]", result.category_scores.model_dump(by_alias=True)
        )
        known = {category: score for category, score in scores.items() if score is not None}
        text = canonical_json({"flagged": result.flagged, "scores": known})
        if on_text is not None:
            on_text(text)
        latency_s = time.perf_counter() - started
        return Completion(text=text, latency_s=latency_s, usage=Usage(cost_usd=0.0))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.close()

    def _failed(self, fault: ReplyFault) -> CallError:
        said = bounded(self._mask(fault.said))
        return CallError(fault.kind, f"{self._label}: {said}; {fault.remedy}")
