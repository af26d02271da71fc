"""The compose file of a release: it writes to its volume alone, and its secrets are references."""

from pydantic import JsonValue

from genaiops.release.image.image import PORT, STATE, TOKEN, Image
from genaiops.specs.dump import dump_yaml

_LEAD = """\
# Set {names} where you run this, in the environment or in a .env file beside it,
# which is not copied into the image. Then: docker compose up --build --detach
# It answers this machine alone: put a proxy with TLS in front of it, or another port mapping here.
"""


def compose_file(image: Image) -> str:
    """Its text; the values of variables are asked for when it is run."""
    names = (TOKEN, *(name for name in image.variables if name != TOKEN))
    service: JsonValue = {
        "build": ".",
        "image": image.tag,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108  of the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "environment": {
            **{name: _asked(name) for name in names},
            **{name: f"${{{name}:-}}" for name in image.optional},
        },
        "ports": [f"127.0.0.1:{PORT}:{PORT}"],
        "volumes": [f"state:{STATE}"],
        "stop_grace_period": f"{image.grace_s}s",
        "restart": "unless-stopped",
    }
    value: JsonValue = {
        "name": image.name,
        "services": {image.name: service},
        "volumes": {"state": {}},
    }
    return _LEAD.format(names=", ".join(names)) + dump_yaml(value)


def _asked(name: str) -> str:
    told = "a token of 16 or more characters" if name == TOKEN else "the release reads it"
    return f"${{{name}:?{told}}}"
