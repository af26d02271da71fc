"""`genaiops.evaluate`: any flow over any cases, by the same runner and into the same records."""

from contextlib import nullcontext
from pathlib import Path
from typing import Unpack

from genaiops.api.door import run_to_end
from genaiops.api.evaluated import Evaluated
from genaiops.api.handed import FlowLike, Gates, Handed, Metrics, absolute, set_up
from genaiops.api.options import Options
from genaiops.api.rows import Data, rows_of
from genaiops.gates import estimate_run
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.judging import scores_of
from genaiops.project.session import open_session


def evaluate(
    flow: FlowLike,
    data: Data | None = None,
    *,
    metrics: Metrics | None = None,
    gates: Gates | None = None,
    name: str | None = None,
    project: str | Path | None = None,
    **options: Unpack[Options],
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
        options: other keys of an evaluation's file: `model`, `repeats`, `limit`, `inputs`, ….

    Raises:
        InputError: what was handed in does not fit.
        TrustError: the project wants a host or a variable that is not trusted yet.
        ExecutionError: not one case could be scored.
    """
    session = open_session(absolute(project), anywhere=project is None)
    with nullcontext() if data is None else rows_of(data) as rows:
        setup = set_up(session, Handed(flow, rows, metrics, gates, name, {**options}))
        notes: list[str] = []
        asked = Asked(setup.name)
        with setup.session.open_store() as store:
            work = run_evaluation(
                setup.session, store, asked, on_progress=lambda _: None, on_note=notes.append
            )
            run = run_to_end(work)
            scores = scores_of(store, store.run(run.id))
    return Evaluated(run, estimate_run(scores), tuple(notes), session=setup.session)
