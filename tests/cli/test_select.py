import json

from tests.cli.terminal import Terminal


def test_a_selection_is_resolved_by_evidence_and_locked(library: Terminal) -> None:
    assert library("run", "assistant", "-i", "question=x", "-m", "answering").code == 2
    library.ok("eval", "assistant", "-m", "extractive")
    told = library.ok("select", "answering").splitlines()
    assert told[0].split() == ["model", "quality", "$", "per", "1,000", "p95", "why", "not"]
    assert told[1].startswith("extractive  ")
    assert told[2].endswith("licence gpl is not among mit")
    lock = json.loads((library.root / "catalog.lock").read_text("utf-8"))
    assert lock["selections"]["answering"]["model"] == "extractive"
    assert "answering -> extractive" in library.ok("catalog", "list")
    run = library.ok("run", "assistant", "-i", "question=x", "-m", "answering", "--json")
    assert '"model": "extractive"' in run


def test_gates_that_a_selection_does_not_judge_are_named(library: Terminal) -> None:
    library.ok("eval", "assistant", "-m", "extractive")
    done = library("select", "answering")
    assert (
        "not judged, for it needs a baseline: answer_f1 no_worse_than baseline, margin 0.3\n"
        "to judge it: genaiops gate assistant -m extractive\n"
    ) in done.err
    evaluation = library.root / "evals/assistant.yaml"
    text = evaluation.read_text("utf-8").splitlines()
    evaluation.write_text("\n".join(line for line in text if "baseline" not in line), "utf-8")
    assert "not judged" not in library("select", "answering").err


def test_the_best_quality_may_fail_gates_and_then_that_is_said(library: Terminal) -> None:
    evaluation = library.root / "evals/assistant.yaml"
    text = evaluation.read_text("utf-8").replace("at_least: 0.5", "at_least: 0.99")
    evaluation.write_text(text, "utf-8")
    library.ok("eval", "assistant", "-m", "extractive")
    told = library("select", "answering").err
    assert "best_quality asks for no gate; not passed: answer_f1 at_least 0.99\n" in told


def test_a_choice_as_json_has_every_candidate(library: Terminal) -> None:
    none = library("select", "answering", "--json")
    assert (none.code, json.loads(none.out)["model"]) == (2, None)
    library.ok("eval", "assistant", "-m", "extractive")
    found = json.loads(library.ok("select", "answering", "--json"))
    assert (found["selection"], found["model"]) == ("answering", "extractive")
    assert found["gates_not_judged"] == ["answer_f1 no_worse_than baseline, margin 0.3"]
    first, other = found["candidates"]
    assert first.keys() == other.keys()
    assert (first["quality"], first["gates_not_passed"], first["excluded"]) == (1.0, [], None)
    assert (other["model"], other["quality"]) == ("brief", None)
    assert other["excluded"] == "licence gpl is not among mit"


def test_a_check_as_json_tells_whether_the_choice_holds(library: Terminal) -> None:
    done = library("select", "answering", "--check", "--json")
    assert (done.code, json.loads(done.out)["holds"]) == (2, False)
    library.ok("eval", "assistant", "-m", "extractive")
    library.ok("select", "answering")
    assert json.loads(library.ok("select", "answering", "--check", "--json")) == {
        "selection": "answering", "model": "extractive", "holds": True, "problem": None,
    }  # fmt: skip


def test_reasons_break_within_the_terminal(library: Terminal) -> None:
    for command in ((), ("-m", "extractive"), ("-m", "brief")):
        told = library("select", "answering").out.splitlines()
        assert max(map(len, told)) <= 80
        library.ok("eval", "assistant", *command)


def test_without_evidence_nothing_is_locked(library: Terminal) -> None:
    done = library("select", "answering")
    assert done.code == 2
    told = " ".join(done.out.split())
    assert "no evidence: genaiops eval evals/assistant.yaml -m extractive" in told
    assert not (library.root / "catalog.lock").exists()


def test_the_check_tells_when_a_choice_no_longer_holds(library: Terminal) -> None:
    assert "is not resolved: genaiops select" in library("select", "answering", "--check").err
    library.ok("eval", "assistant", "-m", "extractive")
    library.ok("select", "answering")
    assert library.ok("select", "answering", "--check") == "answering -> extractive: holds\n"
    catalog = library.root / "catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("8000", "9000"), "utf-8")
    done = library("select", "answering", "--check")
    assert done.code == 2
    assert "the catalog entry of 'extractive' changed since it was selected" in done.err


def test_evidence_that_got_worse_undoes_a_choice(library: Terminal) -> None:
    catalog = library.root / "catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("[mit]", "[mit, gpl]"), "utf-8")
    library.ok("eval", "assistant", "-m", "extractive")
    library.ok("select", "answering")
    library.ok("eval", "assistant", "-m", "extractive", "--variant", "blind")
    library.ok("eval", "assistant", "-m", "brief")
    done = library("select", "answering", "--check")
    assert done.code == 2
    assert "'extractive' is no longer the choice: 'brief' is" in done.err
