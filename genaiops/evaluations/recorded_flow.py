"""Answers that are there already, as a flow: for metrics that score what others ran."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun

Draw = tuple[str, int]
"""The id of a case and the number of its repeat."""


@dataclass(frozen=True, slots=True)
class RecordedFlow:
    """Gives the recorded run of each case and repeat; one that is not there is a failure.

    `parts` tells by digests what the answers are; `source` names them in that failure, and `models`
    are those that gave them, as far as that is known.
    """

    name: str
    parts: Mapping[str, str]
    runs: Mapping[Draw, FlowRun]
    source: str
    models: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return digest(dict(self.parts))

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """All inputs of a case, whatever they are."""
        return dict(given)

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,  # noqa: ARG002  nothing is written piece by piece
    ) -> FlowRun:
        found = self.runs.get((case_id or "", repeat))
        if found is not None:
            return found.model_copy(update={"inputs": inputs})
        told = f"{self.source} has no answer to case {case_id!r}, repeat {repeat}"
        failure = Failure(kind="recording", message=told, where=self.name)
        return FlowRun(flow=self.name, inputs=inputs, failure=failure)
