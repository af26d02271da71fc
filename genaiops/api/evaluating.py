"""`genaiops.evaluate`: any flow over any cases, by the same runner and into the same records."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from genaiops.api.door import run_to_end
from genaiops.api.evaluated import Evaluated
from genaiops.api.handed import FlowLike, Gates, Handed, Metrics, Setup, absolute, set_up
from genaiops.api.options import RunOptions, keys_of_file
from genaiops.api.rows import Data, rows_of
from genaiops.gates import estimate_run
from genaiops.project.consent import refuse_surprise
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.judging import scores_of
from genaiops.project.paying import capped
from genaiops.project.resuming import going_on, last_unfinished
from genaiops.project.session import open_session
from genaiops.project.supplies import OnNote
from genaiops.records import EvalRun
from genaiops.store import Store


def evaluate(
    flow: FlowLike,
    data: Data | None = None,
    *,
    metrics: Metrics | None = None,
    gates: Gates | None = None,
    name: str | None = None,
    project: str | Path | None = None,
    **options: Unpack[RunOptions],
) -> Evaluated:
    """Run a flow over cases and score its answers.

    Works in a notebook, too, where a loop is running. Ctrl-C keeps what was finished.

    Args:
        flow: a function, sync or async; a flow of the project, or `app:answer`; without `data`
            an evaluation of the project by its name.
        data: the path of a CSV, TSV, JSONL or JSON file, or a list of mappings.
        metrics: names, mappings as in YAML, and functions. By default what the data allow: words
            in common with the expected answer, equality where that is short, and time.
        gates: as in YAML, for `gate` and `assert_gate`.
        name: of the evaluation in the store; by default that of the function or flow.
        project: its folder; by default the one around the working folder, or that itself.
        options: other keys of an evaluation's file: `model`, `repeats`, `limit`, `inputs`, …; and
            how it is run: `max_cost`, `yes`, `resume`.

    Raises:
        InputError: what was handed in does not fit; or it may cost more than the project spends
            without a question; or what is resumed is no longer the same.
        TrustError: the project wants a host or a variable that is not trusted yet.
        ExecutionError: not one case could be scored, or `max_cost` is reached.
    """
    session = open_session(absolute(project), anywhere=project is None)
    with nullcontext() if data is None else rows_of(data) as rows:
        setup = set_up(session, Handed(flow, rows, metrics, gates, name, keys_of_file(options)))
        notes: list[str] = []
        with setup.session.open_store() as store:
            run = run_to_end(_run(setup, store, options, notes.append))
            scores = scores_of(store, store.run(run.id))
    return Evaluated(run, estimate_run(scores), tuple(notes), session=setup.session)


async def _run(setup: Setup, store: Store, options: RunOptions, on_note: OnNote) -> EvalRun:
    asked = Asked(setup.name)
    unfinished = last_unfinished(store, setup.name) if options.get("resume") else None
    if unfinished is not None:
        asked = replace(asked, unfinished=unfinished)
        on_note(going_on(store, unfinished))
    cap_usd = options.get("max_cost")
    if cap_usd is not None:
        asked = replace(asked, budget=capped(cap_usd, "max_cost"))
    elif not options.get("yes"):
        await refuse_surprise(
            setup.session, asked, "allow it by yes=True, or cap it by max_cost=USD"
        )
    return await run_evaluation(setup.session, store, asked, on_note=on_note)
