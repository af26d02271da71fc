import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.models.catalog import Catalog
from genaiops.records import CompletionRequest, Message
from genaiops.specs.catalog import CatalogSpec
from tests.endpoint import DIMENSIONS, KEY, FakeEndpoint

HELLO = CompletionRequest(messages=(Message(role="user", content="hi"),), case_id="a")
ENTRIES: dict[str, object] = {
    "models": {
        "floor": {"provider": "extractive"},
        "taped": {"provider": "replay", "recording": "answers.jsonl", "model": "real"},
        "tiny": {"provider": "local", "weights": "smollm2-135m"},
        "wired": {
            "provider": "openai",
            "model": "fake-1",
            "base_url": "${env:ENDPOINT}",
            "api_key": "${env:WIRED_KEY}",
            "headers": {"X-Team": "${env:TEAM}"},
            "capabilities": ["json_schema"],
        },
    },
    "embedders": {
        "wired": {
            "provider": "openai",
            "model": "fake-e",
            "base_url": "${env:ENDPOINT}",
            "api_key": "${env:WIRED_KEY}",
            "dimensions": DIMENSIONS,
        },
        "mini": {"provider": "local", "weights": "all-minilm-l6-v2-int8"},
    },
    "selections": {"answering": {"prefer": "best_quality", "evidence": "evals/a.yaml"}},
}


def opened(
    root: Path = Path(),
    *,
    entries: dict[str, object] = ENTRIES,
    environment: dict[str, str] | None = None,
    locked: dict[str, str] | None = None,
) -> Catalog:
    spec = CatalogSpec.model_validate(entries)
    return Catalog(spec, root=root, environment=environment or {}, locked=locked or {})


@pytest.mark.anyio
async def test_an_endpoint_gets_its_key_address_and_headers_from_the_environment(
    endpoint: FakeEndpoint,
) -> None:
    environment = {"ENDPOINT": endpoint.url("guarded"), "WIRED_KEY": KEY, "TEAM": "meters"}
    catalog = opened(environment=environment)
    model, embedder = catalog.build_model("wired"), catalog.build_embedder("wired")
    assert (await model.complete(HELLO)).text == "You said: hi"
    assert endpoint.last.headers["X-Team"] == "meters"
    assert (await embedder.embed(["a"])).shape == (1, DIMENSIONS)
    await model.aclose()
    await embedder.aclose()


@pytest.mark.anyio
async def test_a_recording_is_found_from_the_root(tmp_path: Path) -> None:
    line = {"case_id": "a", "model": "real", "text": "Noon."}
    (tmp_path / "answers.jsonl").write_text(json.dumps(line))
    model = opened(tmp_path).build_model("taped")
    assert (await model.complete(HELLO)).text == "Noon."
    assert model.name == "taped"


def test_a_variable_that_is_not_set_is_named_with_its_entry() -> None:
    with pytest.raises(InputError, match=r"model 'wired' needs .* ENDPOINT, .*not set: export"):
        opened().build_model("wired")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("flor", "unknown model or selection 'flor'; did you mean 'floor'"),
        ("answering", "selection 'answering' is not resolved yet: genaiops select answering"),
    ],
)
def test_a_name_that_means_no_model_says_what_to_do(name: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        opened().entry(name)


def test_an_unknown_embedder_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"unknown embedder 'minni'; did you mean 'mini'"):
        opened().build_embedder("minni")


def test_a_selection_means_the_model_that_the_lock_names() -> None:
    catalog = opened(locked={"answering": "floor"})
    assert catalog.model_name("answering") == "floor"
    assert catalog.build_model("answering").name == "floor"


def test_a_lock_on_a_model_that_left_the_catalog_is_refused() -> None:
    with pytest.raises(InputError, match="chose 'gone', which the catalog no longer has"):
        opened(locked={"answering": "gone"}).entry("answering")


def test_weights_that_are_not_here_are_said_with_how_to_get_them(tmp_path: Path) -> None:
    catalog = opened(environment={"GENAIOPS_WEIGHTS": str(tmp_path)})
    with pytest.raises(InputError, match="genaiops weights pull smollm2-135m"):
        catalog.build_model("tiny")
    with pytest.raises(InputError, match="genaiops weights pull all-minilm-l6-v2-int8"):
        catalog.build_embedder("mini")


def test_needs_are_checked_against_what_an_entry_says() -> None:
    catalog = opened()
    catalog.check("wired", ["json_schema"])
    catalog.check("tiny", ["tools"])
    with pytest.raises(InputError, match=r"model 'wired' lacks tools \(its capabilities: json_s"):
        catalog.check("wired", ["tools", "json_schema"])
    with pytest.raises(InputError, match="model 'floor' lacks json_schema"):
        catalog.check("floor", ["json_schema"])


def test_what_is_worth_a_look_is_said() -> None:
    remote = {"provider": "openai", "model": "m", "api_key": "${env:K}"}
    price = {"input_usd_per_mtok": 1, "output_usd_per_mtok": 1}
    models = {
        "old": remote | {"base_url": "https://a.example", "price": price, "retires": "2026-01-01"},
        "soon": remote | {"base_url": "https://a.example", "price": price, "retires": "2026-06-20"},
        "later": remote
        | {"base_url": "https://a.example", "price": price, "retires": "2027-01-01"},
        "open": remote | {"base_url": "http://a.example", "price": price},
        "dear": remote | {"base_url": "https://a.example"},
        "here": remote | {"base_url": "http://127.0.0.1:8080/v1"},
        "chain": {"provider": "langchain", "model": "m", "model_provider": "openai"},
        "told": remote
        | {"base_url": "https://a.example", "price": price, "headers": {"X-Api-Key": "abc"}},
    }
    warnings = opened(entries={"models": models}).warnings(date(2026, 6, 1))
    assert [warning.told for warning in warnings] == [
        "model 'old' is retired since 2026-01-01: choose its successor",
        "model 'soon' retires on 2026-06-20: choose its successor",
        "model 'open' sends its key unencrypted: write https:// in base_url",
        "model 'dear' has no price: the cost of its calls stays unknown",
        "model 'chain' has no price: the cost of its calls stays unknown",
        "model 'told': the header 'X-Api-Key' looks like a literal secret: write ${env:NAME}",
    ]
    assert {warning.section for warning in warnings} == {"models"}


def test_building_one_provider_loads_no_other() -> None:
    code = """
import sys
from pathlib import Path
from genaiops.models.catalog import Catalog
from genaiops.specs.catalog import CatalogSpec
spec = CatalogSpec.model_validate({"models": {"floor": {"provider": "extractive"}}})
Catalog(spec, root=Path(), environment={}, locked={}).build_model("floor")
heavy = {"aiohttp", "xllamacpp", "langchain", "langchain_core", "openai", "onnxruntime"}
print(sorted(heavy & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert ran.stdout == "[]\n"


def test_a_recording_outside_of_the_project_is_not_read(tmp_path: Path) -> None:
    entry = {"provider": "replay", "recording": "../answers.jsonl", "model": "real"}
    spec = CatalogSpec.model_validate({"models": {"taped": entry}})
    (tmp_path / "answers.jsonl").touch()
    catalog = Catalog(spec, root=tmp_path / "project", environment={}, locked={})
    with pytest.raises(InputError, match="lies outside of the project"):
        catalog.build_model("taped")
