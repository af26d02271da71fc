"""Options that mean the same in every command."""

from pathlib import Path
from typing import Annotated

import typer

EvalArgument = Annotated[
    str | None, typer.Argument(help="An evaluation by name; not needed where there is one.")
]
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
VariantsOption = Annotated[
    list[str] | None, typer.Option("--variant", help="A variant of the flow; repeatable.")
]
ModelsOption = Annotated[
    list[str] | None,
    typer.Option("-m", "--model", help="A model of the catalog, or PROVIDER:NAME; repeatable."),
]
PromptsOption = Annotated[
    list[str] | None,
    typer.Option("-p", "--prompt", help="A prompt file, or NODE=FILE; repeatable."),
]
ParamOption = Annotated[
    list[str] | None,
    typer.Option("--param", help="NAME=VALUE,VALUE such as temperature=0,0.7; repeatable."),
]
DataOption = Annotated[
    Path | None,
    typer.Option("-d", "--data", help="Cases: .csv .tsv .json .jsonl; in place of the file's."),
]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        "-o",
        "--output",
        help="Write a report: .html .md .json .jsonl .csv .junit.xml .sarif .gitlab.json; "
        "repeatable.",
    ),
]

RepeatsOption = Annotated[
    int | None, typer.Option("--repeats", min=1, max=100, help="Draws of each case.")
]
LimitOption = Annotated[
    int | None, typer.Option("-n", "--limit", min=1, help="Only the first cases.")
]
ConcurrencyOption = Annotated[
    int | None, typer.Option("-j", "--concurrency", min=1, max=1000, help="Cases at once.")
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option("--filter", help="TAG=VALUE: only cases with this tag; repeatable."),
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
