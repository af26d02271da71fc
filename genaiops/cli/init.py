"""`genaiops init`: a small project that works at once."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, show
from genaiops.cli.options import new_app
from genaiops.cli.text import table
from genaiops.project.scaffold import init

app = new_app("Start a small project that works at once, without account or download.")


@app.command()
def command(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(),
    name: Annotated[str | None, typer.Option("--name", help="By default the folder's.")] = None,
) -> None:
    """Write a flow, its prompt, an index, questions and an evaluation with gates."""
    written = init(folder, name or folder.resolve().name)
    show(table([(entry.path, entry.purpose) for entry in written]))
    place = "" if folder == Path() else f"cd {folder} && "
    note(f"\nnext: {place}genaiops gate assistant")
