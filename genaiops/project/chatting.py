"""A talk with a flow: its turns, what it remembers of them, and a turn kept as a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.digests import digest
from genaiops.errors import InputError, StoreError
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.inputs import as_passages
from genaiops.flow.python_flow import PythonFlow
from genaiops.project.overrides import FlowOverrides
from genaiops.project.wiring import Wiring
from genaiops.protocols import OnText
from genaiops.records import Case, FlowRun, Passage

QUESTION, HISTORY = "question", "history"


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, what the flow was given with it, and how it ran."""

    text: str
    inputs: Mapping[str, JsonValue]
    run: FlowRun

    @property
    def answer(self) -> str | None:
        """The first text among the outputs; None where there is none, or the run failed."""
        outputs = (self.run.outputs or {}).values()
        return next((value for value in outputs if isinstance(value, str)), None)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What the nodes retrieved, in their order."""
        return tuple(
            passage
            for node in self.run.nodes
            if node.kind == "retrieve" and node.outputs is not None
            for passage in as_passages(node.outputs.get("passages") or [])
        )


@dataclass(frozen=True, slots=True)
class Inputs:
    """Which inputs of a flow take what is typed, and what was said before; None: no memory."""

    question: str
    history: str | None
    needs_history: bool


class Conversation:
    """Turns with one flow, whose variant and model may change on the way.

    `given` are the values of the flow's other inputs, the same in every turn.
    """

    def __init__(self, wiring: Wiring, flow: str, given: Mapping[str, JsonValue]) -> None:
        self.overrides = FlowOverrides()
        self.last: Turn | None = None
        self._wiring = wiring
        self._name = flow
        self._given = given
        self._flow: CompiledFlow | PythonFlow | None = None
        self._history: list[JsonValue] = []

    async def use(self, overrides: FlowOverrides) -> Inputs:
        """Go on with this variant and model; what was said stays.

        Raises:
            InputError: there is none of that name, something is missing for it, or the flow has no
                input for what is typed; all goes on as before.
            TrustError: it wants what is not trusted yet.
        """
        flow = await self._wiring.flow(self._name, overrides)
        inputs = find_inputs(flow, self._given)
        flow.bind(self._filled(inputs, ""))
        self._flow, self.overrides = flow, overrides
        return inputs

    async def ask(self, text: str, on_text: OnText) -> Turn:
        """Run the flow once; only a turn with an answer is remembered.

        Raises:
            InputError: the inputs do not fit, or a model or index cannot be used as it is set up.
            StoreError: the ledger cannot be read or written.
        """
        if self._flow is None:
            raise InputError("a conversation begins with `use`")
        inputs = find_inputs(self._flow, self._given)
        given = self._filled(inputs, text)
        run = await self._flow.run(self._flow.bind(given), on_text=on_text)
        self.last = Turn(text, given, run)
        if self.last.answer is not None:
            self._history.append({"role": "user", "content": text})
            self._history.append({"role": "assistant", "content": self.last.answer})
        return self.last

    def _filled(self, inputs: Inputs, text: str) -> dict[str, JsonValue]:
        filled = {**self._given, inputs.question: text}
        if inputs.history is not None and (self._history or inputs.needs_history):
            filled[inputs.history] = list(self._history)
        return filled

    def forget(self) -> None:
        """Begin anew: nothing that was said is remembered."""
        self._history.clear()
        self.last = None


def find_inputs(flow: CompiledFlow | PythonFlow, given: Mapping[str, JsonValue]) -> Inputs:
    """The inputs that a conversation fills: `question` and `history`, or those of their types.

    Raises:
        InputError: no text input is left for what is typed.
    """
    if isinstance(flow, CompiledFlow):
        declared = flow.spec.inputs
        required = [name for name, spec in declared.items() if spec.is_required]
        texts = [name for name, spec in declared.items() if spec.type == "string"]
        memories = [name for name, spec in declared.items() if spec.type == "messages"]
    else:
        required = list(flow.function.required)
        names = [*required, *flow.function.optional]
        texts = [name for name in names if name != HISTORY]
        memories = [name for name in names if name == HISTORY]
    question = _chosen(QUESTION, [name for name in texts if name not in given])
    if question is None:
        raise InputError(f"flow {flow.name!r} has no text input left for what you type")
    history = _chosen(HISTORY, [name for name in memories if name not in given])
    return Inputs(question, history, history in required)


def case_of(turn: Turn, answer: str | None) -> Case:
    """A turn as a case, with the answer that would have been right if one is told."""
    expected: dict[str, JsonValue] = {} if answer is None else {"answer": answer}
    name = f"chat-{digest(dict(turn.inputs))[:8]}"
    return Case(id=name, inputs=dict(turn.inputs), expected=expected, tags={"source": "chat"})


def add_case(path: Path, shown: str, case: Case) -> int:
    """Write a case below those of a JSONL file, made where it is missing; how many it holds then.

    Raises:
        InputError: it is no JSONL file, or holds the case already.
        SpecError: the file has faults.
        StoreError: it cannot be written.
    """
    if path.suffix != ".jsonl":
        raise InputError(f"{shown!r}: cases are kept in a .jsonl file")
    known = [each.id for each in open_dataset(path, shown).cases()] if _has_text(path) else []
    if case.id in known:
        raise InputError(f"{shown}: case {case.id!r} is there already; edit its line instead")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.seek(max(file.tell() - 1, 0))
            newline = b"\n" if known and file.read() != b"\n" else b""
            line = case.model_dump_json(exclude_defaults=True)
            file.write(newline + line.encode() + b"\n")
    except OSError as error:
        raise StoreError(f"{shown}: cannot be written: {error.strerror}") from error
    return len(known) + 1


def _has_text(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _chosen(name: str, names: Sequence[str]) -> str | None:
    return name if name in names else next(iter(names), None)
