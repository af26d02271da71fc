"""What an image is made of, in words of its release."""

import re
from dataclasses import dataclass

PACKAGE = "package"
"""The folder of the release, beside the Dockerfile and in the image."""
STATE = "/var/lib/genaiops"
"""Where a container keeps `.genaiops`: the one folder that it writes to."""
PORT = 8080
TOKEN = "GENAIOPS_TOKEN"  # noqa: S105  the name of a variable
_MARGIN_S = 15


@dataclass(frozen=True, slots=True)
class Image:
    """A release with what it needs of its surroundings.

    `python` is a whole version, such as 3.12.11. `weights` and `variables` are names: the values
    of variables come from whoever runs it, who may leave out `optional` ones. `trust` is the digest
    of what the release may run, reach and read; empty where that is nothing.
    """

    flow: str
    release: str
    python: str
    genaiops: str
    weights: tuple[str, ...]
    variables: tuple[str, ...]
    optional: tuple[str, ...]
    trust: str
    drain_s: float

    @property
    def name(self) -> str:
        """What the image, its service and its volume are called."""
        return re.sub(r"[^a-z0-9]+", "-", self.flow.lower()).strip("-") or "flow"

    @property
    def tag(self) -> str:
        """The image with its release."""
        return f"{self.name}:{self.release}"

    @property
    def grace_s(self) -> int:
        """What an engine waits after SIGTERM: longer than requests may take to their end."""
        return int(self.drain_s) + _MARGIN_S
