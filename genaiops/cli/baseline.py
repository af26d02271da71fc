"""`genaiops baseline`: what gates compare with."""

from typing import Annotated

import typer

from genaiops.cli.door import note, run_code, show, show_json, trusted_session
from genaiops.cli.evaluating import run_with_progress, trust_evaluation
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption, new_app
from genaiops.cli.paying import MaxCostOption, Paying, YesOption
from genaiops.errors import InputError, SpecError
from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.terminal.margins import margins_text
from genaiops.evaluations.reports.terminal.summary import run_text
from genaiops.gates import estimate_run
from genaiops.project.accepting import accept_baseline, refuse_blocked
from genaiops.project.beginning import Beginning, begin, draws_wanted
from genaiops.project.code import is_python_flow
from genaiops.project.judging import load_baseline, scores_of, whole_scores_of
from genaiops.project.remeasuring import fixed_answers, refuse_changed, remeasuring
from genaiops.project.session import Session
from genaiops.records import RunScores
from genaiops.store import StoredRun
from genaiops.text.layout import table
from genaiops.text.quantities import counted

app = new_app("Accept or show the baseline of an evaluation.")


@app.command()
def accept(
    run: Annotated[str, typer.Argument(help="A run's id, or an evaluation's name: its newest.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why a run is accepted that is blocked.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what changes.")] = False,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Make a run the baseline, after showing what that changes.

    Gates against it that have no margin yet get one in the evaluation's file, by how much scores
    vary where nothing changed. A run that asked each case once is asked again to see that.
    """
    session = trusted_session(config, trust)
    with session.read_store() as store:
        stored = store.run(run)
        scores = whole_scores_of(store, stored)
    refuse_blocked(session, scores, reason)
    drawn = _drawn(session, stored, scores, None if dry_run else Paying(max_cost, yes))
    beginning = begin(session, scores, drawn)
    if drawn is not None and beginning is not None and scores.run.repeats < beginning.repeats:
        scores = drawn
    show(_changes(session, scores))
    if beginning is not None:
        _show_beginning(session, beginning, scores)
    if not dry_run:
        _write(session, scores, reason, beginning)


@app.command("show")
def show_baseline(
    name: Annotated[str, typer.Argument(help="An evaluation.")],
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show the accepted baseline of an evaluation."""
    session = trusted_session(config, None)
    session.project.eval(name)
    baseline = load_baseline(session, name)
    if baseline is None:
        raise InputError(
            f"evaluation {name!r} has no baseline yet: genaiops eval {name}, "
            f"then genaiops baseline accept {name}"
        )
    if json:
        show_json(baseline.scores.run.model_dump(mode="json"))
        return
    show(run_text(baseline.scores.run, estimate_run(baseline.scores)))
    if baseline.reason:
        show(f"  accepted with the reason: {baseline.reason}")


def _drawn(
    session: Session, stored: StoredRun, scores: RunScores, paying: Paying | None
) -> RunScores | None:
    """The scores of the run asked again, with several draws of each case, where gates wait for it.

    Without `paying`, it is only said that it would be.

    Raises:
        InputError: what it was asked of changed since, or nobody agreed to what it may cost.
        TrustError, ExecutionError: as for any evaluation.
    """
    draws = draws_wanted(session, scores)
    if draws is None:
        return None
    asking = f"{counted(len(scores.cases), 'case')} {draws} times"
    if paying is None:
        note(f"accepting it asks {asking}, to measure the noise that is assumed here")
        return None
    again = remeasuring(session, stored, draws)
    session, asked = again.session, again.asked
    flows = [asked.overrides.flow]
    trust_evaluation(session, asked.name, flows)
    run_code(refuse_changed(again, stored.run))
    own = is_python_flow(session.project.eval(asked.name).spec.flow)
    costs = "each of them is run anew" if own else "recorded answers are reused"
    why = "to see how much scores vary where nothing changed"
    note(f"no margin yet: asking {asking}, {why}; {costs}")
    with session.open_store() as store:
        agreed = paying.agreed(session, asked, flows)
        run = run_with_progress(session, store, agreed, resume="genaiops eval --resume")
        return scores_of(store, store.run(run.id))


def _write(
    session: Session, scores: RunScores, reason: str | None, beginning: Beginning | None
) -> None:
    path = accept_baseline(session, scores, reason, beginning=beginning)
    if beginning is not None and beginning.is_written:
        shown = session.project.eval(scores.run.eval).document.shown
        note(f"wrote {shown}: its comments say why; commit it too")
    note(f"wrote {path.relative_to(session.root)}: commit it")


def _show_beginning(session: Session, beginning: Beginning, scores: RunScores) -> None:
    why_not = fixed_answers(session, scores.run)
    if why_not is not None and scores.run.repeats == 1:
        note(f"no noise can be seen in {scores.run.id}, for {why_not}: it is assumed")
    policy = session.project.eval(scores.run.eval).spec.on_inconclusive
    show(margins_text(beginning.firsts, policy))


def _changes(session: Session, scores: RunScores) -> str:
    """Each metric of the new baseline beside that of the old one."""
    try:
        old = load_baseline(session, scores.run.eval)
    except SpecError as error:
        note(f"{error}\nan accepted run takes its place")
        old = None
    before = {entry.info.name: entry for entry in estimate_run(old.scores)} if old else {}
    rows = [("metric", "baseline now", f"after accepting {scores.run.id}")]
    for entry in estimate_run(scores):
        known = before.get(entry.info.name)
        was = estimate_text(known.estimate, known.info) if known else "none"
        rows.append((entry.info.name, was, estimate_text(entry.estimate, entry.info)))
    return table(rows)
