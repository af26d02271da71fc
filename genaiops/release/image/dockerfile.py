"""The Dockerfile of a release: its files belong to root, and it runs as somebody else."""

import json
from collections.abc import Iterator

from genaiops.release.image.image import PACKAGE, PORT, STATE, Image

_USER = 10001
_ASKS = (
    "import http.client, sys; "
    f"server = http.client.HTTPConnection('127.0.0.1', {PORT}, timeout=4); "
    "server.request('GET', '/healthz'); "
    "sys.exit(server.getresponse().status != 200)"
)
_SERVES = ("genaiops", "serve", "--package", PACKAGE, "--state", STATE, "--host", "0.0.0.0")  # noqa: S104  of the container


def dockerfile(image: Image) -> str:
    """Its text; neither a secret nor a path of this machine is in it."""
    return "\n".join((*_lines(image), ""))


def _lines(image: Image) -> Iterator[str]:
    yield f"# Release {image.release} of {image.flow}, written by genaiops {image.genaiops}."
    yield f"# To build it: docker build -t {image.tag} ."
    yield "# podman and buildah need --format docker, or they leave the health check out."
    yield f"FROM python:{image.python}-slim"
    yield f"RUN useradd --uid {_USER} --no-create-home --shell /usr/sbin/nologin genaiops \\"
    yield f" && install --directory --owner={_USER} --group={_USER} {STATE}"
    yield "WORKDIR /srv/genaiops"
    yield "COPY requirements.txt constraints.txt ./"
    yield "COPY wheels/ wheels/"
    yield (
        "RUN pip install --no-cache-dir --find-links wheels "
        "--constraint constraints.txt --requirement requirements.txt"
    )
    if image.weights:
        yield "ENV GENAIOPS_WEIGHTS=/srv/genaiops/weights"
    for name in image.weights:
        yield f"RUN genaiops weights pull {name}"
    yield f"COPY {PACKAGE}/ {PACKAGE}/"
    if image.trust:
        yield "# The digest of what this release may run, reach and read, and of nothing else."
        yield f"ENV GENAIOPS_TRUST={image.trust}"
    yield f"USER {_USER}:{_USER}"
    yield f"EXPOSE {PORT}"
    yield "STOPSIGNAL SIGTERM"
    yield "HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \\"
    yield f"  CMD {_exec('python', '-c', _ASKS)}"
    yield f"CMD {_exec(*_SERVES)}"


def _exec(*words: str) -> str:
    return json.dumps(words)
