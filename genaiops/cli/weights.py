"""`genaiops weights`: the files of local models."""

from typing import Annotated

import typer

from genaiops.cli.door import note, run_async, show, show_json
from genaiops.cli.options import JsonOption, new_app
from genaiops.cli.render import count_progress
from genaiops.models.weights import PullPlan, WeightsCatalog
from genaiops.project.environment import process_environment
from genaiops.text.layout import table

app = new_app("List, pull and verify the weights of local models.")

NameArgument = Annotated[str, typer.Argument(help="A name of `genaiops weights list`.")]


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """List the weights that can be pulled, and what is here."""
    catalog = WeightsCatalog.load(process_environment())
    rows = [
        (
            status.name,
            status.state,
            f"{status.bytes / 1e6:,.0f} MB",
            status.entry.licence,
            status.entry.description,
        )
        for status in catalog.list()
    ]
    if json:
        keys = ("name", "state", "size", "licence", "description")
        show_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        show(table([("name", "state", "size", "licence", ""), *rows], right=(2,)))


@app.command()
def pull(name: NameArgument) -> None:
    """Download what is missing, after saying what and from where; accepted by sha256 alone."""
    pull_weights(WeightsCatalog.load(process_environment()), name)


@app.command()
def verify(name: NameArgument) -> None:
    """Read the files again and compare their sha256."""
    run_async(WeightsCatalog.load(process_environment()).verify(name))
    show(f"{name}: every file has its sha256")


def pull_weights(catalog: WeightsCatalog, name: str) -> None:
    """Pull with a word before and after; nothing where the weights are here."""
    plan = catalog.plan(name)
    if not plan.files:
        note(f"{name} is here")
        return
    note(_announcement(name, plan))
    with count_progress(name, "MB") as on_progress:
        run_async(catalog.pull(name, on_progress))
    note(f"{name} is here")


def _announcement(name: str, plan: PullPlan) -> str:
    places = "; ".join(dict.fromkeys(file.source for file in plan.files))
    return f"pulling {name}: {plan.bytes_missing / 1e6:,.0f} MB from {places}"
