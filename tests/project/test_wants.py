from pathlib import Path

import pytest

from genaiops.digests import digest_bytes
from genaiops.errors import InputError
from genaiops.project.files import load_project
from genaiops.project.wants import (
    Used,
    code_digests,
    used_by_eval,
    used_by_flow,
    used_by_index,
    wants_of,
)
from tests.project.build import build_project

CATALOG = """\
    models:
      extractive: {provider: extractive}
      hosted:
        provider: openai
        model: m
        base_url: http://user@127.0.0.1:8080/v1
        api_key: ${env:API_KEY}
        headers: {x-team: "team ${env:TEAM}"}
      chain: {provider: langchain, model: "anthropic:m", api_key: "${env:CHAIN_KEY}"}
    embedders:
      far: {provider: openai, model: e, dimensions: 8, base_url: "https://e.example.com"}
      near: {provider: local, weights: w}
    selections:
      answering: {prefer: cheapest_passing, evidence: evals/assistant.yaml}
    """
FLOW = """\
    inputs: {question: string}
    nodes:
      clean: {python: "nodes.py:clean", with: {question: "${inputs.question}"}}
      search:
        retrieve: handbook
        query: ${clean.output}
        rerank: {by: "app:order", keep: 2}
      answer:
        prompt: answer.md
        model: answering
        tools: {meter: "tools.py:read"}
        with: {question: "${clean.output}", passages: "${search.passages}"}
    outputs: {answer: "${answer.text}"}
    variants:
      plain: {answer: {model: extractive, tools: null}}
    """


def told(root: Path, used: Used, **lock: str) -> list[str]:
    return [f"{w.kind} {w.name}" for w in wants_of(load_project(root), used, lock)]


def with_code(tmp_path: Path) -> Path:
    changes: dict[str, str | bytes | None] = {
        "catalog.yaml": CATALOG,
        "flows/assistant/flow.yaml": FLOW,
        "flows/assistant/nodes.py": "import shared\ndef clean(question): ...\n",
        "flows/assistant/tools.py": "def read(number): ...\n",
        "app.py": "def order(query, passages): ...\n",
        "shared.py": "",
    }
    return build_project(tmp_path, changes)


def test_a_project_of_data_wants_nothing(tmp_path: Path) -> None:
    project = load_project(build_project(tmp_path))
    used = used_by_eval(project, "assistant") | used_by_index(project, "handbook")
    assert wants_of(project, used, {}) == ()


def test_a_flow_wants_its_code_and_what_its_model_reaches_and_reads(tmp_path: Path) -> None:
    root = with_code(tmp_path)
    used = used_by_flow(load_project(root), "assistant")
    assert told(root, used, answering="hosted") == [
        "file app.py",
        "file flows/assistant/nodes.py",
        "file flows/assistant/tools.py",
        "file shared.py",
        "host 127.0.0.1:8080",
        "variable API_KEY",
        "variable TEAM",
    ]


def test_only_what_the_command_uses_is_wanted(tmp_path: Path) -> None:
    root = with_code(tmp_path)
    project = load_project(root)
    assert "file flows/assistant/tools.py" not in told(
        root, used_by_flow(project, "assistant", variant="plain")
    )
    assert "variable CHAIN_KEY" in told(root, used_by_flow(project, "assistant", model="chain"))
    assert told(root, used_by_index(project, "handbook")) == []


def test_code_is_wanted_by_its_content(tmp_path: Path) -> None:
    root = with_code(tmp_path)
    project = load_project(root)
    (root / "shared.py").write_bytes(b"a = 1\n")
    wants = wants_of(project, used_by_flow(project, "assistant"), {})
    assert {w.sha256 for w in wants if w.name == "shared.py"} == {digest_bytes(b"a = 1\n")}


def test_an_evaluation_wants_the_code_and_the_embedder_of_its_metrics(tmp_path: Path) -> None:
    root = build_project(
        tmp_path,
        {
            "catalog.yaml": CATALOG,
            "app.py": "",
            "evals/assistant.yaml": """\
                flow: flows/assistant
                dataset: datasets/handbook.jsonl
                metrics: ["app:polite", "ast:parse", {similarity: {embedder: far}}]
                """,
        },
    )
    assert told(root, used_by_eval(load_project(root), "assistant")) == [
        "file app.py",
        "function ast:parse",
        "host e.example.com",
    ]


def test_a_python_flow_wants_what_its_code_names(tmp_path: Path) -> None:
    root = build_project(
        tmp_path,
        {
            "catalog.yaml": CATALOG,
            "app.py": "import names\n\nasync def answer(q, run):\n    'chain'\n",
            "names.py": "INDEX = 'handbook'\n",
            "indexes/handbook.yaml": "sources: [{glob: a}]\nretrieve: {mode: lexical}\n"
            "store: {chroma: 'http://chroma:8000'}\n",
        },
    )
    used = used_by_flow(load_project(root), "app:answer")
    assert (used.models, used.indexes) == ({"chain"}, {"handbook"})
    found = told(root, used)
    assert {"file app.py", "host chroma:8000", "variable CHAIN_KEY"} <= {*found}
    assert "variable API_KEY" not in found


def test_a_node_that_takes_the_run_wants_what_its_code_names_too(tmp_path: Path) -> None:
    root = with_code(tmp_path)
    (root / "flows" / "assistant" / "nodes.py").write_text(
        "async def clean(question, run):\n    await run.complete(question, model='chain')\n"
    )
    used = used_by_flow(load_project(root), "assistant")
    assert "chain" in used.models
    assert "variable CHAIN_KEY" in told(root, used)


def test_a_sub_flow_wants_its_own_models_too(tmp_path: Path) -> None:
    above = """\
        nodes: {below: {flow: flows/assistant, with: {question: q}}}
        outputs: {answer: "${below.answer}"}
        """
    root = with_code(tmp_path)
    build_path = root / "flows" / "above" / "flow.yaml"
    build_path.parent.mkdir()
    build_path.write_text(above.replace(" " * 8, ""))
    used = used_by_flow(load_project(root), "above", model="chain")
    assert used.models == {"answering", "chain"}


def test_linked_code_from_outside_is_refused_before_anything_else(tmp_path: Path) -> None:
    root = with_code(tmp_path / "root")
    (tmp_path / "evil.py").write_text("")
    (root / "shared.py").unlink()
    (root / "shared.py").symlink_to(tmp_path / "evil.py")
    project = load_project(root)
    with pytest.raises(InputError, match=r"'shared\.py' lies outside of the project"):
        wants_of(project, used_by_flow(project, "assistant"), {})


def test_each_python_file_that_runs_has_a_digest_and_so_has_what_it_imports(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "words.py": "TONE = 'calm'\n",
        "app.py": "import words\n\ndef answer(question):\n    return words.TONE\n",
    }
    project = load_project(build_project(tmp_path, files))
    assert code_digests(project, used_by_flow(project, "app:answer")) == {
        f"python {name}": digest_bytes(str(text).encode()) for name, text in sorted(files.items())
    }
    assert code_digests(project, used_by_flow(project, "assistant")) == {}


@pytest.mark.parametrize(
    ("metric", "embedders"),
    [
        ("answer_f1", set()),
        ("groundedness", set()),
        ("{groundedness: {embedder: far}}", {"far"}),
        ("similarity", {"far"}),
        ("app:polite", {"far"}),
        ("no_such_metric", set()),
    ],
)
def test_the_only_embedder_is_used_by_metrics_that_need_one(
    tmp_path: Path, metric: str, embedders: set[str]
) -> None:
    catalog = """\
        models: {extractive: {provider: extractive}}
        embedders: {far: {provider: openai, model: e, dimensions: 8, base_url: "https://e.example"}}
        """
    evaluation = f"flow: flows/assistant\ndataset: datasets/handbook.jsonl\nmetrics: [{metric}]\n"
    changes = {"catalog.yaml": catalog, "evals/assistant.yaml": evaluation}
    project = load_project(build_project(tmp_path, changes))
    assert used_by_eval(project, "assistant").embedders == embedders


def test_a_planted_lock_hides_no_model(tmp_path: Path) -> None:
    build_project(tmp_path, {"catalog.yaml": CATALOG})
    used = Used(models=frozenset({"hosted"}))
    assert told(tmp_path, used, hosted="extractive") == told(tmp_path, used)
    assert "host 127.0.0.1:8080" in told(tmp_path, used)


@pytest.mark.parametrize(
    "arguments",
    ["{base_url: 'http://far.example/v1'}", "{client: {azure_endpoint: '//far.example/x'}}"],
)
def test_a_host_among_the_arguments_of_langchain_is_wanted(tmp_path: Path, arguments: str) -> None:
    entry = f"chain: {{provider: langchain, model: 'openai:m', arguments: {arguments}}}"
    build_project(tmp_path, {"catalog.yaml": f"models:\n  {entry}\n"})
    used = Used(models=frozenset({"chain"}))
    assert "host far.example" in told(tmp_path, used)


def test_an_address_from_a_file_of_the_project_is_wanted_by_what_it_says(tmp_path: Path) -> None:
    entry = "far: {provider: openai, model: m, base_url: 'https://${env:HOST}/v1'}"
    build_project(tmp_path, {"catalog.yaml": f"models:\n  {entry}\n"})
    used = Used(models=frozenset({"far"}))
    wants = wants_of(load_project(tmp_path), used, {}, {"HOST": "far.example"})
    assert [str(want) for want in wants] == [
        "reach far.example",
        "read the environment variable HOST",
    ]
