"""The OpenAPI document of what is served. Pure.

Source: OpenAPI Specification 3.1.0.
"""

from pydantic import JsonValue

from genaiops import __version__
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.serve.bodies import NEUTRAL, UNUSED, ChatBody, FeedbackBody, OutcomeBody
from genaiops.serve.definitions import hoisted
from genaiops.serve.served import Served, ServedFlow
from genaiops.specs.json_schema import Schema

_ERROR: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "code": {"type": "string"},
                "param": {"type": "null"},
            },
            "required": ["message", "type", "code"],
        }
    },
    "required": ["error"],
}
_USAGE: Schema = {
    "type": "object",
    "properties": {
        name: {"type": "integer", "minimum": 0}
        for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    },
    "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
}
_MODEL: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "object": {"const": "model"},
        "created": {"type": "integer"},
        "owned_by": {"type": "string"},
    },
    "required": ["id", "object", "created", "owned_by"],
}
_COMPLETION: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "object": {"const": "chat.completion"},
        "created": {"type": "integer"},
        "model": {"type": "string"},
        "choices": {"type": "array", "minItems": 1, "items": {"type": "object"}},
        "usage": _USAGE,
    },
    "required": ["id", "object", "created", "model", "choices", "usage"],
}
_STATUS: Schema = {"type": "object", "properties": {"status": {"const": "ok"}}}

_EVENTS: Schema = {"text/event-stream": {}}
_NAME: Schema = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}


def document(served: Served, *, needs_token: bool) -> dict[str, JsonValue]:
    """The document of all routes; each flow has a path of its own, with its inputs and outputs."""
    flows = served.flows.values()
    chats: list[JsonValue] = [flow.name for flow in flows if flow.chat]
    models: Schema = {"object": {"const": "list"}, "data": {"type": "array", "items": _MODEL}}
    chat = _post("Ask a flow as a chat.", _chat_schema(chats), _COMPLETION, also=_EVENTS)
    paths: dict[str, JsonValue] = {
        "/healthz": {"get": {**_get("Whether the server lives.", _STATUS), "security": []}},
        "/readyz": {"get": {**_get("Whether it takes requests.", _STATUS), "security": []}},
        "/metrics": {"get": _text("Figures for Prometheus.", "text/plain")},
        "/openapi.json": {"get": _get("This document.", {"type": "object"})},
        "/v1/models": {
            "get": _get("The flows that a chat can ask.", {"type": "object", "properties": models})
        },
        "/v1/models/{name}": {
            "get": _get("One of them.", _MODEL),
            "parameters": [_NAME],
        },
        "/v1/chat/completions": {"post": chat},
        **{f"/v1/flows/{flow.name}": {"post": _flow(flow)} for flow in flows},
        "/v1/feedback": {
            "post": _post("Say how an answer was.", FeedbackBody.model_json_schema(), _STATUS)
        },
        "/v1/rollouts/{name}": {
            "get": _get("The verdict on the newest rollout of a name.", _verdict()),
            "parameters": [_NAME],
        },
        "/v1/rollouts/{name}/outcomes": {
            "post": _post(
                "Tell what a user of your own service met.",
                OutcomeBody.model_json_schema(),
                _STATUS,
            ),
            "parameters": [_NAME],
        },
    }
    schemas: dict[str, JsonValue] = {}
    return {
        "openapi": "3.1.0",
        "info": {"title": "genaiops", "version": __version__},
        "security": [{"token": []}] if needs_token else [],
        "paths": hoisted(paths, schemas),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _flow(flow: ServedFlow) -> Schema:
    asked: Schema = {
        "type": "object",
        "properties": {
            "inputs": flow.inputs,
            "user": {"type": ["string", "null"], "minLength": 1, "maxLength": 256},
        },
        "required": ["inputs"],
        "additionalProperties": False,
    }
    answer: Schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "flow": {"type": "string"},
            "outputs": flow.outputs,
            "usage": _USAGE,
        },
        "required": ["id", "flow", "outputs", "usage"],
    }
    return _post(flow.description or f"Run {flow.name}.", asked, answer)


def _chat_schema(chats: list[JsonValue]) -> Schema:
    schema: Schema = ChatBody.model_json_schema()
    properties = schema["properties"]
    if isinstance(properties, dict):
        neutral: Schema = {name: {"enum": [None, *NEUTRAL[name]]} for name in sorted(NEUTRAL)}
        properties |= {"model": {"enum": chats}, **neutral}
        properties |= {name: {} for name in sorted(UNUSED)}
    return schema


def _verdict() -> Schema:
    schema: Schema = RolloutVerdict.model_json_schema(mode="serialization")
    properties = schema["properties"]
    if isinstance(properties, dict):
        properties["exit_code"] = {"enum": [0, 1, 3]}
    return schema


def _get(summary: str, answer: Schema) -> Schema:
    return {"summary": summary, "responses": _responses("application/json", answer)}


def _text(summary: str, content_type: str) -> Schema:
    return {"summary": summary, "responses": _responses(content_type, {"type": "string"})}


def _post(summary: str, asked: Schema, answer: Schema, *, also: Schema | None = None) -> Schema:
    body: Schema = {"required": True, "content": {"application/json": {"schema": asked}}}
    return {
        "summary": summary,
        "requestBody": body,
        "responses": _responses("application/json", answer, also=also),
    }


def _responses(content_type: str, schema: Schema, *, also: Schema | None = None) -> Schema:
    refused: Schema = {"content": {"application/json": {"schema": _ERROR}}}
    done: Schema = {content_type: {"schema": schema}, **(also or {})}
    return {
        "200": {"description": "Done.", "content": done},
        "default": {"description": "Why it was not.", **refused},
    }
