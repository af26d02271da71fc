"""`genaiops judge`: how far a judge agrees with people, and labels of people to tell it by."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, session_anywhere, show, show_json, trusted_session
from genaiops.cli.labelling import Labelling
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.cli.pair import pair
from genaiops.evaluations.reports.agreement_json import agreement_json
from genaiops.evaluations.reports.terminal.agreement import agreement_text
from genaiops.gates.standing import Calibrated
from genaiops.project.calibrating import (
    JudgeReport,
    calibrate_metric,
    calibrate_recorded,
)
from genaiops.project.calibrations import keep_calibration
from genaiops.project.label_file import read_labels
from genaiops.project.labelling import Wanted, open_book

app = new_app("Tell how far a judge agrees with people, and let people label answers.")
app.command()(pair)


@app.command()
def calibrate(
    judge: Annotated[
        str,
        typer.Argument(help="EVAL:METRIC; or any name, where the labels have a column `judge`."),
    ],
    labels: Annotated[
        Path, typer.Option("--labels", help="Labels of people: .jsonl, .csv or .tsv.")
    ],
    by: Annotated[
        str | None, typer.Option("--by", help="Also by the values of this tag, or column.")
    ] = None,
    good: Annotated[
        float | None, typer.Option("--good", help="Labels of at least this are 1, others 0.")
    ] = None,
    random: Annotated[
        bool, typer.Option("--random", help="Say that the answers were drawn at random.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Compare what people said of answers with a judge's scores of the same answers.

    Of a metric of an evaluation, the labels are kept in evals/calibrations/: its gates are judged
    with them from then on. Commit that file.
    """
    file = read_labels(labels, str(labels), good=good)
    if ":" not in judge:
        _show(calibrate_recorded(judge, file, by), json=json)
        return
    session = trusted_session(config, None)
    with session.read_store() as store:
        found = calibrate_metric(session, store, judge, file, by, is_random=random)
    _show(found, json=json)
    if found.calibration is not None:
        path = keep_calibration(session, found.calibration)
        note(f"wrote {path.relative_to(session.root)}: commit it")


@app.command()
def label(
    runs: Annotated[list[str], typer.Argument(help="A run, or two whose answers are then mixed.")],
    metric: Annotated[
        str | None, typer.Option("--metric", help="On whose scale; not needed for one judge.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, help="Answers to label.")] = 100,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file; else in evals/labels/.")
    ] = None,
    rater: Annotated[
        str, typer.Option("--rater", help="Who labels, where more than one person does.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the random order.")] = 0,
    config: ConfigOption = None,
) -> None:
    """Show random answers of a run and take a label for each: without score, model or run.

    What was said is kept at once; the same command goes on where it was left.
    """
    session = session_anywhere(config, None)
    with session.read_store() as store:
        wanted = Wanted(runs, metric, output, rater, seed)
        book = open_book(session, store, wanted)
    Labelling(book, limit).go_on()


def _show(found: JudgeReport, *, json: bool) -> None:
    for told in found.notes:
        note(told)
    if json:
        show_json(_json(found))
        return
    show(agreement_text(found.name, found.agreement, found.slices))
    if found.standing is not None:
        word = "CALIBRATED" if isinstance(found.standing, Calibrated) else "UNCALIBRATED"
        show(f"{word}: {found.standing.why}")


def _json(found: JudgeReport) -> dict[str, object]:
    standing = found.standing
    return {
        "judge": found.name,
        **agreement_json(found.agreement),
        "slices": {name: agreement_json(each) for name, each in found.slices.items()},
        "calibrated": None if standing is None else isinstance(standing, Calibrated),
        "why": None if standing is None else standing.why,
    }
