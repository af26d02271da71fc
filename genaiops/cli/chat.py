"""`genaiops chat`: talk to a flow in the terminal, or from a pipe."""

import asyncio
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Annotated

import typer

from genaiops.cli.answers import outputs_text, prompt_lines
from genaiops.cli.app import print_out
from genaiops.cli.door import ensure_trust, naming_code, note, open_loop, show, trusted_session
from genaiops.cli.hold_lines import HoldLines
from genaiops.cli.inputs import read_inputs, text_inputs
from genaiops.cli.options import ConfigOption, ModelOption, TrustOption, VariantOption, new_app
from genaiops.errors import ExecutionError, GenaiopsError, InputError, suggest
from genaiops.project.chatting import Conversation, Inputs, Turn, add_case, case_of
from genaiops.project.files import flow_name
from genaiops.project.overrides import FlowOverrides
from genaiops.project.session import Session
from genaiops.project.wants import used_by_flow
from genaiops.project.wiring import Wiring
from genaiops.store import Store
from genaiops.text.layout import one_line, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted, money, seconds

HELP = """\
/show               the passages and the prompt of the last answer
/save [FILE]        keep the last turn as a case, in datasets/<flow>-chat.jsonl or FILE
/save [FILE] answer: TEXT
                    the same, with the answer that would have been right
/model [NAME]       go on with another model, or with the flow's own
/variant [NAME]     go on with a variant of the flow, or without
/reset              forget what was said
/quit               leave, as the end of the input does; // begins a line with a slash
Ctrl-C stops an answer; twice leaves."""

app = new_app("Talk to a flow.")


@app.command()
def command(
    flow: Annotated[str, typer.Argument(help="A flow by name, or a function: app:answer.")],
    inputs: Annotated[
        list[str] | None,
        typer.Option("-i", "--input", help="NAME=VALUE of another input; repeatable."),
    ] = None,
    variant: VariantOption = None,
    model: ModelOption = None,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Type a question and read the answer as it comes; /help lists what else can be typed."""
    session = naming_code(trusted_session(config, trust), flow)
    given = read_inputs(None, inputs or [], texts=text_inputs(session, flow))
    with session.open_store() as store, open_loop() as loop:
        wiring = Wiring(session, store, on_wait=note, on_hold=HoldLines().take)
        talk = _Talk(session, flow, Conversation(wiring, flow, given), loop)
        try:
            talk.begin(FlowOverrides(variant, model), wiring.notes)
            talk.go_on()
        finally:
            loop.run(_leave(wiring, store))
    if talk.failed and not sys.stdin.isatty():
        raise ExecutionError(f"{talk.failed} of the answers failed")


async def _leave(wiring: Wiring, store: Store) -> None:
    async with wiring:
        await store.flush()


def _read_line() -> str | None:
    """The next line; one from a pipe is shown, so that a recording reads as a talk."""
    if sys.stdin.isatty():
        try:
            return input("> ")
        except EOFError:
            return None
    line = sys.stdin.readline()
    if line:
        note(f"> {one_line(line, 10_000)}")
    return line or None


@dataclass(slots=True)
class _Talk:
    """A conversation with what is typed in it; `failed` counts the turns without an answer."""

    session: Session
    flow: str
    conversation: Conversation
    loop: asyncio.Runner
    failed: int = 0

    def begin(self, overrides: FlowOverrides, notes: list[str]) -> None:
        """Say who answers, and whether it remembers what was said."""
        inputs = self._use(overrides)
        for told in notes:
            note(told)
        note(
            f"{printable(self.flow)} answers what you type as {inputs.question!r}; /help says more"
        )
        if inputs.history is None:
            note("it has no input of type messages: every question stands alone")

    def go_on(self) -> None:
        """Take line after line until the end of the input, or two Ctrl-C."""
        if sys.stdin.isatty():
            with suppress(ImportError):
                import_module("readline")  # the line can then be edited
        was_stopped = False
        while True:
            try:
                line = _read_line()
                was_stopped = False
                if line is None or line.strip() in {"/quit", "/exit"}:
                    return
                self._take(line.strip())
            except KeyboardInterrupt:
                if was_stopped:
                    raise
                was_stopped = True
                note("\nstopped; Ctrl-C again leaves")
            except GenaiopsError as error:
                note(f"error: {error}")

    def _take(self, line: str) -> None:
        if not line.startswith("/") or line.startswith("//"):
            if line:
                self._ask(line.removeprefix("/"))
            return
        word, _, rest = line[1:].partition(" ")
        commands = {
            "help": self._help,
            "show": self._show,
            "save": self._save,
            "model": self._model,
            "variant": self._variant,
            "reset": self._reset,
        }
        if word not in commands:
            raise InputError(f"unknown /{printable(word)}{suggest(word, [*commands, 'quit'])}")
        commands[word](rest.strip())

    def _help(self, _: str) -> None:
        note(HELP)

    def _ask(self, text: str) -> None:
        pieces: list[str] = []

        def on_text(piece: str) -> None:
            pieces.append(piece)
            print_out(printable(piece))

        started = time.monotonic()
        try:
            turn = self.loop.run(self.conversation.ask(text, on_text))
        finally:
            if pieces:
                print_out("\n")
        if turn.run.failure is not None:
            self.failed += 1
            note(f"error: {turn.run.failure.kind}: {printable(turn.run.failure.message)}")
        elif turn.answer is None or "".join(pieces).strip() != turn.answer.strip():
            show(outputs_text(turn.run.outputs or {}))
        note(_figures(turn, time.monotonic() - started))

    def _show(self, _: str) -> None:
        turn = self._last()
        for place, passage in enumerate(turn.passages, start=1):
            show(f"[{place}] {printable(passage.document)}:{passage.start}-{passage.end}")
            show(wrapped(passage.text, indent=4))
        for line in prompt_lines(turn.run):
            show(line)

    def _save(self, rest: str) -> None:
        file, colon, answer = rest.partition("answer:")
        if colon and not answer.strip():
            raise InputError("write the right answer after `answer:`")
        plain = re.sub(r"[^\w.-]+", "-", flow_name(self.flow))
        shown = file.strip() or f"datasets/{plain}-chat.jsonl"
        case = case_of(self._last(), answer.strip() if colon else None)
        count = add_case(self.session.root / shown, shown, case)
        note(f"case {case.id} is in {shown}, which has {count} of them")

    def _model(self, name: str) -> None:
        self._change(replace(self.conversation.overrides, model=name or None))

    def _variant(self, name: str) -> None:
        self._change(replace(self.conversation.overrides, variant=name or None))

    def _change(self, overrides: FlowOverrides) -> None:
        self._use(overrides)
        model, variant = overrides.model or "its own model", overrides.variant or "no variant"
        note(f"goes on with {model}, {variant}")

    def _use(self, overrides: FlowOverrides) -> Inputs:
        project, model, variant = self.session.project, overrides.model, overrides.variant
        used = used_by_flow(project, self.flow, variant=variant, model=model)
        ensure_trust(self.session, used)
        return self.loop.run(self.conversation.use(overrides))

    def _reset(self, _: str) -> None:
        self.conversation.forget()
        note("forgot what was said")

    def _last(self) -> Turn:
        if self.conversation.last is None:
            raise InputError("nothing was said yet")
        return self.conversation.last


def _figures(turn: Turn, duration_s: float) -> str:
    usage, passages = turn.run.usage, len(turn.passages)
    told = [seconds(duration_s)]
    if passages:
        told.append(counted(passages, "passage"))
    if usage.input_tokens:
        told.append(f"{usage.input_tokens} + {usage.output_tokens} tokens")
        told.append(money(usage.cost_usd))
    return f"  ({', '.join(told)})"
