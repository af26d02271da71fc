"""What the process of a base commit is asked for, and what it answers."""

from pydantic import JsonValue

from genaiops.records.record import Record


class BaseRequest(Record):
    """An evaluation of a base commit.

    `config` is the project there; `home` is the one of the branch, whose store holds the results.
    `trust` is the digest of exactly what the base may run, reach and read. With `rescored`, a run
    of the branch over the cases in `dataset`, its answers are scored by the metrics of the base,
    and nothing else is done.
    """

    config: str
    home: str
    commit: str
    name: str
    trust: str
    repeats: int | None = None
    limit: int | None = None
    concurrency: int | None = None
    filter: dict[str, JsonValue] = {}
    batched: bool = False
    max_cost_usd: float | None = None
    yes: bool = False
    rescored: str | None = None
    dataset: str = ""


class BaseAnswer(Record):
    """The id of the finished run; or the exit code and the message of what went wrong."""

    run: str | None = None
    spent_usd: float = 0.0
    code: int = 0
    message: str = ""
