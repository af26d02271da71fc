"""`genaiops metrics`: what can be measured, how far to trust it, and a score of one case."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.app import EXIT_EXECUTION
from genaiops.cli.door import (
    ensure_trust,
    naming_code,
    note,
    run_code,
    session_anywhere,
    show,
    show_json,
)
from genaiops.cli.hold_lines import HoldLines
from genaiops.cli.inputs import named_values
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption, new_app
from genaiops.errors import InputError
from genaiops.gates import number_style
from genaiops.metrics.card import MetricCard
from genaiops.metrics.card_text import WIDTH, card_text
from genaiops.project.known_metrics import KnownMetric, card_of_metric, known_metrics
from genaiops.project.session import Session
from genaiops.project.trying import (
    Answered,
    Said,
    answered_case,
    evaluated_case,
    try_metric,
    use_in,
)
from genaiops.project.wants import used_by_metrics
from genaiops.project.wiring import Wiring
from genaiops.records import NOT_APPLICABLE, MetricInfo, Score
from genaiops.specs.answered_case import AnsweredCase
from genaiops.specs.evaluation import MetricUse
from genaiops.specs.load import parse_yaml, read_yaml, validate
from genaiops.text.layout import one_line, table, terminal_width
from genaiops.text.quantities import money

app = new_app("What can be measured, how far to trust it, and a score of one case.")

_LONGEST_LINE = 400

NameArgument = Annotated[
    str, typer.Argument(help="A metric by name, or a function: nodes.py:tone.")
]


@app.command("list")
def list_(config: ConfigOption = None, json: JsonOption = False) -> None:
    """List the metrics: ours, of installed packages, and those that this project names."""
    known = list(known_metrics(session_anywhere(config, None)))
    if json:
        show_json([asdict(each) for each in known])
        return
    head = ("metric", "range", "better", "what it is, and needs beside an answer")
    show(table([head, *map(_row, known)], flexible=3))
    note("more of one: genaiops metrics show NAME; a score at once: genaiops metrics try NAME")


@app.command("show")
def show_(
    name: NameArgument,
    config: ConfigOption = None,
    json: JsonOption = False,
    trust: TrustOption = None,
) -> None:
    """Show the card of a metric: definition, arguments, agreement with people, blind spots."""
    session = _trusted(session_anywhere(config, trust), name, MetricUse(metric=name))
    card = run_code(_card(session, name))
    if json:
        show_json(asdict(card))
    else:
        show(card_text(card, min(terminal_width(), WIDTH)).rstrip())


@app.command("try")
def try_(
    name: NameArgument,
    answer: Annotated[str | None, typer.Option("--answer", help="The answer to score.")] = None,
    expected: Annotated[
        list[str] | None, typer.Option("--expected", help="The expected answer; repeatable.")
    ] = None,
    passage: Annotated[
        list[str] | None, typer.Option("--passage", help="A retrieved passage; repeatable.")
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("-i", "--input", help="NAME=VALUE, such as question=...; repeatable."),
    ] = None,
    arguments: Annotated[
        list[str] | None,
        typer.Option("--arg", help="NAME=VALUE of the metric, such as k=3; repeatable."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("-f", "--file", help="A case as JSON, - for stdin.")
    ] = None,
    evaluation: Annotated[
        str | None, typer.Option("--eval", help="Score a case of this evaluation, by --case.")
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", help="The id of a case, with its newest answer.")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Score one case. Ends with 4 where there is no score; its reason is printed."""
    session = session_anywhere(config, trust)
    use, known = _asked(session, name, file, evaluation, case)
    given = named_values(arguments or [], frozenset(), flag="--arg")
    use = use.model_copy(update={"arguments": {**use.arguments, **given}})
    session = _trusted(session, name, use)
    said = Said(answer, expected or [], passage or [], named_values(inputs or [], None))
    info, score = run_code(_try(session, use, said.over(known)))
    if json:
        show_json({"metric": info.model_dump(mode="json"), **score.model_dump(mode="json")})
    else:
        show(_score_text(info, score))
    if score.reason is not None and not score.reason.startswith(NOT_APPLICABLE):
        raise typer.Exit(EXIT_EXECUTION)


def _asked(
    session: Session, name: str, file: Path | None, evaluation: str | None, case: str | None
) -> tuple[MetricUse, Answered]:
    """How the metric is used, and the case as a file or an evaluation has it."""
    if (evaluation is None) != (case is None):
        raise InputError("--eval NAME and --case ID go together: a case of an evaluation")
    if evaluation is None or case is None:
        return MetricUse(metric=name), answered_case(_read(file))
    if file is not None:
        raise InputError("a case is from --file or from --eval and --case, not from both")
    use = use_in(session.project.eval(evaluation).spec, name)
    return use, evaluated_case(session, evaluation, case)


def _read(file: Path | None) -> AnsweredCase:
    if file is None:
        return AnsweredCase()
    is_stdin = str(file) == "-"
    document = parse_yaml(sys.stdin.read(), "stdin") if is_stdin else read_yaml(file, str(file))
    return validate(document, AnsweredCase)


def _trusted(session: Session, name: str, use: MetricUse) -> Session:
    """The session, trusted with what the metric uses; what was typed is, not what it stands for."""
    session = naming_code(session, name)
    ensure_trust(session, used_by_metrics(session.project, [use]))
    return session


async def _card(session: Session, name: str) -> MetricCard:
    async with Wiring(session, None) as wiring:
        return card_of_metric(wiring, name)


async def _try(session: Session, use: MetricUse, answered: Answered) -> tuple[MetricInfo, Score]:
    """The score; calls of a model are kept as those of evaluations are, and reused."""
    if not used_by_metrics(session.project, [use]).models:
        async with Wiring(session, None) as wiring:
            return await try_metric(wiring, use, answered)
    with session.open_store() as store:
        async with Wiring(session, store, on_wait=note, on_hold=HoldLines().take) as wiring:
            tried = await try_metric(wiring, use, answered)
        await store.flush()
    return tried


def _row(known: KnownMetric) -> tuple[str, ...]:
    card = known.card
    if card is None:
        return (known.name, "", "", known.help)
    needs = ", ".join(name for name in card.needs if name != "answer")
    told = f"{known.help}; needs {needs}" if needs else known.help
    return (known.name, card.range, card.better, told)


def _score_text(info: MetricInfo, score: Score) -> str:
    """The score in a line, with why; then its evidence, and what it cost."""
    number = "no score" if score.value is None else number_style(info).value(score.value)
    told = score.reason or score.explanation
    lines = [f"{info.name}  {number}" + (f"  {one_line(told, _LONGEST_LINE)}" if told else "")]
    lines += [f"  {one_line(each, _LONGEST_LINE)}" for each in score.evidence]
    if score.usage is not None:
        lines.append(f"  cost {money(score.usage.cost_usd)}")
    return "\n".join(lines)
