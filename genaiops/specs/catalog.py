"""`catalog.yaml`: the models and embedders that a project knows, and selections among them."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue, field_validator

from genaiops.records import Parameters
from genaiops.specs.base import Spec

Capability = Literal["json_schema", "tools", "logprobs", "streaming", "vision"]
_SECRET_REFERENCE = re.compile(r"\$\{env:[A-Za-z_][A-Za-z0-9_]*\}\Z")


class Price(Spec):
    """Prices in US dollars per million tokens."""

    input_usd_per_mtok: float = Field(ge=0)
    output_usd_per_mtok: float = Field(ge=0)


class Limits(Spec):
    """What an endpoint allows, and how it is asked."""

    requests_per_minute: int | None = Field(default=None, gt=0)
    tokens_per_minute: int | None = Field(default=None, gt=0)
    concurrency: int | None = Field(default=None, gt=0)
    hedge: bool = False
    """Race a call that is slower than 95 % of those before by a second one, for 5 % more calls."""


class Timeouts(Spec):
    """Seconds until a call is given up."""

    connect_s: float = Field(default=10, gt=0)
    first_byte_s: float = Field(default=60, gt=0)
    total_s: float = Field(default=300, gt=0)


class _Entry(Spec):
    """What every catalog model may say of itself."""

    description: str = ""
    price: Price | None = None
    """Of calls; without it their cost is unknown."""
    limits: Limits = Limits()
    """What the endpoint allows. Limits a minute that it tells itself need not be written."""
    context_window: int | None = Field(default=None, gt=0)
    """Tokens of prompt and answer together."""
    capabilities: tuple[Capability, ...] = ()
    """What a selection may require."""
    licence: str | None = None
    """An identifier such as apache-2.0, for selections."""
    region: str | None = None
    """Where it runs, for selections."""
    retires: date | None = None
    """The day from which it is retired; warned of ahead."""
    parameters: Parameters = Parameters()
    """Defaults that a prompt or a node may override."""


def _refuse_literal_secret(value: str | None) -> str | None:
    if value is not None and not _SECRET_REFERENCE.match(value):
        raise ValueError(
            "a secret is written as a reference, for example ${env:OPENAI_API_KEY}, never literally"
        )
    return value


class Service(Spec):
    """Where a service answers, and how it wants to be asked."""

    base_url: str
    """For example https://api.openai.com/v1, or for Azure the URL of the resource."""
    api_key: str | None = None
    """`${env:NAME}`; a literal key is refused."""
    headers: dict[str, str] = {}
    """Further headers of every request; a value may hold `${env:NAME}`."""
    timeouts: Timeouts = Timeouts()

    _secret = field_validator("api_key")(_refuse_literal_secret)


class Endpoint(Service):
    """Where an OpenAI-compatible service answers, Azure too."""

    api_version: str | None = None
    """Azure's api-version; given, the URL and header form of Azure is used."""


class OpenAIModel(_Entry, Endpoint):
    """Any OpenAI-compatible chat endpoint."""

    provider: Literal["openai"]
    model: str
    """The endpoint's own name of the model; for Azure the deployment."""


class LocalModel(_Entry):
    """GGUF weights that run in this process."""

    provider: Literal["local"]
    weights: str
    """A name of `genaiops weights list`."""
    threads: int | None = Field(default=None, gt=0)
    """None: one in CI, else all cores but one."""
    context: int = Field(default=4096, ge=256)
    """Tokens of prompt and answer together that memory is kept for."""
    prefix_cache: bool = False
    """Faster on shared prefixes, but answers then depend on what was asked before."""


class ReplayModel(_Entry):
    """Recorded answers; nothing is called."""

    provider: Literal["replay"]
    recording: str
    """A JSONL file, from the project root."""
    model: str
    """Whose answers: the `model` of the recording's lines."""


class ExtractiveModel(_Entry):
    """No weights: the sentences of the given passages that best answer the question."""

    provider: Literal["extractive"]
    sentences: int = Field(default=2, ge=1, le=10)
    """At most so many sentences."""
    min_support: float = Field(default=0.25, ge=0, le=1)
    """Below this support by the question's words it refuses."""
    refusal: str = "I don't know."
    """What it says instead of an answer."""


class LangchainModel(_Entry):
    """Whatever `init_chat_model` of langchain can reach."""

    provider: Literal["langchain"]
    model: str
    """langchain's name of the model."""
    model_provider: str | None = None
    """langchain's name of the provider, where the model's does not tell."""
    api_key: str | None = None
    """`${env:NAME}`; a literal key is refused."""
    arguments: dict[str, JsonValue] = {}
    """Further keyword arguments of `init_chat_model`."""

    _secret = field_validator("api_key")(_refuse_literal_secret)


class ModerationModel(_Entry, Service):
    """OpenAI's moderation, for the metric `moderation`; it answers no prompts."""

    provider: Literal["openai_moderation"]
    base_url: str = "https://api.openai.com/v1"
    """Where it answers."""
    model: str = "omni-moderation-latest"
    """OpenAI's name of the moderation model."""


ModelSpec = Annotated[
    OpenAIModel | LocalModel | ReplayModel | ExtractiveModel | LangchainModel | ModerationModel,
    Field(discriminator="provider"),
]


class OpenAIEmbedder(Endpoint):
    """Embeddings of an OpenAI-compatible endpoint."""

    provider: Literal["openai"]
    model: str
    dimensions: int = Field(gt=0)
    """Length of a vector."""
    batch: int = Field(default=128, gt=0)
    """Texts of one request."""


class LocalEmbedder(Spec):
    """MiniLM in this process."""

    provider: Literal["local"]
    weights: str
    """A name of `genaiops weights list`."""
    batch: int = Field(default=16, gt=0)
    """Texts that are embedded at once."""


EmbedderSpec = Annotated[OpenAIEmbedder | LocalEmbedder, Field(discriminator="provider")]


class Requirements(Spec):
    """What a model must be; a number is written with its comparison, such as ">=8000"."""

    context_window: str | None = Field(default=None, pattern=r"^(>=|<=|>|<)\s*\d+$")
    """Tokens."""
    usd_per_1k_cases: str | None = Field(default=None, pattern=r"^(>=|<=|>|<)\s*\d+(\.\d+)?$")
    """Measured by the evidence."""
    latency_p95_s: str | None = Field(default=None, pattern=r"^(>=|<=|>|<)\s*\d+(\.\d+)?$")
    """Measured by the evidence."""
    licence: tuple[str, ...] = ()
    """One of these."""
    region: tuple[str, ...] = ()
    """One of these."""
    provider: tuple[str, ...] = ()
    """One of these."""
    capabilities: tuple[Capability, ...] = ()
    """All of these."""
    models: tuple[str, ...] = ()
    """Only among these; empty means all of the catalog."""


class SelectionSpec(Spec):
    """A choice of model written as constraints, resolved by `genaiops select`."""

    require: Requirements = Requirements()
    """What a model must be to be considered."""
    prefer: Literal["cheapest_passing", "best_quality", "fastest_passing"]
    """Which of the models that fit is taken."""
    evidence: str
    """Path of the evaluation whose newest runs and gates decide."""
    quality: str | None = None
    """The metric for `best_quality`; the first of the evaluation by default."""


class CatalogSpec(Spec):
    """The whole catalog."""

    models: dict[str, ModelSpec] = {}
    """Name to model."""
    embedders: dict[str, EmbedderSpec] = {}
    """Name to embedder."""
    selections: dict[str, SelectionSpec] = {}
    """Name to selection; used where a model's name may stand."""
