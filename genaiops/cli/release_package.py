"""`genaiops release package`: a release as a folder that an engine makes an image of."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import ensure_trust, note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption
from genaiops.project.packaging import find_to_package, package_release
from genaiops.project.released import open_release

ReleaseArgument = Annotated[
    str,
    typer.Argument(help="A release by its id or the beginning of it; a flow: its newest; last."),
]
FolderOption = Annotated[
    Path, typer.Option("-o", "--output", help="The folder; it must not be there yet, or be empty.")
]


def package(
    output: FolderOption,
    release: ReleaseArgument = "last",
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Write a Dockerfile, a compose file and what the release holds; nothing is built.

    Only what stands in staging or production is packaged.
    """
    session = trusted_session(config, trust)
    found = find_to_package(session, release)
    released = open_release(session, found)
    ensure_trust(released.session, released.used)
    packaged = package_release(session, released, output)
    image, wants = packaged.image, [str(want) for want in packaged.wants]
    if json:
        show_json({"release": found.id, "image": image.tag, "wants": wants, "folder": str(output)})
        return
    show(f"wrote release {found.id} of {found.flow} to {output}")
    for want in wants:
        show(f"  may {want}")
    note(f"to build it: docker build -t {image.tag} {output}")
    note(f"to run it: GENAIOPS_TOKEN=… docker compose -f {output}/compose.yaml up --build")
