"""`genaiops run`: a flow, once."""

from typing import Annotated

import typer
from pydantic import JsonValue

from genaiops.cli.answers import outputs_text, prompt_lines
from genaiops.cli.app import print_out
from genaiops.cli.door import (
    ensure_trust,
    naming_code,
    note,
    run_async,
    run_code,
    show,
    show_json,
    trusted_session,
)
from genaiops.cli.hold_lines import HoldLines
from genaiops.cli.inputs import read_inputs, text_inputs
from genaiops.cli.options import (
    ConfigOption,
    JsonOption,
    ModelOption,
    TrustOption,
    VariantOption,
    new_app,
)
from genaiops.errors import ExecutionError
from genaiops.project.overrides import FlowOverrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.protocols import OnText
from genaiops.records import FlowRun, NodeRun
from genaiops.text.layout import table
from genaiops.text.printable import printable
from genaiops.text.quantities import money, seconds

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
    session = naming_code(trusted_session(config, trust), flow)
    given = read_inputs(file, inputs or [], texts=text_inputs(session, flow))
    ensure_trust(session, used_by_flow(session.project, flow, variant=variant, model=model))
    on_text = _print_piece if stream and not json else None
    work = _run(session, flow, given, variant, model, on_text)
    run = run_code(work) if on_text is None else run_async(work)
    if show_prompt and not json:
        note("\n".join(prompt_lines(run)))
    if json:
        show_json(run.model_dump(mode="json"))
    elif run.outputs is not None:
        show("" if on_text else outputs_text(run.outputs))
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
        async with Wiring(session, store, on_wait=note, on_hold=HoldLines().take) as wiring:
            runnable = await wiring.flow(flow, FlowOverrides(variant, model))
            for told in wiring.notes:
                note(told)
            run = await runnable.run(runnable.bind(given), on_text=on_text)
        await store.flush()
    return run


def _print_piece(text: str) -> None:
    print_out(printable(text))


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
