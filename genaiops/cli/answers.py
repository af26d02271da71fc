"""What a flow answered, and what its models were asked, as text for the terminal."""

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.records import FlowRun
from genaiops.store import StoredResult
from genaiops.text.printable import printable


def outputs_text(outputs: Mapping[str, JsonValue]) -> str:
    """The first text among the outputs; where there is none, all of them as JSON."""
    text = _first_text(outputs)
    whole = json.dumps(outputs, ensure_ascii=False, indent=2) if text is None else text
    return printable(whole)


def answer_text(stored: StoredResult) -> str:
    """The first text among the outputs of a case, or why there is none; it may hold anything."""
    result = stored.result
    if result.failure is not None:
        return f"{result.failure.kind}: {result.failure.message}"
    text = _first_text(result.outputs or {})
    return canonical_json(result.outputs) if text is None else text


def prompt_lines(run: FlowRun) -> Iterator[str]:
    """The messages of each model call, under the node and the role."""
    for node in run.nodes:
        for message in node.messages:
            yield f"--- {node.node}: {message.role}"
            yield printable(message.content)


def _first_text(outputs: Mapping[str, JsonValue]) -> str | None:
    return next((value for value in outputs.values() if isinstance(value, str)), None)
