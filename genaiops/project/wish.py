"""What a command line asked for, as it is kept with each run, to go on with it."""

from pydantic import JsonValue

from genaiops.project.asking import Said
from genaiops.project.overrides import Overrides
from genaiops.records.record import Record


class Wish(Record):
    """Words and options of `genaiops eval`; `arm` is the one of the run, from 0.

    `sequential` is that of `Asked`.
    """

    said: Said
    arm: int = 0
    repeats: int | None = None
    limit: int | None = None
    concurrency: int | None = None
    filter: dict[str, JsonValue] = {}
    reuse: bool = True
    replace: bool = False
    batched: bool = False
    sequential: str | None = None

    @classmethod
    def of(
        cls,
        said: Said,
        overrides: Overrides,
        *,
        reuse: bool,
        replace: bool,
        batched: bool,
        sequential: str | None = None,
    ) -> "Wish":
        """What was asked for; the arms follow from what was said."""
        return cls(
            said=said,
            repeats=overrides.repeats,
            limit=overrides.limit,
            concurrency=overrides.concurrency,
            filter=dict(overrides.filter),
            reuse=reuse,
            replace=replace,
            batched=batched,
            sequential=sequential,
        )
