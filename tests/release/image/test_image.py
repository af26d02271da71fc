"""The files of an image: as they were written before, and what holds of them whatever they say.

The compose file was held against the schema of the Compose specification, and the Dockerfile
against the validator of dockerfile-utils.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genaiops.release.image import Image, compose_file, dockerfile
from genaiops.specs.load import parse_yaml

GOLDEN = Path(__file__).parents[2] / "golden" / "image"
IMAGE = Image(
    flow="assistant",
    release="ca7d3f7c27e9",
    python="3.12.11",
    genaiops="0.1.0",
    weights=("all-minilm-l6-v2-int8", "smollm2-135m"),
    variables=("OPENAI_API_KEY",),
    optional=("OTEL_EXPORTER_OTLP_ENDPOINT",),
    trust="5f" * 32,
    drain_s=30,
)
BARE = replace(IMAGE, flow="app:answer", weights=(), variables=(), optional=(), trust="")


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile with its words, as an engine reads it."""
    joined = re.sub(r"\\\n\s*", "", text)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    assert all(re.match(r"[A-Z]+ \S", line) for line in lines)
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def service(image: Image) -> dict[str, Any]:
    value: Any = parse_yaml(compose_file(image), "compose.yaml").value
    return value["services"][image.name]


def test_the_dockerfile_is_written_as_before(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "Dockerfile", dockerfile(IMAGE))


def test_the_compose_file_is_written_as_before(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "compose.yaml", compose_file(IMAGE))


@pytest.mark.parametrize("image", [IMAGE, BARE], ids=lambda image: image.flow)
def test_an_image_is_pinned_runs_as_nobody_special_and_asks_for_its_health(image: Image) -> None:
    found = instructions(dockerfile(image))
    names = [name for name, _ in found]
    assert set(names) <= {
        *("FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE"),
        *("STOPSIGNAL", "HEALTHCHECK", "CMD"),
    }
    assert found[0] == ("FROM", "python:3.12.11-slim")
    assert [names.count(name) for name in ("FROM", "USER", "HEALTHCHECK", "CMD")] == [1, 1, 1, 1]
    said = dict(found)
    assert said["USER"] == "10001:10001"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in {"RUN", "COPY"})
    assert json.loads(said["CMD"])[:2] == ["genaiops", "serve"]
    compile(json.loads(said["HEALTHCHECK"].partition("CMD ")[2])[-1], "health", "exec")


def test_what_a_release_does_not_need_is_not_in_its_image() -> None:
    text = dockerfile(BARE)
    assert "GENAIOPS_TRUST" not in text
    assert "weights" not in text
    assert "GENAIOPS_TRUST=5f5f" in dockerfile(IMAGE)


def test_secrets_are_references_and_have_to_be_there_where_the_release_needs_them() -> None:
    environment = service(IMAGE)["environment"]
    assert environment.pop("OTEL_EXPORTER_OTLP_ENDPOINT") == "${OTEL_EXPORTER_OTLP_ENDPOINT:-}"
    assert environment.keys() == {"GENAIOPS_TOKEN", "OPENAI_API_KEY"}
    for name, value in environment.items():
        assert re.fullmatch(rf"\$\{{{name}:\?[^}}$]+\}}", value)


def test_a_container_writes_to_its_volume_alone_and_has_no_privilege() -> None:
    found = service(IMAGE)
    assert found["read_only"] is True
    assert found["volumes"] == ["state:/var/lib/genaiops"]
    assert found["cap_drop"] == ["ALL"]
    assert found["ports"] == ["127.0.0.1:8080:8080"]


@pytest.mark.parametrize("drain_s", [0, 30, 3600, 0.5])
def test_an_engine_waits_longer_than_requests_may_take_to_end(drain_s: float) -> None:
    told = service(replace(IMAGE, drain_s=drain_s))["stop_grace_period"]
    assert int(told.removesuffix("s")) > drain_s


@pytest.mark.parametrize(
    ("flow", "name"), [("assistant", "assistant"), ("app:Answer_2", "app-answer-2"), ("ß", "flow")]
)
def test_an_image_has_a_name_that_engines_take(flow: str, name: str) -> None:
    assert replace(IMAGE, flow=flow).tag == f"{name}:ca7d3f7c27e9"
