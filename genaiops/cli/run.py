"""`genaiops run`: a flow, once."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, cast

import typer
from pydantic import JsonValue

from genaiops.cli.door import ensure_trust, note, run_async, show, show_json, trusted_session
from genaiops.cli.options import (
    ConfigOption,
    JsonOption,
    ModelOption,
    TrustOption,
    VariantOption,
    new_app,
)
from genaiops.cli.text import money, safe, seconds, table
from genaiops.errors import ExecutionError, InputError
from genaiops.project.session import Session
from genaiops.project.wants import used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.protocols import OnText
from genaiops.records import FlowRun, NodeRun
from genaiops.specs.load import read_text

MAX_BYTES = 50_000_000

app = new_app("Run a flow once.")


@app.command()
def command(
    flow: Annotated[str, typer.Argument(help="A flow by name, or a function: app:answer.")],
    inputs: Annotated[
        list[str] | None,
        typer.Option("-i", "--input", help="NAME=VALUE; JSON where it is JSON; repeatable."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("-f", "--file", help="A JSON file of inputs, - for stdin.")
    ] = None,
    variant: VariantOption = None,
    model: ModelOption = None,
    stream: Annotated[bool, typer.Option("--stream", help="Print the answer as it comes.")] = False,
    show_prompt: Annotated[
        bool, typer.Option("--show-prompt", help="Show the messages of each model call.")
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Show each node with its seconds, tokens and cost.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Run a flow with these inputs and print its outputs; recorded calls are reused."""
    session = trusted_session(config, trust)
    given = {**_from_file(file), **_from_options(inputs or [])}
    ensure_trust(session, used_by_flow(session.project, flow, variant=variant, model=model))
    on_text = _print_piece if stream and not json else None
    run = run_async(_run(session, flow, given, variant, model, on_text))
    if show_prompt and not json:
        note("\n".join(_prompt_lines(run)))
    if json:
        show_json(run.model_dump(mode="json"))
    elif run.outputs is not None:
        show("" if on_text else _outputs_text(run.outputs))
    if steps and not json:
        note(_steps_text(run))
    if run.failure is not None:
        where = f" in node {run.failure.where!r}" if run.failure.where else ""
        raise ExecutionError(f"{run.failure.kind}{where}: {run.failure.message}")


async def _run(
    session: Session,
    flow: str,
    given: dict[str, JsonValue],
    variant: str | None,
    model: str | None,
    on_text: OnText | None,
) -> FlowRun:
    with session.open_store() as store:
        async with Wiring(session, store) as wiring:
            runnable = await wiring.flow(flow, variant=variant, model=model)
            for told in wiring.notes:
                note(told)
            run = await runnable.run(runnable.bind(given), on_text=on_text)
        await store.flush()
    return run


def _print_piece(text: str) -> None:
    sys.stdout.write(safe(text))
    sys.stdout.flush()


def _from_file(name: str | None) -> dict[str, JsonValue]:
    if name is None:
        return {}
    shown = "stdin" if name == "-" else name
    text = sys.stdin.read() if name == "-" else read_text(Path(name), name, max_bytes=MAX_BYTES)
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{shown}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    if not isinstance(value, dict):
        raise InputError(f"{shown}: expected a JSON object with the inputs by name")
    return cast("dict[str, JsonValue]", value)


def _from_options(inputs: list[str]) -> dict[str, JsonValue]:
    given: dict[str, JsonValue] = {}
    for written in inputs:
        name, equals, text = written.partition("=")
        if not equals:
            raise InputError(f"-i {written!r}: write NAME=VALUE")
        given[name] = _value(text)
    return given


def _value(text: str) -> JsonValue:
    """JSON for what can only be JSON: a list, an object, a number, true, false or null."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return text


def _outputs_text(outputs: dict[str, JsonValue]) -> str:
    """The one text where a flow gives one; else its first text, then the rest as JSON."""
    texts = [value for value in outputs.values() if isinstance(value, str)]
    if texts:
        return safe(texts[0])
    return safe(json.dumps(outputs, ensure_ascii=False, indent=2))


def _prompt_lines(run: FlowRun) -> Iterator[str]:
    for node in run.nodes:
        for message in node.messages:
            yield f"--- {node.node}: {message.role}"
            yield safe(message.content)


def _steps_text(run: FlowRun) -> str:
    head = ("node", "kind", "", "seconds", "tokens in", "out", "cost")
    return table([head, *map(_step_row, run.nodes)], right=(3, 4, 5, 6))


def _step_row(node: NodeRun) -> tuple[str, ...]:
    state = "skipped" if node.skipped else node.failure.kind if node.failure else "done"
    return (
        node.node,
        f"{node.kind} {node.model}" if node.model else node.kind,
        state,
        seconds(node.seconds),
        str(node.usage.input_tokens),
        str(node.usage.output_tokens),
        money(node.usage.cost_usd) if node.usage.input_tokens else "",
    )
