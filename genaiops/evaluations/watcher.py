"""Who watches an evaluation: is shown how far it is, and told what its calls wait for."""

from dataclasses import dataclass

from genaiops.evaluations.progress import OnProgress
from genaiops.flow.hold import OnHold, untold


@dataclass(frozen=True, slots=True)
class Watcher:
    """Takes the progress of a run, and each wait of its calls."""

    on_progress: OnProgress
    on_hold: OnHold


UNWATCHED = Watcher(lambda _: None, untold)
