"""`genaiops init`: a small project that works at once, or an evaluation of one's own function."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, show
from genaiops.cli.options import new_app
from genaiops.errors import InputError
from genaiops.project.asking import only_eval
from genaiops.project.environment import process_environment
from genaiops.project.onboarding import Begun, begin_from
from genaiops.project.root import PROJECT_FILE, find_project_file, has_evals
from genaiops.project.scaffold import init
from genaiops.project.session import config_folder, open_session
from genaiops.project.workflow import Platform, WorkflowPlace, find_place, write_workflow
from genaiops.text.layout import table
from genaiops.text.quantities import counted
from genaiops.trust import OWN_CODE, TrustBook

app = new_app("Start a small project that works at once, or evaluate your own function.")


@app.command()
def command(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(),
    function: Annotated[
        str | None,
        typer.Option("--from", help="Your function, app:answer: writes one evaluation of it."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("-d", "--data", help="With --from: the cases, as CSV or JSONL."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="By default that of the folder, or of the module.")
    ] = None,
    ci: Annotated[
        Platform | None,
        typer.Option("--ci", help="Also write the workflow that judges pull requests."),
    ] = None,
) -> None:
    """Write a flow, its prompt, an index, questions and an evaluation with gates.

    With --from and -d, write only evals/NAME.yaml, which evaluates your function on your cases. In
    a project that is there already, --ci writes only the workflow, for the evaluation --name.
    """
    place = "" if folder == Path() else f"cd {folder} && "
    workflow = find_place(_project_folder(folder), ci) if ci else None
    if function is not None and data is not None:
        begun = begin_from(folder, function, data, name, with_margin=ci is not None)
        _show_begun(begun, place)
        _add_workflow(begun.root, begun.name, workflow)
        return
    if function is not None:
        raise InputError(f"--from {function} needs cases: -d questions.csv")
    if data is not None:
        raise InputError(f"-d {data} goes with a function: --from app:answer")
    if workflow is not None and _is_project(folder):
        _add_workflow(_project_folder(folder), name, workflow)
        return
    written = init(folder, name or folder.resolve().name)
    show(table([(entry.path, entry.purpose) for entry in written]))
    note(f"\nnext: {place}genaiops gate assistant")
    _add_workflow(folder, "assistant", workflow)


def _project_folder(folder: Path) -> Path:
    """The root of the project around a folder; the folder where there is none."""
    try:
        return find_project_file(folder, anywhere=True).parent
    except InputError:
        return folder


def _is_project(folder: Path) -> bool:
    root = _project_folder(folder)
    return (root / PROJECT_FILE).is_file() or has_evals(root)


def _add_workflow(root: Path, name: str | None, place: WorkflowPlace | None) -> None:
    if place is None:
        return
    session = open_session(root)
    written = write_workflow(session, name or only_eval(session.project), place)
    show(f"{written.path}  judges pull requests; commit it")
    for told in written.notes:
        note(f"  {told}")


def _show_begun(begun: Begun, place: str) -> None:
    """Say what was written and why; who names a function of theirs goes on editing it."""
    show(f"{begun.path}  metrics and gates for {counted(begun.cases, 'case')}; it explains itself")
    book = TrustBook(config_folder(process_environment()) / "trust.json")
    book.trust(begun.root, [OWN_CODE])
    own = "your Python files here are trusted as you edit them; genaiops trust --forget ends that"
    for told in (*begun.notes, own):
        note(f"  {told}")
    note(f"\nnext: {place}genaiops gate {begun.name}")
