from pathlib import Path

import pytest

from genaiops.project.names import Kind, names_of
from tests.project.build import build_project

FLOW = """\
    inputs: {question: string}
    nodes: {answer: {prompt: answer.md, model: extractive, with: {question: "${inputs.question}"}}}
    outputs: {answer: "${answer.text}"}
    variants: {terse: {answer: {prompt: terse.md}}}
    """


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("evals", ("assistant",)),
        ("runs", ("assistant", "last")),
        ("flows", ("assistant",)),
        ("indexes", ("handbook",)),
        ("models", ("extractive",)),
        ("selections", ()),
        ("variants", ("terse",)),
    ],
)
def test_the_names_of_a_project_are_known(
    tmp_path: Path, kind: Kind, names: tuple[str, ...]
) -> None:
    build_project(tmp_path, {"flows/assistant/flow.yaml": FLOW})
    assert names_of(kind, tmp_path / "flows") == names


@pytest.mark.parametrize("text", ["models: [", "nodels: {}", "\x00"])
def test_a_catalog_that_cannot_be_read_has_no_names(tmp_path: Path, text: str) -> None:
    build_project(tmp_path, {"catalog.yaml": text})
    assert names_of("models", tmp_path) == ()
    assert names_of("evals", tmp_path) == ("assistant",)


def test_weights_need_no_project(tmp_path: Path) -> None:
    assert "smollm2-135m" in names_of("weights", tmp_path)
    assert {"answer_f1", "judges/relevance"} <= set(names_of("metrics", tmp_path))
    assert names_of("evals", tmp_path) == ()
