"""Spans of requests, in the names of OpenTelemetry's conventions for generative AI. Pure.

Source: open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-spans.md and
gen-ai-agent-spans.md, of status Development.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from genaiops.flow.watching import Seen, SeenCall, SeenRetrieval
from genaiops.records import Message, Usage
from genaiops.records.live_runs import LiveRun
from genaiops.serve.replies import as_json
from genaiops.serve.served import KnownModel

Kind = Literal["client", "internal"]
Attribute = str | int | float | bool | tuple[str, ...]
Attributes = Mapping[str, Attribute]
_Open = dict[str, Attribute | None]
_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took time; `error` is the kind of its failure."""

    name: str
    attributes: Attributes
    began_ns: int
    ended_ns: int
    kind: Kind = "internal"
    error: str | None = None


def opening(flow: str) -> Attributes:
    """What is known of a request when it comes, which may decide whether it is sampled."""
    return {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": flow}


def run_span(run: LiveRun) -> Span:
    """A run of a flow; its content is there where the project keeps it."""
    split, began_ns = run.split, int(run.at.timestamp() * _NS)
    flow_run, usage = run.run, run.run.usage
    kept = bool(flow_run.inputs or flow_run.outputs)
    error = flow_run.failure.kind if flow_run.failure else None
    attributes: _Open = {
        **opening(run.flow),
        **_used(usage),
        "genaiops.run.id": run.id,
        "genaiops.run.state": run.state,
        "genaiops.run.part": run.part,
        "genaiops.flow.digest": run.digest,
        "genaiops.release": run.release,
        "genaiops.arm": run.arm,
        "genaiops.rollout": split.rollout if split else None,
        "genaiops.caller": run.caller,
        "genaiops.first_text_s": run.first_s,
        "genaiops.inputs": _json(flow_run.inputs) if kept else None,
        "genaiops.outputs": _json(flow_run.outputs) if kept else None,
        "user.hash": run.user,
        "error.type": error,
    }
    ended_ns = began_ns + int(run.seconds * _NS)
    return Span(f"invoke_workflow {run.flow}", _given(attributes), began_ns, ended_ns, error=error)


def seen_span(seen: Seen, known: Mapping[str, KnownModel], *, keeps_content: bool) -> Span:
    """A call of a model, or a retrieval; `known` says what the models of the catalog are."""
    if isinstance(seen, SeenCall):
        model = known.get(seen.model, KnownModel("genaiops", seen.model))
        name, kind = f"chat {model.model}", "internal" if model.is_here else "client"
        attributes = _of_call(seen, model) | (_said_in(seen) if keeps_content else {})
    else:
        name, kind = f"retrieval {seen.index}", "client"
        attributes = _of_retrieval(seen) | (_found_by(seen) if keeps_content else {})
    attributes["error.type"] = seen.failure
    return Span(name, _given(attributes), seen.began_ns, seen.ended_ns, kind, seen.failure)


def _of_call(seen: SeenCall, model: KnownModel) -> _Open:
    parameters, completion = seen.request.parameters, seen.completion
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": model.provider,
        "gen_ai.request.model": model.model,
        "gen_ai.request.temperature": parameters.temperature,
        "gen_ai.request.top_p": parameters.top_p,
        "gen_ai.request.max_tokens": parameters.max_tokens,
        "gen_ai.request.seed": parameters.seed,
        "gen_ai.request.stop_sequences": parameters.stop or None,
        "gen_ai.output.type": "text" if seen.request.response_schema is None else "json",
        "gen_ai.response.finish_reasons": (completion.finish_reason,) if completion else None,
        "genaiops.model": seen.model,
        "genaiops.calls_made_again": len(completion.made_again) if completion else None,
        **(_used(completion.usage) if completion else {}),
    }


def _of_retrieval(seen: SeenRetrieval) -> _Open:
    return {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": seen.index,
        "gen_ai.request.top_k": float(seen.k),
        "genaiops.passages": len(seen.passages),
    }


def _used(usage: Usage) -> _Open:
    return {
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "genaiops.cost_usd": usage.cost_usd,
    }


def _said_in(seen: SeenCall) -> _Open:
    """What a model was told and said, in the schemas of the conventions."""
    said: _Open = {"gen_ai.input.messages": _json([_message(m) for m in seen.request.messages])}
    completion = seen.completion
    if completion is not None:
        answer = Message(
            role="assistant", content=completion.text, tool_calls=completion.tool_calls
        )
        reason = completion.finish_reason
        finish: JsonValue = "tool_call" if reason == "tool_calls" else reason
        said["gen_ai.output.messages"] = _json([{**_message(answer), "finish_reason": finish}])
    return said


def _message(message: Message) -> dict[str, JsonValue]:
    parts: list[JsonValue] = []
    if message.role == "tool":
        response: JsonValue = message.content
        parts.append(
            {"type": "tool_call_response", "id": message.tool_call_id, "response": response}
        )
    elif message.content or not message.tool_calls:
        parts.append({"type": "text", "content": message.content})
    parts.extend(
        {"type": "tool_call", "id": call.id, "name": call.name, "arguments": call.arguments}
        for call in message.tool_calls
    )
    return {"role": message.role, "parts": parts}


def _found_by(seen: SeenRetrieval) -> _Open:
    found: list[JsonValue] = [
        {
            "id": f"{passage.document}:{passage.start}-{passage.end}",
            "score": passage.score,
            "content": passage.text,
        }
        for passage in seen.passages
    ]
    return {"gen_ai.retrieval.query.text": seen.query, "gen_ai.retrieval.documents": _json(found)}


def _json(value: JsonValue) -> str:
    return as_json(value).decode()


def _given(attributes: _Open) -> Attributes:
    """What is known, as text that can be sent: half of a surrogate pair cannot."""
    return {
        name: value.encode(errors="replace").decode() if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }
