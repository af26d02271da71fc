"""`genaiops dev`: a few cases of an evaluation, run again whenever a file is saved."""

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, run_async, show, trusted_session
from genaiops.cli.hold_lines import HoldLines
from genaiops.cli.look import look_lines
from genaiops.cli.options import ConfigOption, ModelOption, TrustOption, VariantOption, new_app
from genaiops.errors import GenaiopsError, TrustError
from genaiops.evaluations.reports.terminal.summary import failures_text
from genaiops.project.developing import Bench, Look, develop
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.paying import capped
from genaiops.project.wants import used_by_eval
from genaiops.project.watching import FileWatch
from genaiops.store import Store
from genaiops.text.printable import printable

app = new_app("Run a few cases again whenever a file is saved.")


@app.command()
def command(
    name: Annotated[str, typer.Argument(help="An evaluation by name.")],
    cases: Annotated[
        int, typer.Option("-n", "--limit", min=1, help="So many cases, always the same ones.")
    ] = 12,
    variant: VariantOption = None,
    model: ModelOption = None,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", help="US dollars at most, in all; else ask_above_usd."),
    ] = None,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Watch prompts, flow, code, evaluation and data; show which cases got better or worse.

    A look at a few cases proves nothing and is kept nowhere; `genaiops gate` judges. Ctrl-C ends.
    """
    session = trusted_session(config, trust)
    asked = Asked(name, Overrides(flow=FlowOverrides(variant, model)))
    ensure_trust(session, used_by_eval(session.project, name, variant=variant, model=model))
    with (
        TemporaryDirectory(prefix="genaiops-dev-") as folder,
        session.open_store() as calls,
        Store(Path(folder) / "runs.sqlite") as runs,
    ):
        bench = Bench(
            session=session,
            open_session=lambda: trusted_session(config, trust),
            asked=asked,
            cases=cases,
            folder=Path(folder),
            calls=calls,
            runs=runs,
            on_note=note,
            budget=capped(session.project.spec.ask_above_usd if max_cost is None else max_cost),
            needs_prices=max_cost is not None,
            on_hold=HoldLines().take,
        )
        run_async(_develop(bench))


async def _develop(bench: Bench) -> None:
    watch = FileWatch()

    async def next_change(files: Collection[Path]) -> tuple[Path, ...]:
        watch.follow(files)
        return await watch.next_change()

    watch.follow(bench.files())
    try:
        await develop(
            bench,
            on_look=lambda look, changed: _show(look, changed, bench.session.root),
            on_fault=_tell,
            next_change=next_change,
        )
    finally:
        await bench.aclose()


def _show(look: Look, changed: Collection[Path], root: Path) -> None:
    if look.diff is None:
        count = len(look.results)
        show(
            f"{printable(look.run.eval)}: {count} of {look.cases_of_all} cases, always the same; "
            "a look, no proof. Ctrl-C ends"
        )
    if changed:
        names = (path.relative_to(root) if path.is_relative_to(root) else path for path in changed)
        show(f"\nsaved {printable(', '.join(path.as_posix() for path in names))}")
    show("\n".join(line for line in look_lines(look) if line))
    failures = failures_text(look.results)
    if failures:
        show(failures)


def _tell(error: GenaiopsError) -> None:
    note(f"\nerror: {error}" if not isinstance(error, TrustError) else f"\n{error}")
    if isinstance(error, TrustError):
        note("to go on: genaiops trust --yes, then save the file again")
    note("still watching")
