"""What an image needs of its surroundings follows from what the flow of its release uses."""

import re
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.packaging import package_release
from genaiops.project.released import Released
from genaiops.project.session import open_session
from genaiops.records.releases import Release
from tests.project.build import build_project

RELEASE = Release(
    flow="assistant",
    files={},
    parts={},
    indexes={"handbook": "a digest"},
    packages={"genaiops": "0.1.0"},
    evals=(),
)
CATALOG = """\
    models:
      extractive: {provider: local, weights: smollm2-135m}
      unused: {provider: openai, model: m, base_url: "https://a.example", api_key: "${env:UNUSED}"}
    embedders:
      minilm: {provider: local, weights: all-minilm-l6-v2-int8}
    """
INDEX = """\
    sources: [{glob: "datasets/handbook/*.md"}]
    embedder: minilm
    store: exact
    """
REMOTE = """\
    models:
      extractive: {provider: openai, model: m, base_url: "https://a.example", api_key: "${env:KEY}"}
    """


def packaged(root: Path, changes: dict[str, str], release: Release = RELEASE) -> Path:
    project = build_project(root / "library", changes)
    session = open_session(project)
    package_release(session, Released(release, session), root / "out")
    return root / "out"


def test_local_models_and_embedders_bring_their_extra_and_their_weights(tmp_path: Path) -> None:
    out = packaged(tmp_path, {"catalog.yaml": CATALOG, "indexes/handbook.yaml": INDEX})
    assert (out / "requirements.txt").read_text("utf-8") == "genaiops[local]==0.1.0\n"
    text = (out / "Dockerfile").read_text("utf-8")
    for name in ("smollm2-135m", "all-minilm-l6-v2-int8"):
        assert f"\nRUN genaiops weights pull {name}\n" in text
    assert "UNUSED" not in (out / "compose.yaml").read_text("utf-8")


def test_a_model_elsewhere_brings_its_key_by_name_and_the_digest_of_what_is_reached(
    tmp_path: Path,
) -> None:
    out = packaged(tmp_path, {"catalog.yaml": REMOTE})
    assert "KEY: ${KEY:?the release reads it}" in (out / "compose.yaml").read_text("utf-8")
    assert "\nENV GENAIOPS_TRUST=" in (out / "Dockerfile").read_text("utf-8")
    assert (out / "requirements.txt").read_text("utf-8") == "genaiops==0.1.0\n"


@pytest.mark.parametrize(
    ("proven", "base"),
    [("3.11", r"FROM python:3\.11(\.\d+)?-slim"), ("3.99", r"FROM python:3\.99-slim")],
)
def test_code_runs_with_the_python_that_it_was_proven_with(
    tmp_path: Path, proven: str, base: str
) -> None:
    release = RELEASE.model_copy(update={"packages": {"genaiops": "0.1.0", "python": proven}})
    text = (packaged(tmp_path, {}, release) / "Dockerfile").read_text("utf-8")
    assert re.search(f"^{base}$", text, re.MULTILINE)


def test_an_index_that_chroma_writes_to_is_refused_and_a_server_of_chroma_is_not(
    tmp_path: Path,
) -> None:
    files = {"catalog.yaml": CATALOG, "indexes/handbook.yaml": INDEX.replace("exact", "chroma")}
    with pytest.raises(InputError, match=r"index handbook is searched by Chroma in a folder"):
        packaged(tmp_path / "folder", files)
    assert not (tmp_path / "folder/out").exists()
    served = INDEX.replace("exact", '{chroma: "http://chroma.example:8000"}')
    out = packaged(tmp_path / "server", {**files, "indexes/handbook.yaml": served})
    assert "genaiops[chroma,local]==" in (out / "requirements.txt").read_text("utf-8")
