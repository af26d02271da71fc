"""What a flow answered, and what its models were asked, as text for the terminal."""

import json
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from genaiops.evaluations.reports.answer import first_text
from genaiops.records import FlowRun
from genaiops.text.printable import printable


def outputs_text(outputs: Mapping[str, JsonValue]) -> str:
    """The first text among the outputs; where there is none, all of them as JSON."""
    text = first_text(outputs)
    whole = json.dumps(outputs, ensure_ascii=False, indent=2) if text is None else text
    return printable(whole)


def prompt_lines(run: FlowRun) -> Iterator[str]:
    """The messages of each model call, under the node and the role."""
    for node in run.nodes:
        for message in node.messages:
            yield f"--- {node.node}: {message.role}"
            yield printable(message.content)
