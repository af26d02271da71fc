"""An evaluation as it stands in the store."""

from dataclasses import dataclass
from typing import Literal

from genaiops.records import EvalRun

RunState = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """An evaluation with its state in the store; `seq` orders runs, clocks do not.

    `asked` is what its runner kept of how it was asked for, to go on with it; the store does not
    read it.
    """

    seq: int
    state: RunState
    run: EvalRun
    asked: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it finished with all its cases, so that its figures stand for the dataset."""
        return self.state == "finished" and not self.run.is_cut_short
