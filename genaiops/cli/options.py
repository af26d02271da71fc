"""Options that mean the same in every command."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("-c", "--config", help="The project file; by default the nearest upwards."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TrustOption = Annotated[
    str | None,
    typer.Option("--trust", help="Trust exactly the wants with this digest (genaiops trust)."),
]
VariantOption = Annotated[str | None, typer.Option("--variant", help="A variant of the flow.")]
ModelOption = Annotated[
    str | None, typer.Option("-m", "--model", help="A catalog model for every prompt node.")
]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        "-o", "--output", help="Write a report: .json .jsonl .csv .md .junit.xml; repeatable."
    ),
]


def new_app(help_: str) -> typer.Typer:
    """A command's application: plain help, no completion of its own, our own errors."""
    return typer.Typer(
        help=help_,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
