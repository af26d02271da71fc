"""Use case: a release leaves its project, as a folder that an engine makes an image of."""

import platform
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from genaiops.errors import InputError, StoreError
from genaiops.index.stores import kind_of_store
from genaiops.index.versions import MANIFEST_FILE, Manifest
from genaiops.project.opened_package import PACKAGE_FILE, PROJECT_FOLDER
from genaiops.project.pins import pins_of, requirements_of
from genaiops.project.release_home import ReleaseHome, release_home
from genaiops.project.released import Released
from genaiops.project.root import KEPT_FOLDER
from genaiops.project.session import Session
from genaiops.records.packages import Package
from genaiops.records.releases import Release
from genaiops.release.history import History
from genaiops.release.image import PACKAGE, Image, compose_file, dockerfile
from genaiops.specs.catalog import (
    LangchainModel,
    LocalEmbedder,
    LocalModel,
    ModerationModel,
)
from genaiops.specs.index import ChromaServer
from genaiops.trust import Want, wants_digest

_WHEELS = """\
Put wheels here of what pip cannot get elsewhere, such as packages of your own, or genaiops itself
where no package index of yours has it. pip looks here first for the versions of requirements.txt.
"""
_SPANS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS")
"""Where spans of requests are sent, where the project wants that."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A folder that was written: what its image is, and what it may run, reach and read."""

    image: Image
    wants: tuple[Want, ...]


def find_to_package(session: Session, reference: str) -> Release:
    """A release that stands in a stage: what never got past its gates leaves no other way.

    Raises:
        InputError: there is no such release, or it stands in no stage.
        StoreError: the chain or the shelf cannot be read, or was changed.
    """
    home = release_home(session)
    release = home.find(reference)
    history = History(home.audit.read_whole().records)
    standing = {
        stage: event.release
        for stage in ("staging", "production")
        if (event := history.standing(release.flow, stage)) is not None
    }
    if release.id in standing.values():
        return release
    others = " and ".join(f"{other} in {stage}" for stage, other in standing.items())
    told = f"; of this flow stands {others}" if others else ""
    raise InputError(
        f"release {release.id} of {release.flow} stands in no stage{told}: genaiops release "
        f"promote {release.id} --to staging"
    )


def package_release(session: Session, released: Released, folder: Path) -> Packaged:
    """Write the folder, with the files as they lie on the shelf.

    Raises:
        InputError: something is there already, or an index cannot be in an image.
        StoreError: the shelf was changed, or the folder cannot be written.
    """
    release = released.release
    image, wants = _image_of(session, released)
    served = session.project.spec.serving
    extras = {*_extras(released), *(("otel",) if served.otel else ())}
    requirements = requirements_of(release.packages, extras)
    serving = served.model_dump(mode="json", exclude_unset=True, exclude={"flows"})
    package = Package(id=release.id, release=release, serving=serving)
    texts = {
        "Dockerfile": dockerfile(image),
        "compose.yaml": compose_file(image),
        ".dockerignore": f"*\n!{PACKAGE}\n!wheels\n!requirements.txt\n!constraints.txt\n",
        "requirements.txt": _listed(requirements),
        "constraints.txt": _listed(pins_of(requirements)),
        "wheels/README": _WHEELS,
        f"{PACKAGE}/{PACKAGE_FILE}": f"{package.model_dump_json(indent=2)}\n",
    }
    data = {name: text.encode() for name, text in texts.items()}
    _write(folder, {**data, **_files_of(release, release_home(session))})
    return Packaged(image, wants)


def _files_of(release: Release, home: ReleaseHome) -> dict[str, bytes]:
    held = {**release.files, **release.held}
    return {
        f"{PACKAGE}/{PROJECT_FOLDER}/{name}": home.shelf.take(sha256, name)
        for name, sha256 in held.items()
    }


def _image_of(session: Session, released: Released) -> tuple[Image, tuple[Want, ...]]:
    release = released.release
    # in the image there is no file of variables
    wants = replace(released.session, filed={}).wants(released.used)
    image = Image(
        flow=release.flow,
        release=release.id,
        python=_python(release),
        genaiops=release.packages["genaiops"],
        weights=tuple(sorted(_weights(released))),
        variables=tuple(want.name for want in wants if want.kind == "variable"),
        optional=_SPANS if session.project.spec.serving.otel else (),
        trust=wants_digest(wants) if wants else "",
        drain_s=session.project.spec.serving.limits.drain_s,
    )
    return image, wants


def _python(release: Release) -> str:
    """The Python of this machine, unless the release was proven on another one."""
    here, proven = platform.python_version(), release.packages.get("python")
    return here if proven is None or here.startswith(f"{proven}.") else proven


def _entries(released: Released) -> Iterator[object]:
    """The entries of the catalog that the flow uses."""
    session, used = released.session, released.used
    spec = session.project.catalog.spec
    models = {session.lock.models.get(name, name) for name in used.models}
    yield from (entry for name, entry in spec.models.items() if name in models)
    yield from (entry for name, entry in spec.embedders.items() if name in used.embedders)


def _weights(released: Released) -> set[str]:
    local = (LocalModel, LocalEmbedder)
    return {entry.weights for entry in _entries(released) if isinstance(entry, local)}


def _extras(released: Released) -> set[str]:
    """The optional parts of genaiops that the flow needs.

    Raises:
        InputError: an index is searched by Chroma in its own folder.
    """
    found = {extra for entry in _entries(released) if (extra := _extra_of(entry)) is not None}
    for name in sorted(released.release.indexes):
        spec = released.session.project.index(name).spec
        if isinstance(spec.store, ChromaServer):
            found.add("chroma")
        elif kind_of_store(spec.store, _passages(released, name)) == "chroma":
            raise InputError(
                f"index {name} is searched by Chroma in a folder, to which it writes; the files of "
                "an image are not written: give the index `store: exact` or a Chroma server"
            )
    return found


def _extra_of(entry: object) -> str | None:
    match entry:
        case LocalModel() | LocalEmbedder():
            return "local"
        case LangchainModel():
            return "langchain"
        case ModerationModel():
            return "openai"
        case _:
            return None


def _passages(released: Released, index: str) -> int:
    folder = PurePosixPath(KEPT_FOLDER, "indexes", index)
    manifests = [
        name
        for name in released.release.held
        if PurePosixPath(name).is_relative_to(folder) and name.endswith(f"/{MANIFEST_FILE}")
    ]
    root = released.session.root
    read = (Manifest.model_validate_json((root / name).read_bytes()) for name in manifests)
    return max((manifest.passages for manifest in read), default=0)


def _listed(lines: tuple[str, ...]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files aside, readable by whoever runs the image, and move them into their place.

    Raises:
        InputError: something stands in their place.
        StoreError: they cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already, and not empty: name a new folder by -o")
    aside = folder / f".{uuid.uuid4().hex}"
    try:
        for name, data in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o644)
        for path in (each for each in aside.rglob("*") if each.is_dir()):
            path.chmod(0o755)
        for path in sorted(aside.iterdir()):
            path.replace(folder / path.name)
        aside.rmdir()
    except OSError as error:
        with suppress(OSError):
            shutil.rmtree(aside)
        raise StoreError(f"{folder}: cannot be written: {error.strerror}") from error
