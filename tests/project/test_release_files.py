"""The files of a release are all that its flow needs, and nothing that decides no answer."""

from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.project.release_files import flows_below, release_files
from tests.project.conftest import Opened

PLAIN = {
    "genaiops.yaml",
    "catalog.yaml",
    "flows/assistant/flow.yaml",
    "flows/assistant/answer.md",
    "indexes/handbook.yaml",
}
CATALOG = """\
models:
  extractive: {provider: extractive}
  other: {provider: openai, model: m, base_url: https://example.org/v1, api_key: "${env:KEY}"}
  recorded: {provider: replay, recording: evals/recordings/a.jsonl, model: m}
embedders:
  minilm: {provider: local, weights: all-minilm-l6-v2-int8}
selections:
  answering: {prefer: best_quality, evidence: evals/assistant.yaml}
"""
LOCK = """{"format": 1, "selections": {"answering": {"model": "recorded", "selection_digest": "a",
"entry_digest": "b", "evidence_digest": "c"}}}"""
MODEL = "model: extractive"


def _flow(opened: Opened, **changes: str) -> str:
    text = (opened().root / "flows/assistant/flow.yaml").read_text("utf-8")
    for was, now in changes.items():
        text = text.replace({"model": MODEL, "prompt": "prompt: answer.md"}[was], now)
    return text


def test_of_the_catalog_only_what_the_flow_uses(opened: Opened) -> None:
    files = release_files(opened({"catalog.yaml": CATALOG}), "assistant", ())
    assert files.keys() == PLAIN
    assert files["catalog.yaml"].startswith(
        b"models:\n  extractive:\n    provider: extractive\nemb"
    )
    assert files["genaiops.yaml"] == b"name: library\nseed: 0\n"


def test_a_selection_comes_with_its_lock_its_model_and_its_recording(opened: Opened) -> None:
    changes = {
        "catalog.yaml": CATALOG,
        "catalog.lock": LOCK,
        "evals/recordings/a.jsonl": "{}\n",
        "flows/assistant/flow.yaml": _flow(opened, model="model: answering"),
    }
    files = release_files(opened(dict(changes)), "assistant", ())
    assert files.keys() == {*PLAIN, "catalog.lock", "evals/recordings/a.jsonl"}
    assert b"answering" in files["catalog.lock"]
    assert b"recorded:" in files["catalog.yaml"]
    assert b"extractive" not in files["catalog.yaml"]


def test_an_evaluation_comes_with_what_its_gates_compare_with(opened: Opened) -> None:
    session = opened(
        {
            "evals/baselines/assistant.jsonl": "baseline\n",
            "evals/calibrations/assistant.answer_f1.jsonl": "labels\n",
            "evals/baselines/other.jsonl": "another\n",
        }
    )
    assert release_files(session, "assistant", ("assistant",)).keys() == {
        *PLAIN,
        "evals/assistant.yaml",
        "evals/baselines/assistant.jsonl",
        "evals/calibrations/assistant.answer_f1.jsonl",
    }


def test_flows_come_with_those_that_they_run_and_with_prompts_that_stand_elsewhere(
    opened: Opened,
) -> None:
    session = opened(
        {
            "shared/answer.md": "{{ question }}",
            "flows/assistant/flow.yaml": _flow(opened, prompt="prompt: ../../shared/answer.md"),
            "flows/front/flow.yaml": """\
                inputs: {question: string}
                nodes:
                  below: {flow: assistant, with: {question: "${inputs.question}"}}
                outputs: {answer: "${below.answer}"}
                """,
        }
    )
    assert flows_below(session.project, "front") == ("assistant", "front")
    names = release_files(session, "front", ()).keys()
    assert names == {*PLAIN, "flows/front/flow.yaml", "shared/answer.md"}


def test_a_function_comes_with_the_files_that_it_imports_and_the_whole_catalog(
    opened: Opened,
) -> None:
    session = opened(
        {
            "catalog.yaml": CATALOG,
            "evals/recordings/a.jsonl": "{}\n",
            "app.py": "from lib.words import join\n\ndef answer(question): return join(question)\n",
            "lib/__init__.py": "",
            "lib/words.py": "def join(text): return text\n",
            "lib/other.py": "",
        }
    )
    files = release_files(session, "app:answer", ())
    assert files.keys() == {
        "genaiops.yaml", "catalog.yaml", "evals/recordings/a.jsonl", "app.py", "lib/__init__.py",
        "lib/words.py",
    }  # fmt: skip
    assert b"api_key: ${env:KEY}" in files["catalog.yaml"]


def test_a_link_out_of_the_project_is_refused(opened: Opened, tmp_path: Path) -> None:
    session = opened()
    (tmp_path / "secret").write_text("x", "utf-8")
    (session.root / "flows/assistant/link.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(InputError, match="lies outside of the project"):
        release_files(session, "assistant", ())
