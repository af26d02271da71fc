"""The bodies of requests, read strictly: an unknown key is told, and none is passed on. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import from_json

from genaiops.errors import Refused, suggest
from genaiops.records.rollouts import Arm

_BodyT = TypeVar("_BodyT", bound="_Body")

UNUSED = frozenset(
    {
        "frequency_penalty", "logit_bias", "max_completion_tokens", "max_tokens", "metadata",
        "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort",
        "seed", "service_tier", "stop", "store", "temperature", "top_p", "verbosity",
    }
)  # fmt: skip
"""What a flow says itself: clients send it out of habit, and it changes nothing."""
NEUTRAL: Mapping[str, tuple[JsonValue, ...]] = {
    "audio": (),
    "function_call": ("none",),
    "functions": ([],),
    "logprobs": (False,),
    "modalities": (["text"],),
    "moderation": (),
    "n": (1,),
    "parallel_tool_calls": (True, False),
    "prediction": (),
    "response_format": ({"type": "text"},),
    "tool_choice": ("none",),
    "tools": ([],),
    "top_logprobs": (0,),
    "web_search_options": (),
}
"""What a flow cannot do for a client, with the values, beside null, that do not ask for it."""
_RFC_3339 = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_ONE_JUDGEMENT: list[JsonValue] = [
    {"required": ["bad"], "properties": {"bad": {"type": "boolean"}}},
    {"required": ["score"], "properties": {"score": {"type": "number"}}},
]
Name = Annotated[str, Field(min_length=1, max_length=256)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _written(value: object) -> object:
    """A time as RFC 3339 writes it; pydantic would take seconds and short forms, too."""
    if not isinstance(value, str) or re.match(_RFC_3339, value) is None:
        raise ValueError("write a time as 2026-11-21T12:00:00Z")
    return value


_Time = Annotated[
    AwareDatetime,
    Strict(strict=False),
    BeforeValidator(_written),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _RFC_3339}),
]


class FlowBody(_Body):
    """What `POST /v1/flows/{name}` takes."""

    inputs: dict[str, JsonValue]
    user: Name | None = None


class _Part(_Body):
    type: Literal["text"]
    text: str


class ChatMessage(_Body):
    """What was said by a user or by the flow; a flow has its own system prompt."""

    role: Literal["user", "assistant"]
    content: str | Annotated[list[_Part], Field(min_length=1)]
    name: str | None = None
    refusal: None = None

    @property
    def text(self) -> str:
        """All that was said."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class _StreamOptions(_Body):
    include_usage: bool = False
    include_obfuscation: bool = False


class ChatBody(_Body):
    """What `POST /v1/chat/completions` takes and uses; `model` is a flow."""

    model: Name
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    user: Name | None = None
    safety_identifier: Name | None = None

    @property
    def tells_usage(self) -> bool:
        """Whether a stream ends with the tokens that were used."""
        return self.stream_options is not None and self.stream_options.include_usage


class _Judged(_Body):
    model_config = ConfigDict(json_schema_extra={"oneOf": _ONE_JUDGEMENT})

    bad: bool | None = None
    score: Annotated[float, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _one_judgement(self) -> Self:
        if (self.bad is None) == (self.score is None):
            raise ValueError("say one of: bad (true or false), score (from 0 to 1, the best)")
        return self

    @property
    def badness(self) -> float:
        """From 0, the best, to 1."""
        return 1 - self.score if self.score is not None else float(bool(self.bad))


class FeedbackBody(_Judged):
    """What `POST /v1/feedback` takes; `run` is the id that came with an answer."""

    run: Name


class OutcomeBody(_Judged):
    """What `POST /v1/rollouts/{name}/outcomes` takes: what a user of an own service met."""

    user: Name
    arm: Arm
    metric: Name | None = None
    at: _Time | None = None


def feedback_body(data: bytes) -> FeedbackBody:
    """The body of what a user said of an answer.

    Raises:
        Refused: it is none.
    """
    return _validated(FeedbackBody, _object(data))


def outcome_body(data: bytes) -> OutcomeBody:
    """The body of what a user of an own service met.

    Raises:
        Refused: it is none.
    """
    return _validated(OutcomeBody, _object(data))


def flow_body(data: bytes) -> FlowBody:
    """The body of a request for a flow.

    Raises:
        Refused: it is none.
    """
    return _validated(FlowBody, _object(data))


def chat_body(data: bytes) -> ChatBody:
    """The body of a chat request, without what the flow says itself.

    Raises:
        Refused: it is none, or asks for what a flow does not do.
    """
    given = {key: value for key, value in _object(data).items() if key not in UNUSED}
    for key in given.keys() & NEUTRAL.keys():
        if not _is_neutral(given[key], NEUTRAL[key]):
            told = f"{key!r} is not supported: the flow decides what its models are asked"
            raise Refused(400, "unsupported_parameter", told)
    body = _validated(ChatBody, {k: v for k, v in given.items() if k not in NEUTRAL})
    if body.messages[-1].role != "user":
        raise Refused(400, "invalid_request", "the last message must be the user's")
    return body


def _is_neutral(value: JsonValue, neutral: tuple[JsonValue, ...]) -> bool:
    """Whether a value asks for nothing; true is not 1."""
    return value is None or any(value == each and type(value) is type(each) for each in neutral)


def _object(data: bytes) -> dict[str, JsonValue]:
    try:
        value: JsonValue = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(400, "invalid_json", f"the body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(400, "invalid_request", "the body must be a JSON object")
    return value


def _validated(kind: type[_BodyT], given: dict[str, JsonValue]) -> _BodyT:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = [str(part) for part in fault["loc"]]
        if fault["type"] == "extra_forbidden" and len(place) == 1:
            known = {*kind.model_fields}
            told = f"unknown parameter {place[0][:60]!r}{suggest(place[0][:60], known)}"
            raise Refused(400, "unknown_parameter", told) from error
        what = fault["msg"].removeprefix("Value error, ")
        told = f"{'.'.join(place)[:120] or 'the body'}: {what[:1].lower()}{what[1:]}"
        raise Refused(400, "invalid_request", told) from error
