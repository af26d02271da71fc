import json

from tests.cli.terminal import Terminal


def test_an_index_is_built_and_stands_fresh(library: Terminal) -> None:
    assert "never built" in library.ok("index", "status")
    told = library.ok("index", "build", "handbook")
    assert "4 documents, 4 passages" in told
    status = library.ok("index", "status", "handbook")
    assert status.split()[:2] == ["handbook", "fresh"]
    assert told.split()[1].rstrip(":") in status
    assert library.ok("index", "status", "indexes/handbook.yaml").split()[1] == "fresh"


def test_a_query_shows_places_ranks_and_text(library: Terminal) -> None:
    done = library("index", "query", "handbook", "delay costs", "-k", "2")
    lines = done.out.splitlines()
    assert "built index handbook: 4 documents" in done.err
    assert lines[0].startswith("1. fees.md [0:")
    assert "lexical #1" in lines[0]
    assert "Each day of delay costs twenty cents." in lines[1]


def test_a_query_as_json_gives_passages(library: Terminal) -> None:
    found = json.loads(library.ok("index", "query", "handbook", "delay", "--json"))
    text = (library.root / "datasets/handbook/fees.md").read_text("utf-8")
    assert text[found[0]["start"] : found[0]["end"]] == found[0]["text"]


def test_a_query_that_finds_nothing_says_so(library: Terminal) -> None:
    done = library("index", "query", "handbook", "xylophone")
    assert (done.code, done.out) == (0, "")
    assert "no passage" in done.err


def test_without_an_index_the_way_to_one_is_told(library: Terminal) -> None:
    (library.root / "indexes/handbook.yaml").unlink()
    assert library.ok("index", "status") == "no index: write indexes/NAME.yaml\n"
