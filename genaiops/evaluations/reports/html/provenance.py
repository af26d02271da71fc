"""What ran: enough to find it again and to repeat it."""

from collections.abc import Callable, Iterator, Mapping

from genaiops.evaluations.reports.comparison_figures import usd_text
from genaiops.evaluations.reports.figures import counts_text, made_again_text
from genaiops.evaluations.reports.html.markup import Html, fold
from genaiops.evaluations.reports.html.subject import Subject
from genaiops.evaluations.reports.html.tables import Column, Row, wide_table
from genaiops.records import EvalRun

_DIGITS = 16


def what_ran(subject: Subject) -> Iterator[Html]:
    """Runs, models, counts and digests, an arm a column."""
    runs = {label: report.run for label, report in subject.reports.items()}
    if not runs:
        return
    names = sorted({name for run in runs.values() for name in run.digests})
    rows = [Row((name, *(read(run) for run in runs.values()))) for name, read in _FACTS.items()]
    rows += [
        Row((name, *(_digest(run, name) for run in runs.values())), "digest") for name in names
    ]
    columns = [Column("what"), *(Column(label) for label in runs)]
    shown = wide_table("Runs, counts and digests", columns, rows)
    yield fold("What ran: models, counts, digests", shown)


def _digest(run: EvalRun, name: str) -> str:
    return run.digests.get(name, "–")[:_DIGITS]


def _cost(run: EvalRun) -> str:
    judges = "" if run.judging.is_nothing else f", judges {usd_text(run.judging.cost_usd)}"
    return f"{usd_text(run.usage.cost_usd)}{judges}"


_FACTS: Mapping[str, Callable[[EvalRun], str]] = {
    "run": lambda run: run.id,
    "started": lambda run: run.started_at or "–",
    "models": lambda run: ", ".join(run.models) or "–",
    "variant": lambda run: run.variant or "–",
    "cases": counts_text,
    "calls": lambda run: f"{run.made_calls} made, {run.reused_calls} reused",
    "made again": lambda run: made_again_text(run) or "–",
    "cost": _cost,
    "seed": lambda run: str(run.seed),
    "commit": lambda run: run.git_commit or "–",
    "run digest": lambda run: run.digest[:_DIGITS],
}
