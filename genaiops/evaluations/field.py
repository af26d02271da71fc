"""The arms that have scores in the metric of a comparison, with all that is computed of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.evaluations.columns import Columns
from genaiops.evaluations.comparison import ArmScores
from genaiops.evaluations.contrasts import Contrasts


@dataclass(frozen=True, slots=True)
class Field:
    """The arms in the order of their columns; `order` holds their places, the best first."""

    arms: Sequence[ArmScores]
    columns: Columns
    contrasts: Contrasts
    order: tuple[int, ...]
