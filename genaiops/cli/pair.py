"""`genaiops judge pair`: the answers of two runs, compared by a judge in both orders."""

from dataclasses import asdict
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, run_code, session_anywhere, show, show_json
from genaiops.cli.evaluating import show_run, write_reports
from genaiops.cli.options import ConfigOption, JsonOption, OutputOption, TrustOption
from genaiops.cli.paying import MaxCostOption, Paying, YesOption
from genaiops.cli.render import eval_progress
from genaiops.evaluations.reports.terminal.pairs import pairs_text
from genaiops.project.evaluating import report_of
from genaiops.project.pairing import cost_of_pairs, judge_pairs, plan_pairing, summary_of
from genaiops.project.wants import used_by_metrics


def pair(
    judge: Annotated[str, typer.Argument(help="A judge of `form: pairwise`, such as preference.")],
    first: Annotated[str, typer.Argument(help="A run's id or an evaluation's name.")],
    second: Annotated[str, typer.Argument(help="Another run of the same cases.")],
    model: Annotated[
        str | None, typer.Option("-m", "--model", help="Who judges, where no file says it.")
    ] = None,
    output: OutputOption = None,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Let a judge compare the answers of two runs: 1 where the first wins, 0 where the second.

    Who wins in one order only has not won: that is a tie, 0.5. The pairs are kept as a run of the
    judge's name, and evals/<judge>.yaml holds its gates.
    """
    session = session_anywhere(config, trust)
    with session.open_store() as store:
        pairing = plan_pairing(session, judge, model, store.run(first).run, store.run(second).run)
        ensure_trust(pairing.session, used_by_metrics(session.project, pairing.spec.metrics))
        budget = Paying(max_cost, yes).judged(
            session, lambda: run_code(cost_of_pairs(store, pairing))
        )
        with eval_progress(pairing.name) as watcher:
            work = judge_pairs(
                store, pairing, budget=budget, on_progress=watcher.on_progress, on_note=note
            )
            run = run_code(work)
        summary = summary_of(store, pairing, run)
        report = report_of(store, run)
        if json:
            show_json({"run": run.model_dump(mode="json"), "pairs": asdict(summary)})
        else:
            show_run(report, json=False)
            show(pairs_text(summary, pairing.first.id, pairing.second.id))
        write_reports(report, output or [])
    if pairing.spec.gates:
        note(f"judge it by its gates: genaiops gate {pairing.name} --run {run.id}")
