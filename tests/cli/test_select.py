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


def test_without_evidence_nothing_is_locked(library: Terminal) -> None:
    done = library("select", "answering")
    assert done.code == 2
    assert "no evidence: genaiops eval evals/assistant.yaml -m extractive" in done.out
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
