import json

from tests.cli.terminal import Terminal


def test_an_index_is_built_and_stands_fresh(library: Terminal) -> None:
    assert library.ok("index", "status") == "handbook  never built\n"
    told = library.ok("index", "build", "handbook")
    assert "4 documents, 4 passages" in told
    status = library.ok("index", "status", "handbook")
    assert status.split()[:2] == ["handbook", "fresh"]
    assert told.split()[1].rstrip(":") in status
    assert library.ok("index", "status", "indexes/handbook.yaml").split()[1] == "fresh"


def test_a_status_as_json_tells_what_changed(library: Terminal) -> None:
    (before,) = json.loads(library.ok("index", "status", "--json"))
    assert (before["index"], before["state"], before["digest"]) == ("handbook", "never_built", None)
    library.ok("index", "build", "handbook")
    (library.root / "datasets/handbook/fees.md").write_text("# Fees\n\nNone.\n", "utf-8")
    (after,) = json.loads(library.ok("index", "status", "handbook", "--json"))
    assert after["state"] == "stale"
    assert after["changes"] == {"added": [], "changed": ["fees.md"], "removed": []}
    assert len(after["digest"]) == 64
    assert after["built_at"].endswith("+00:00")
    assert len(after["problems"]) == 1


def test_a_status_fits_the_terminal(library: Terminal) -> None:
    library.ok("index", "build", "handbook")
    for name in ("first", "second", "third"):
        long = f"a-rather-long-name-of-the-{name}-article.md"
        (library.root / "datasets/handbook" / long).write_text("New.\n", "utf-8")
    assert max(map(len, library.ok("index", "status").splitlines())) <= 80


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
