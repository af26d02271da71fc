"""A Python function as a flow, of equal rank with one in YAML."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import CallError, InputError, TemplateError
from genaiops.flow.annotations import TextReader, hints_of, text_readers
from genaiops.flow.calls import Resources
from genaiops.flow.context import FlowContext
from genaiops.flow.functions import UserFunction
from genaiops.flow.trace import Ask, Outputs, Trace
from genaiops.flow.values import fields_of, plain_json
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun, NodeRun


@dataclass(frozen=True)
class PythonFlow:
    """A flow whose inputs are a function's arguments, and whose outputs are what it returns.

    A text becomes the output `answer`, a mapping its fields. With an argument `run` it reaches
    models and indexes. Its calls count one after another in `latency_s`; of a function that asks no
    model through the run, `latency_s` is the time that it took, which no record holds.
    """

    name: str
    function: UserFunction
    resources: Resources

    @property
    def parts(self) -> Mapping[str, str]:
        """The function alone; the files of the project that it runs are told by its wiring."""
        return {f"flow {self.name}": self.digest}

    @property
    def digest(self) -> str:
        """Covers the file of the function."""
        return digest({"function": self.function.reference, "code": self.function.digest})

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The inputs; the function has its own defaults.

        A text for a parameter that takes none, such as `id: int`, is read as its annotation says.

        Raises:
            InputError: what is missing, unknown or of another type.
        """
        try:
            self.function.check_arguments(given)
            return {name: self._read(name, value) for name, value in given.items()}
        except InputError as error:
            raise InputError(f"flow {self.name!r}: {error}") from error

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,
    ) -> FlowRun:
        """Run once. What the function raises is in the record.

        Raises:
            InputError: the inputs do not fit, or a model or index cannot be used as it is set up.
            StoreError: the ledger cannot be read or written.
        """
        bound = self.bind(inputs)
        trace = Trace()
        context = FlowContext(self.resources, Ask(case_id, repeat, on_text), trace)
        started = time.perf_counter()
        outputs, failure = None, None
        try:
            outputs = await self._call(bound, context)
        except (CallError, TemplateError) as error:
            kind = error.kind if isinstance(error, CallError) else "template"
            failure = Failure(kind=kind, message=str(error), where=self.function.reference)
        seconds = time.perf_counter() - started
        own = NodeRun(
            node=self.function.reference,
            kind="python",
            outputs=outputs,
            failure=failure,
            seconds=seconds,
        )
        asked = any(run.kind == "prompt" for run in context.runs)
        return FlowRun(
            flow=self.name,
            inputs=bound,
            outputs=outputs,
            failure=failure,
            nodes=(*context.runs, own),
            latency_s=trace.latency_s if asked else seconds,
            usage=trace.usage,
        )

    @cached_property
    def _readers(self) -> Mapping[str, TextReader]:
        return text_readers(self.function.signature, hints_of(self.function.function))

    def _read(self, name: str, value: JsonValue) -> JsonValue:
        if not isinstance(value, str) or name not in self._readers:
            return value
        try:
            return self._readers[name].read(value)
        except ValueError as error:
            raise InputError(f"{self.function.reference}: {name!r} {error}") from error

    async def _call(self, bound: Mapping[str, JsonValue], context: FlowContext) -> Outputs:
        arguments = {name: plain_json(value, name) for name, value in bound.items()}
        result = await self.function.call(arguments, context)
        if isinstance(result, str) and not result.strip():
            raise CallError("empty", f"{self.function.reference} answered nothing")
        if not isinstance(result, str | dict) or not result:
            raise CallError(
                "node",
                f"{self.function.reference} returned {result!r:.60}; return a text, or a mapping "
                "with the outputs",
            )
        return fields_of(
            cast("object", result), f"what {self.function.reference} returns", "answer"
        )
