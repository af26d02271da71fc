import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest

from genaiops.errors import SpecError
from genaiops.project.scaffold import init
from genaiops.specs.document import Document
from genaiops.specs.load import parse_yaml, read_yaml, validate
from genaiops.specs.schemas import FILES, KINDS, json_schemas, write_schemas

REPOSITORY = Path(__file__).parents[2]
BROKEN = REPOSITORY / "tests" / "golden" / "broken"
SCHEMAS = json_schemas()


def complaints(kind: str, document: Document) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[kind])
    return [error.message for error in validator.iter_errors(document.value)]


def files_of(root: Path) -> Iterator[tuple[str, Path]]:
    for kind, patterns in FILES.items():
        for pattern in patterns:
            for path in sorted(root.glob(pattern)):
                yield kind, path


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_one_of_draft_2020_12(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])
    assert SCHEMAS[kind]["title"] == f"genaiops {kind}"


def test_the_files_of_the_example_keep_to_their_schemas() -> None:
    files = list(files_of(REPOSITORY))
    assert {kind for kind, _ in files} >= {"card"}
    for kind, path in files:
        assert complaints(kind, read_yaml(path, path.name)) == [], path


def test_the_files_of_a_new_project_keep_to_their_schemas(tmp_path: Path) -> None:
    init(tmp_path, "library")
    files = list(files_of(tmp_path))
    assert {kind for kind, _ in files} == set(FILES) - {"judge", "rollout"}
    for kind, path in files:
        assert complaints(kind, read_yaml(path, path.name)) == [], path


def broken_files() -> Iterator[tuple[str, str, Document]]:
    for folder in sorted(BROKEN.iterdir()):
        patterns = {**FILES, "card": ("*.card.yaml",)}
        for kind, path in ((k, p) for k, each in patterns.items() for p in folder.glob(each[0])):
            with suppress(SpecError):  # what is not even YAML
                yield folder.name, kind, read_yaml(path, path.name)


def loads(kind: str, document: Document) -> bool:
    try:
        validate(document, KINDS[kind])
    except SpecError:
        return False
    return True


def test_of_broken_projects_the_schemas_take_each_file_that_the_loader_takes() -> None:
    loaded = [(name, kind, doc) for name, kind, doc in broken_files() if loads(kind, doc)]
    assert len(loaded) > 100
    assert [(n, k) for n, k, doc in loaded if complaints(k, doc)] == []


def test_of_broken_projects_the_schemas_refuse_what_is_wrong_within_a_file() -> None:
    refused = {name for name, kind, doc in broken_files() if complaints(kind, doc)}
    assert refused == {
        "card",
        "empty-file",
        "gate-with-two-rules",
        "judges",
        "literal-secret",
        "non-ascii",
        "reserved-name",
        "rollout-files",
        "selections",
        "several-files",
        "two-kinds-of-node",
        "unknown-key",
        "unknown-provider",
        "wrong-type",
    }


EVAL = "flow: f\ndataset: d\nmetrics: [m]\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("flow", "inputs: {q: string}\nnodes: {a: {python: 'n.py:f'}}\noutputs: {x: y}"),
        (
            "flow",
            "inputs: {q: {type: list, default: null}}\nnodes: {a: {flow: b}}\noutputs: {x: y}",
        ),
        ("flow", "nodes: {a: {retrieve: i, query: q}}\noutputs: {x: {first: [a, b]}}"),
        ("eval", EVAL),
        ("eval", "flow: f\ndataset: d\nmetrics: [m, {n: {as: o, k: 4}}, {metric: p, as: q}]"),
        ("eval", f"{EVAL}gates: [{{metric: m, no_worse_than: baseline, margin: 0.1}}]"),
        ("card", f"name: a\nversion: 1.10\nsource: s\nlicence: mit\nsha256: {'0' * 64}"),
        ("index", "sources: [{glob: a}]\nembedder: e\nstore: {chroma: 'http://x'}"),
        ("prompt-front-matter", "parameters: {temperature: 0}\nresponse_schema: {type: object}"),
    ],
)
def test_what_the_loader_takes_the_schema_takes(kind: str, text: str) -> None:
    document = parse_yaml(text, "f.yaml")
    validate(document, KINDS[kind])
    assert complaints(kind, document) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("project", "nam: x"),
        ("catalog", "models: {a: {provider: opnai}}"),
        ("catalog", "models: {a: {provider: local, weights: w, context: many}}"),
        ("index", "sources: []\nretrieve: {mode: lexical}"),
        ("flow", "inputs: {q: text}\nnodes: {a: {python: 'n.py:f'}}\noutputs: {x: y}"),
        ("flow", "nodes: {inputs: {python: 'n.py:f'}}\noutputs: {x: y}"),
        ("flow", "nodes: {a: {prompt: p, model: m, wiht: {}}}\noutputs: {x: y}"),
        ("eval", f"{EVAL}gates: [{{metric: m, at_least: 0.5, max_cases: 0}}]"),
        ("eval", "flow: f\ndataset: d\nmetrics: [{m: {}, n: {}}]"),
        ("card", "name: a\nversion: 1\nsource: s\nlicence: mit\nsha256: short"),
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(kind: str, text: str) -> None:
    document = parse_yaml(text, "f.yaml")
    assert complaints(kind, document)
    with pytest.raises(SpecError):
        validate(document, KINDS[kind])


def test_keys_carry_their_descriptions() -> None:
    env_file = SCHEMAS["project"]["properties"]["env_file"]
    assert env_file["description"].startswith("A file with environment variables")
    assert "Title" not in json.dumps(SCHEMAS["project"])


def test_schemas_are_written_by_kind(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schemas")
    assert [path.name for path in written] == [f"{kind}.schema.json" for kind in KINDS]
    assert json.loads(written[0].read_text("utf-8")) == SCHEMAS["project"]


def keys_in(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from keys_in(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys_in(part)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_stands_in_the_reference(kind: str) -> None:
    words = set(re.findall(r"\w+", (REPOSITORY / "docs" / "files.md").read_text("utf-8")))
    assert sorted(set(keys_in(SCHEMAS[kind])) - words) == []
