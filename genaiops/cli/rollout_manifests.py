"""`genaiops rollout manifests`: files for what splits traffic elsewhere."""

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from genaiops.cli.door import note, show, trusted_session
from genaiops.cli.options import ConfigOption
from genaiops.errors import InputError
from genaiops.project.rollouts import find_rollout
from genaiops.rollout.manifests import Place, Target, written_manifest

NameArgument = Annotated[
    str | None, typer.Argument(help="A rollout by name; not needed where there is one.")
]
ServiceOption = Annotated[
    str | None,
    typer.Option("--service", help="The workload; by default as the rollout is called."),
]
VerdictOption = Annotated[
    str | None,
    typer.Option("--verdict-url", help="Where genaiops tells the verdict, for argo and flagger."),
]
PrometheusOption = Annotated[
    str, typer.Option("--prometheus-url", help="What keeps the figures of genaiops, for flagger.")
]


def manifests(
    target: Annotated[Target, typer.Option("--target", help="What splits the traffic.")],
    name: NameArgument = None,
    step: Annotated[
        int, typer.Option("--step", help="Of what knows no steps: 0 is before the first.")
    ] = 1,
    service: ServiceOption = None,
    namespace: Annotated[str, typer.Option("--namespace")] = "default",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8000,
    host: Annotated[str | None, typer.Option("--host", help="The name that users ask.")] = None,
    verdict_url: VerdictOption = None,
    prometheus_url: PrometheusOption = "http://prometheus:9090",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write it here; by default to stdout.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Write the files by which something else splits the traffic of a rollout."""
    name, spec = find_rollout(trusted_session(config, None).project, name)
    service = service or name.replace("_", "-").lower()
    place = Place(
        rollout=name,
        service=service,
        salt=f"{service}-{spec.digest[:8]}",
        namespace=namespace,
        port=port,
        host=host or f"{service}.example",
        verdict_url=verdict_url or f"http://genaiops:8080/v1/rollouts/{quote(name)}",
        prometheus_url=prometheus_url,
    )
    text = written_manifest(target, spec, place, step)
    if output is None:
        show(text.rstrip("\n"))
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}") from error
    note(f"wrote {output}")
