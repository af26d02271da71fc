import json

from tests.cli.terminal import Terminal


def test_models_are_listed_with_what_is_known(library: Terminal) -> None:
    lines = library.ok("catalog", "list").splitlines()
    assert lines[1].split() == ["extractive", "extractive", "8,000", "1", "2", "mit"]
    assert lines[3] == "answering -> not resolved: genaiops select answering"
    spec = json.loads(library.ok("catalog", "list", "--json"))
    assert set(spec["models"]) == {"extractive", "brief"}


def test_an_entry_is_shown_whole(library: Terminal) -> None:
    shown = json.loads(library.ok("catalog", "show", "brief"))
    assert shown["brief"]["sentences"] == 1
    assert "did you mean 'brief'" in library("catalog", "show", "breif").err


def test_retired_models_are_told(library: Terminal) -> None:
    catalog = library.root / "catalog.yaml"
    text = catalog.read_text("utf-8").replace("licence: gpl", "licence: gpl, retires: 2020-01-31")
    catalog.write_text(text, "utf-8")
    done = library("catalog", "check")
    assert done.code == 0
    assert "'brief'" in done.out
    assert "2020-01-31" in done.out
    assert done.err.startswith("2 models, ")
