from pathlib import Path

import pytest

from genaiops.errors import InputError, SpecError, TemplateError
from genaiops.flow.compile import compile_flow
from tests.fakes import ScriptedModel
from tests.flow.loading import parts, resources, shipped, spec_of, written

FLOW = """
description: d
inputs: {q: string}
nodes:
  a: {prompt: p.md, model: m, with: {q: "${inputs.q}"}}
  s: {retrieve: handbook, query: "${inputs.q}"}
  p: {python: "n.py:f", with: {x: "${a.text}"}}
outputs: {answer: "${p.output}"}
variants: {v: {a: {model: m2}}}
"""
FILES = {"p.md": "{{ q }}\n", "n.py": "def f(x):\n    return x\n"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "${inputs.q}",
            "${inputs.p}",
            "flow 'f' cannot run:\nnodes.a.with.q: ${inputs.p}: the flow",
        ),
        ("model: m,", "model: mm,", "node 'a': unknown model 'mm'; did you mean 'm'?"),
        ("handbook,", "handbok,", "node 's': unknown index 'handbok'; did you mean 'handbook'?"),
        ("{x: ", "{y: ", "node 'p': n.py:f needs 'x'; it takes no 'y'"),
        ("n.py:f", "n.py:g", "node 'p': unknown attribute of"),
        ("with: {q: ", "with: {question: ", "node 'a': p.md needs 'q', which `with` does not give"),
        ("p.md", "../p.md", "node 'a': '../p.md' lies outside of the project"),
        ("${a.text}", "${a.json}", "${a.json}: p.md has no response_schema, so there is no json"),
        ("query:", "rerank: {by: embedder, keep: 1}, query:", "has no embedder to rerank by"),
        ("query:", "rerank: {by: mm, keep: 1}, query:", "unknown model 'mm'"),
        ("python: ", "flow: ", "node 'p': unknown flow 'n.py:f'"),
    ],
)
def test_what_cannot_run_is_told_when_it_is_compiled(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in FLOW
    with pytest.raises(InputError) as caught:
        written(tmp_path, FLOW.replace(old, new, 1), FILES)
    assert message in str(caught.value)


def test_faults_of_prompt_files_keep_their_own_place(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"^p\.md:2: unknown filter"):
        written(tmp_path, FLOW, {**FILES, "p.md": "a\n{{ q|uper }}"})
    with pytest.raises(SpecError, match=r"^x\.md: there is no such file"):
        written(tmp_path, FLOW.replace("p.md", "x.md"), FILES)


def test_the_digest_covers_graph_prompts_parameters_and_code_but_no_other_variant(
    tmp_path: Path,
) -> None:
    def digest(flow: str = FLOW, **files: str) -> str:
        changed = {name.replace("_", "."): text for name, text in files.items()}
        return written(tmp_path, flow, {**FILES, **changed}).digest

    assert digest() == digest(FLOW.replace("m2", "m3").replace("description: d", "description: e"))
    different = {
        digest(),
        digest(FLOW.replace("model: m,", "model: m, parameters: {seed: 1},")),
        digest(p_md="{{ q }}!"),
        digest(n_py="def f(x):\n    return x * 2\n"),
    }
    assert len(different) == 4


def test_each_file_behind_a_flow_is_a_part_with_its_own_digest(tmp_path: Path) -> None:
    before = written(tmp_path, FLOW, FILES).parts
    after = written(tmp_path, FLOW, {**FILES, "p.md": "{{ q }}!"}).parts
    assert list(before) == ["flow f", "prompt p.md", "python n.py"]
    assert [name for name in before if before[name] != after[name]] == ["prompt p.md"]
    graph = written(tmp_path, FLOW.replace("model: m,", "model: m, timeout_s: 9,"), FILES).parts
    assert [name for name in before if before[name] != graph[name]] == ["flow f"]


def test_the_parts_of_a_sub_flow_are_parts_of_the_flow(tmp_path: Path) -> None:
    (tmp_path / "q.md").write_text("hi", "utf-8")
    below = spec_of('nodes: {b: {prompt: q.md, model: m}}\noutputs: {o: "${b.text}"}')
    flows = {"flows/below": compile_flow("below", below, parts(tmp_path))}
    above = spec_of('nodes: {a: {flow: flows/below}}\noutputs: {o: "${a.o}"}')
    flow = compile_flow("above", above, parts(tmp_path, flows=flows))
    assert set(flow.parts) == {"flow above", "flow below", "prompt q.md"}


def test_a_function_that_is_not_of_the_project_is_a_part_by_its_name(tmp_path: Path) -> None:
    text = 'nodes: {a: {python: "json:dumps", with: {obj: 1}}}\noutputs: {o: "${a.output}"}'
    assert set(written(tmp_path, text, {}).parts) == {"flow f", "python json:dumps"}


def test_a_stand_in_takes_the_place_of_every_prompt_model() -> None:
    other = ScriptedModel(name="other")
    models = {"answering": ScriptedModel(), "other": other}
    flow = shipped("conversation", resources(models, stand_in="other"))
    assert getattr(flow.steps["answer"], "model", None) is other


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f(**rest): ...", "name each argument"),
        ("async def f(run): ...", "name each argument"),
        ("def f(x: 'Nowhere'): ...", "cannot be described: name 'Nowhere' is not defined"),
        ("class C: ...\ndef f(x: C): ...", "cannot be described"),
    ],
)
def test_a_function_that_is_no_tool_is_refused(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "n.py").write_text(source, encoding="utf-8")
    (tmp_path / "p.md").write_text("hi", encoding="utf-8")
    text = 'nodes: {a: {prompt: p.md, model: m, tools: {t: "n.py:f"}}}\noutputs: {o: "${a.text}"}'
    with pytest.raises(InputError) as caught:
        compile_flow("f", spec_of(text), parts(tmp_path))
    assert "tool 't': " in str(caught.value)
    assert message in str(caught.value)
