from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.diagnosis import KEYS, Diagnosis, diagnose
from genaiops.project.installation import Installation
from genaiops.project.needs import Missing, ProjectState
from tests.project.build import build_project

pytestmark = pytest.mark.anyio
BARE = Installation(("no-such-package; extra == 'local'", "no-such-package; extra == 'chroma'"))
CATALOG = """\
    models:
      extractive: {provider: extractive}
      other:
        provider: openai
        model: m
        base_url: http://127.0.0.1:1/v1
        api_key: ${env:LIBRARY_KEY}
      small: {provider: local, weights: smollm2-135m}
      taped: {provider: replay, recording: tape.jsonl, model: m}
      chain: {provider: langchain, model: m, model_provider: openai}
    selections:
      answering: {prefer: best_quality, evidence: evals/assistant.yaml}
    """


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GENAIOPS_WEIGHTS", str(tmp_path / "none"))
    for name in ("GENAIOPS_TRUST", *KEYS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


async def diagnosed(
    tmp_path: Path, changes: dict[str, str | bytes | None] | None = None
) -> Diagnosis:
    root = build_project(tmp_path / "project", changes)
    return await diagnose(BARE, root)


async def state(
    tmp_path: Path, changes: dict[str, str | bytes | None] | None = None
) -> ProjectState:
    found = (await diagnosed(tmp_path, changes)).project
    assert found is not None
    return found


def used(model: str) -> dict[str, str | bytes | None]:
    return {
        "catalog.yaml": CATALOG,
        "evals/assistant.yaml": f"""\
        flow: flows/assistant
        dataset: datasets/handbook.jsonl
        model: {model}
        metrics: [answer_f1]
        """,
    }


async def test_a_project_of_data_can_run(tmp_path: Path) -> None:
    found = await state(tmp_path)
    assert found.can_run
    assert found.missing == ()
    assert (found.evals, found.flows) == (("assistant",), ("assistant",))
    assert dict(found.indexes) == {"handbook": "was never built"}


@pytest.mark.parametrize(
    ("model", "what", "remedy"),
    [
        ("other", "model other: LIBRARY_KEY is not set", "export LIBRARY_KEY=…"),
        ("small", "model small: no-such-package is not installed", 'pip install "genaiops[local]"'),
        ("taped", "model taped: there is no file tape.jsonl", "genaiops check"),
        ("answering", "selection 'answering' is not resolved", "genaiops select answering"),
    ],
)
async def test_what_an_evaluation_needs_is_missing_with_its_remedy(
    tmp_path: Path, model: str, what: str, remedy: str
) -> None:
    found = await state(tmp_path, used(model))
    assert Missing(what, remedy, is_needed=True) in found.missing
    assert not found.can_run


async def test_what_is_only_in_the_catalog_stops_nothing(tmp_path: Path) -> None:
    found = await state(tmp_path, used("extractive"))
    assert found.can_run
    assert {missing.remedy for missing in found.missing} >= {
        "genaiops weights pull smollm2-135m",
        "export LIBRARY_KEY=…",
    }


async def test_what_is_not_trusted_is_told(tmp_path: Path) -> None:
    found = await state(tmp_path, used("other"))
    told = [missing.what for missing in found.missing if missing.remedy == "genaiops trust --yes"]
    assert "not trusted yet: reach 127.0.0.1:1" in told


async def test_an_index_for_pdf_or_chroma_needs_an_extra(tmp_path: Path) -> None:
    index = 'sources: [{glob: "datasets/*.pdf"}]\nretrieve: {mode: lexical}\nstore: chroma\n'
    found = await state(tmp_path, {"indexes/handbook.yaml": index})
    assert [missing.remedy for missing in found.missing] == ['pip install "genaiops[chroma]"']


@pytest.mark.parametrize(
    "changes",
    [{"evals/assistant.yaml": "flow: [\n"}, {"flows/assistant/flow.yaml": None}],
    ids=["no YAML", "no flow"],
)
async def test_faults_of_files_are_told_instead(
    tmp_path: Path, changes: dict[str, str | bytes | None]
) -> None:
    found = await state(tmp_path, changes)
    assert found.faults
    assert not found.can_run


async def test_without_a_project_there_is_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    found = await diagnose(BARE, None)
    assert found.project is None
    assert found.keys == {name: name == "OPENAI_API_KEY" for name in KEYS}
    assert found.switches["HTTPS_PROXY"]
    with pytest.raises(InputError, match="there is no project file"):
        await diagnose(BARE, tmp_path / "nowhere")
