"""`genaiops check`: all faults of a project, before any money is spent."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.errors import SpecError
from genaiops.project.check import check_project, look_around
from genaiops.project.environment import process_environment
from genaiops.project.files import load_project
from genaiops.project.root import find_project_file
from genaiops.project.session import utc_now
from genaiops.specs.schemas import write_schemas
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

app = new_app("Validate all files of a project; calls no model.")


@app.command()
def command(
    config: ConfigOption = None,
    schema: Annotated[
        Path | None, typer.Option("--schema", help="Write the JSON Schemas of all files here.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check specs, references, prompts, datasets, metrics and gates; faults exit with 2."""
    if schema is not None:
        for path in write_schemas(schema):
            show(str(path))
        return
    try:
        file = find_project_file(Path.cwd(), config)
        project = load_project(file.parent, file.name)
        around = look_around(project, process_environment(), utc_now().date())
        faults = check_project(project, around)
    except SpecError as error:
        faults = list(error.faults)
    errors = [fault for fault in faults if fault.severity == "error"]
    if json:
        show_json(
            [
                {
                    "file": fault.file,
                    "line": fault.line,
                    "column": fault.column,
                    "severity": fault.severity,
                    "message": fault.message,
                }
                for fault in faults
            ]
        )
    else:
        for fault in faults:
            show(printable(str(fault)))
        warnings = len(faults) - len(errors)
        note(f"{counted(len(errors), 'error')}, {counted(warnings, 'warning')}")
    if errors:
        raise typer.Exit(2)
