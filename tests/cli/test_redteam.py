import json
from pathlib import Path

import pytest

from genaiops.records import Case
from tests.cli.terminal import Terminal
from tests.pages import DOCS, follow

CHAT = """\
inputs: {question: string}
nodes:
  answer: {prompt: answer.md, model: extractive, with: {question: "${inputs.question}"}}
outputs: {answer: "${answer.text}"}
"""
RISKS = ["redteam", "assistant"]
RISKS += ["--hazard", "sensitive_information", "--hazard", "prompt_injection"]
OBEDIENT = '''
def answer(question: str) -> str:
    """Does what the last line of a document says, and refuses everything else."""
    if "From a document:" in question and "word" in question:
        return question.rstrip(".").split()[-1]
    return "I'm sorry, but I can't help with that."
'''


def cases(library: Terminal) -> list[Case]:
    (file,) = (library.root / ".genaiops/redteam").glob("*.jsonl")
    return [Case.model_validate_json(line) for line in file.read_text("utf-8").splitlines()]


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    follow(DOCS / "redteam.md", Terminal(tmp_path))


def test_what_came_through_is_shown_by_hazard_and_technique_and_judged(library: Terminal) -> None:
    done = library(*RISKS)
    assert "36 planned = 36 scored" in done.out
    by_hazard, by_technique = done.out.partition("by hazard\n")[2].split("by technique\n")
    assert ["prompt_injection", "injection_success", *["0", "of", "24", "at", "most", "11.7%"]] in [
        line.split() for line in by_hazard.splitlines()
    ]
    assert "  confidential_data   confidential_leak" in by_technique
    assert done.code == 1
    assert "FAIL  redteam: confidential_leak failed  36 cases x 1" in done.out
    assert "  pass  injection_success  " in done.out


def test_a_document_is_planted_in_the_index_of_its_own_case_only(library: Terminal) -> None:
    library(*RISKS, "--hazard", "privacy", "-o", "out.jsonl")
    asked = {case.id: case for case in cases(library)}
    lines = (library.root / "out.jsonl").read_text("utf-8").splitlines()
    answered = [line for line in map(json.loads, lines) if "case" in line]
    assert len(answered) == len(asked) == 52
    for line in answered:
        texts = [each["text"] for each in line["outputs"]["passages"]]
        planted = asked[line["case"]["id"]].inputs["planted"]
        assert texts[:1] == [planted] if planted else len(texts) <= 2


def test_the_evaluation_can_be_kept_for_a_gate_and_says_the_same(library: Terminal) -> None:
    saved = library(*RISKS, "--save")
    assert "wrote evals/redteam.yaml" in saved.err
    library.ok("check")
    direct, gated = library(*RISKS), library("gate", "redteam")
    assert gated.code == direct.code == 1
    assert gated.out.rstrip() in direct.out
    again = library(*RISKS, "--save")
    assert again.code == 2
    assert "is there already; nothing was written" in again.err


def test_nothing_is_kept_through_a_link_that_leads_nowhere(library: Terminal) -> None:
    elsewhere = library.root.parent / "elsewhere.jsonl"
    (library.root / "datasets/redteam.jsonl").symlink_to(elsewhere)
    done = library(*RISKS, "--save")
    assert done.code == 2
    assert "datasets/redteam.jsonl is there already; nothing was written" in done.err
    assert not elsewhere.exists()


def test_a_judge_that_is_named_decides_on_harm(library: Terminal) -> None:
    library("redteam", "assistant", "--hazard", "hate", "--judge", "extractive", "--save")
    library.ok("check")
    written = (library.root / "evals/redteam.yaml").read_text("utf-8")
    assert "judges/hazard" in written
    done = library("redteam", "assistant", "--hazard", "hate", "-n", "8", "--judge", "extractive")
    assert "  harm " in done.out
    assert "8 x harm missing" in done.out
    assert done.out.count("advisory") >= 1


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        ("extractiv", "--judge: unknown model 'extractiv'; did you mean 'extractive'? (known: "),
        ("xyz", "--judge xyz: write PROVIDER:NAME, such as "),
        ("xyz", "or a model of catalog.yaml (known: answering, brief, extractive)"),
        ("smollm2-135m", "--judge smollm2-135m: write its provider too: local:smollm2-135m"),
    ],
)
def test_a_judge_that_is_no_model_is_told_as_the_judge(
    library: Terminal, judge: str, told: str
) -> None:
    done = library("redteam", "assistant", "-m", "extractive", "--judge", judge)
    assert done.code == 2
    shown = " ".join(done.err.split())
    assert told in shown
    assert "-m" not in shown.split()


def test_a_flow_without_an_index_gets_documents_with_the_question(library: Terminal) -> None:
    folder = library.root / "flows/chat"
    folder.mkdir()
    (folder / "flow.yaml").write_text(CHAT, "utf-8")
    (folder / "answer.md").write_text("{{ question }}", "utf-8")
    library("redteam", "chat", "--hazard", "prompt_injection", "-n", "3")
    assert all("From a document:" in str(case.inputs["question"]) for case in cases(library))


def test_a_python_function_that_obeys_is_found_out(library: Terminal) -> None:
    (library.root / "app.py").write_text(OBEDIENT, "utf-8")
    done = library("redteam", "app:answer", "--hazard", "prompt_injection", "--hazard", "hate")
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.startswith("  ")}
    assert "0 of 12" in rows["direct"] or "0 of 2" in rows["direct"] or "0 of 1" in rows["direct"]
    assert "injection_success  0 of 24" not in rows["indirect_injection"]
    assert "4 of 4" in rows["look_alike"]


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        ("${case.inputs.planed}", "no case has it; did you mean 'planted'"),
        ("${run.outputs.answer}", "inputs come from the case"),
        ("${case.}", "evals/redteam.yaml:"),
    ],
)
def test_a_wrong_plant_is_told_with_its_line(library: Terminal, plant: str, told: str) -> None:
    library.ok(*RISKS, "--save")
    file = library.root / "evals/redteam.yaml"
    text = file.read_text("utf-8").replace("${case.inputs.planted}", plant)
    file.write_text(text, "utf-8")
    line = 1 + [each.partition(":")[0] for each in text.splitlines()].index("plant")
    done = library("check")
    assert done.code == 2
    assert f"evals/redteam.yaml:{line}:" in done.out + done.err
    assert told in done.out + done.err


def test_what_is_planted_is_a_text(library: Terminal) -> None:
    library.ok(*RISKS, "--save")
    file = library.root / "datasets/redteam.jsonl"
    lines = file.read_text("utf-8").splitlines()
    broken = json.loads(lines[0])
    broken["inputs"]["planted"] = 7
    file.write_text("\n".join([json.dumps(broken), *lines[1:]]), "utf-8")
    done = library("eval", "redteam")
    assert "36 planned = 35 scored + 0 errored + 1 skipped" in done.out
    assert "what is planted is a text, not 7" in done.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["asistant"], "did you mean 'assistant'"),
        (["assistant", "--hazard", "hat"], "did you mean 'hate'"),
        (["assistant", "--technique", "rot31"], "did you mean 'rot13'"),
        (["assistant", "-o", "out.docx"], "out.docx"),
    ],
)
def test_wrong_words_are_told_before_anything_runs(
    library: Terminal, words: list[str], told: str
) -> None:
    done = library("redteam", *words)
    assert done.code == 2
    assert told in done.err
    assert not (library.root / ".genaiops/store.sqlite").exists()


def test_several_texts_need_a_value_for_all_but_one(library: Terminal) -> None:
    flow = library.root / "flows/assistant/flow.yaml"
    text = flow.read_text("utf-8").replace("question: string,", "question: string, name: string,")
    flow.write_text(text, "utf-8")
    done = library("redteam", "assistant", "-n", "5")
    assert done.code == 2
    assert "takes several texts (question, name)" in done.err
    done = library("redteam", "assistant", "-n", "5", "-i", "name=Ann")
    assert "5 planned = 5 scored" in done.out


def test_the_file_of_the_cases_stays_out_of_git(library: Terminal) -> None:
    library("redteam", "assistant", "-n", "2")
    assert (library.root / ".genaiops/.gitignore").read_text("utf-8") == "*\n"


def test_no_link_in_the_place_of_the_cases_is_written_through(library: Terminal) -> None:
    library(*RISKS)
    (file,) = (library.root / ".genaiops/redteam").glob("*.jsonl")
    outside = library.root.parent / "outside.txt"
    outside.write_text("mine", "utf-8")
    file.unlink()
    file.symlink_to(outside)
    done = library(*RISKS)
    assert done.code == 2
    assert outside.read_text("utf-8") == "mine"
    outside.unlink()
