"""`genaiops doctor`: what is here, what is missing, and how to get it."""

import sys
from collections.abc import Iterable, Iterator, Mapping

import typer

from genaiops.cli.app import EXIT_INPUT
from genaiops.cli.door import run_async, show, show_json
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.models.weights import WeightsStatus
from genaiops.project.diagnosis import Diagnosis, diagnose
from genaiops.project.installation import Extra, Installation, Package, read_installation
from genaiops.project.needs import Missing, ProjectState
from genaiops.text.layout import terminal_width, wrapped
from genaiops.text.printable import printable

app = new_app("Print what is here, what is missing, and how to get it.")


@app.command()
def command(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Look at the installation and the project; calls no model, and shows no value of a variable.

    Exits with 2 where something is missing that flows or evaluations need.
    """
    found = run_async(diagnose(read_installation(), config))
    if json:
        show_json(_as_json(found))
    else:
        show("\n".join(_lines(found)))
    if found.project is not None and not found.project.can_run:
        raise typer.Exit(EXIT_INPUT)


def _lines(found: Diagnosis) -> Iterator[str]:
    yield from _installation_lines(found.installation)
    yield "\nvariables (values are never shown)"
    yield from _set_lines({**found.switches, **found.keys})
    yield "\nweights of local models"
    yield from _weights_lines(found.weights)
    yield f"\nterminal\n  {_terminal()}"
    if found.project is None:
        yield "\nno project here: genaiops init, or name one by -c FILE"
    else:
        yield from _project_lines(found.project)


def _installation_lines(found: Installation) -> Iterator[str]:
    yield f"genaiops {found.genaiops}, Python {found.python}, {found.system}"
    yield _named("needed", (_package(package) for package in found.packages))
    yield "\nextras"
    for extra in found.extras:
        yield _named(extra.name, [_extra(extra)])


def _extra(extra: Extra) -> str:
    if extra.is_installed:
        return ", ".join(_package(package) for package in extra.packages)
    absent = ", ".join(package.name for package in extra.packages if package.version is None)
    return f"{absent} missing: {extra.remedy}"


def _package(package: Package) -> str:
    return f"{package.name} {package.version or 'missing'}"


def _set_lines(variables: Mapping[str, bool]) -> Iterator[str]:
    for label, wanted in (("set", True), ("not set", False)):
        yield _named(label, [name for name, is_set in variables.items() if is_set is wanted])


def _weights_lines(listed: Iterable[WeightsStatus]) -> Iterator[str]:
    for status in listed:
        size = f"{status.bytes / 1e6:,.0f} MB"
        remedy = "" if status.state == "present" else f": genaiops weights pull {status.name}"
        yield _named(status.state, [f"{status.name}, {size}{remedy}"])


def _terminal() -> str:
    is_terminal = sys.stdout.isatty()
    told = f"{terminal_width()} columns, {sys.stdout.encoding}"
    return told if is_terminal else f"{told}; the output is no terminal"


def _project_lines(found: ProjectState) -> Iterator[str]:
    yield "\nproject"
    yield _named("root", [str(found.root)])
    if found.faults:
        count = len(found.faults)
        yield _named("files", [f"{count} wrong, all listed by genaiops check. The first:"])
        yield wrapped(found.faults[0], indent=12)
        return
    yield _named("store", [f"{found.store_bytes / 1e6:,.1f} MB"])
    yield _named("evals", found.evals)
    yield _named("flows", found.flows)
    yield _named("indexes", (f"{name} {told}" for name, told in found.indexes.items()))
    for is_needed, title in (
        (True, "missing, and needed"),
        (False, "missing, for what is not used"),
    ):
        chosen = [each for each in found.missing if each.is_needed is is_needed]
        if chosen:
            yield f"\n{title}"
            yield from (line for each in chosen for line in _missing_lines(each))
    if found.can_run:
        yield "\nall that its flows and evaluations need is here"


def _missing_lines(missing: Missing) -> Iterator[str]:
    yield wrapped(missing.what, indent=2)
    yield wrapped(missing.remedy, indent=6)


def _named(label: str, values: Iterable[str]) -> str:
    """A label, and beside it what it names, within the width of the terminal."""
    indent = 12
    text = wrapped(", ".join(values) or "none", indent=indent, width=min(terminal_width(), 100))
    return f"  {printable(label):<{indent - 3}} {text[indent:]}"


def _as_json(found: Diagnosis) -> dict[str, object]:
    installation, project = found.installation, found.project
    return {
        "genaiops": installation.genaiops,
        "python": installation.python,
        "system": installation.system,
        "packages": {package.name: package.version for package in installation.packages},
        "extras": {
            extra.name: {package.name: package.version for package in extra.packages}
            for extra in installation.extras
        },
        "variables": {**found.switches, **found.keys},
        "weights": {status.name: status.state for status in found.weights},
        "project": None if project is None else _project_json(project),
    }


def _project_json(found: ProjectState) -> dict[str, object]:
    return {
        "root": str(found.root),
        "store_bytes": found.store_bytes,
        "flows": list(found.flows),
        "evals": list(found.evals),
        "indexes": dict(found.indexes),
        "faults": list(found.faults),
        "missing": [
            {"what": each.what, "remedy": each.remedy, "needed": each.is_needed}
            for each in found.missing
        ],
        "can_run": found.can_run,
    }
