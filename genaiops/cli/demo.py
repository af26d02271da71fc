"""`genaiops demo`: the whole loop on the shipped example, with real models, offline."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from genaiops.cli.door import run_async, show
from genaiops.cli.evaluating import run_with_progress
from genaiops.cli.options import new_app
from genaiops.cli.render import count_progress
from genaiops.cli.weights import pull_weights
from genaiops.evaluations.reports import write_report
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.summary import failures_text, run_text
from genaiops.models.weights import WeightsCatalog
from genaiops.project.evaluating import Asked, report_of
from genaiops.project.example import example_project
from genaiops.project.indexing import build
from genaiops.project.judging import judge_run
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.session import Session, open_session
from genaiops.records import Decision, EvalRun
from genaiops.store import Store
from genaiops.text.layout import wrapped

EVAL = "assistant"
FLOOR = "extractive"
MODEL = "smollm2-135m"
WEIGHTS = ("all-minilm-l6-v2-int8", MODEL)
FEW = {"demo": True}
"""The tag of the cases that the language model is asked: one of each topic, and one without
an answer."""

app = new_app("Watch the whole loop on the shipped example: offline, with real models.")


@app.command()
def command() -> None:
    """Pull, index, evaluate, gate, report; takes minutes, needs no account and no server."""
    session = open_session(example_project(Path.cwd()))
    show("A customer-service assistant of an electricity supplier, grounded in its handbook.")
    show(f"Its files: {session.root}")
    _pull(session)
    _build_index(session)
    with session.open_store() as store:
        _title(f"3. The floor: {FLOOR} picks sentences, on all cases")
        _evaluate(session, store, Overrides(FlowOverrides(model=FLOOR)), slices=True)
        _title(f"4. A language model: {MODEL}, on the few cases tagged demo, beside the floor")
        floor = _evaluate(session, store, Overrides(FlowOverrides(model=FLOOR), filter=FEW))
        candidate = _evaluate(session, store, Overrides(FlowOverrides(model=MODEL), filter=FEW))
        _judge(session, store, candidate, floor)
    _title("Try next")
    show(_next(session))


def _pull(session: Session) -> None:
    _title("1. What is missing")
    catalog = WeightsCatalog.load(session.environment)
    for name in WEIGHTS:
        pull_weights(catalog, name)


def _judge(session: Session, store: Store, candidate: EvalRun, floor: EvalRun) -> None:
    _title(f"5. The gate: may {MODEL} replace {FLOOR}?")
    decision = judge_run(session, store, candidate, against=floor.id)
    show(decision_text(decision, candidate))
    show("")
    show("\n".join(_explained(decision, candidate)))
    _title("6. Reports for a job page and a CI server")
    report = report_of(store, candidate, decision)
    for name in ("demo-report.md", "demo-report.junit.xml"):
        write_report(report, session.root / name)
        show(f"  {name}")


def _title(text: str) -> None:
    show(f"\n{text}\n{'-' * len(text)}")


def _build_index(session: Session) -> None:
    _title("2. The index: 70 articles, cut and embedded")
    with count_progress("index handbook", "texts") as on_progress:
        version = run_async(build(session, "handbook", on_progress))
    passages = version.manifest.passages
    show(f"  {version.digest[:12]}: {len(version.documents())} documents, {passages} passages")


def _evaluate(
    session: Session, store: Store, overrides: Overrides, *, slices: bool = False
) -> EvalRun:
    run = run_with_progress(session, store, Asked(EVAL, overrides))
    report = report_of(store, run)
    estimates = [e if slices else replace(e, slices=()) for e in report.estimates]
    show(run_text(run, estimates))
    failures = failures_text(report.results(), most=2)
    if failures:
        show(failures)
    return run


def _explained(decision: Decision, run: EvalRun) -> Iterator[str]:
    """What the verdict means, whatever it is."""
    meaning = {
        "pass": "every blocking gate proved its claim on these cases.",
        "fail": "a drop, or a broken limit, is proven; in CI this run would exit with 1.",
        "inconclusive": "neither a pass nor a fail is proven; the policy decides what happens.",
    }[decision.word]
    yield wrapped(f"{decision.word}: {meaning}", indent=2)
    cases = run.planned // run.repeats
    yield wrapped(
        f"{cases} cases are few: intervals are wide, and a margin of 10 points cannot be proven "
        "below 29 cases. That is why gates say what they do not know.",
        indent=2,
    )


def _next(session: Session) -> str:
    lead = "" if session.root == Path.cwd() else f"  cd {session.root.name}\n"
    return (
        f"{lead}"
        "  genaiops run assistant -i question='Do weekends count as night hours?' --steps\n"
        "  genaiops eval assistant -m extractive --variant wide\n"
        "  genaiops runs list; genaiops diff RUN RUN\n"
        "  genaiops baseline accept assistant; genaiops gate assistant\n"
        "  genaiops init my-project"
    )
