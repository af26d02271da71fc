"""`genaiops catalog`: the models that the project knows."""

from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.models.catalog import Catalog
from genaiops.project.session import Session
from genaiops.specs.catalog import ModelSpec
from genaiops.text.layout import table
from genaiops.text.quantities import counted

app = new_app("The models, embedders and selections that the project knows.")


@app.command("list")
def list_(config: ConfigOption = None, json: JsonOption = False) -> None:
    """List the models with what is known of them."""
    session = trusted_session(config, None)
    spec = session.project.catalog.spec
    if json:
        show_json(spec.model_dump(mode="json", exclude_defaults=True))
        return
    head = ("model", "provider", "context", "$/Mtok in", "out", "licence", "region", "retires")
    rows = [_row(name, entry) for name, entry in spec.models.items()]
    show(table([head, *rows], right=(2, 3, 4)))
    locked = session.lock.models
    for name in spec.selections:
        show(f"{name} -> {locked.get(name, 'not resolved: genaiops select ' + name)}")


@app.command("show")
def show_entry(
    name: Annotated[str, typer.Argument(help="A model or a selection.")],
    config: ConfigOption = None,
) -> None:
    """Show all that the catalog says of a model."""
    session = trusted_session(config, None)
    catalog = _catalog(session)
    own = catalog.model_name(name)
    show_json({own: catalog.entry(own).model_dump(mode="json", exclude_defaults=True)})


@app.command()
def check(config: ConfigOption = None) -> None:
    """Tell of retirement dates, missing prices, and secrets in the open."""
    session = trusted_session(config, None)
    warnings = _catalog(session).warnings(session.clock().date())
    for warning in warnings:
        show(warning.told)
    models = counted(len(session.project.catalog.spec.models), "model")
    note(f"{models}, {counted(len(warnings), 'warning')}")


def _catalog(session: Session) -> Catalog:
    return Catalog(
        session.project.catalog.spec,
        root=session.root,
        environment=session.environment,
        locked=session.lock.models,
    )


def _row(name: str, entry: ModelSpec) -> tuple[str, ...]:
    price = entry.price
    return (
        name,
        entry.provider,
        f"{entry.context_window:,}" if entry.context_window else "",
        f"{price.input_usd_per_mtok:g}" if price else "",
        f"{price.output_usd_per_mtok:g}" if price else "",
        entry.licence or "",
        entry.region or "",
        entry.retires.isoformat() if entry.retires else "",
    )
