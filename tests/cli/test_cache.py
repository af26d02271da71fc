import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.library import CASES
from tests.cli.terminal import Terminal


def stats(library: Terminal) -> dict[str, object]:
    return json.loads(library.ok("cache", "stats", "--json"))


def change(library: Terminal, sql: str) -> None:
    with closing(sqlite3.connect(library.root / ".genaiops/store.sqlite")) as connection:
        connection.execute(sql)
        connection.commit()


def test_what_is_recorded_is_counted_by_model(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("eval", "assistant", "-m", "brief", "-n", "3")
    told = library.ok("cache", "stats")
    assert f"2 runs, {CASES + 3} results, {CASES + 3} recorded calls" in told
    models = stats(library)["models"]
    assert isinstance(models, list)
    assert [(m["model"], m["calls"]) for m in models] == [("brief", 3), ("extractive", CASES)]


def test_a_project_without_a_store_has_nothing_recorded(library: Terminal) -> None:
    assert "0 runs, 0 results, 0 recorded calls" in library.ok("cache", "stats")
    assert "removed 0 calls, 0 left" in library.ok("cache", "prune")
    assert not (library.root / ".genaiops").exists()


def test_calls_of_a_model_are_removed_and_results_stay(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("eval", "assistant", "-m", "brief", "-n", "3")
    asked = library("cache", "prune", "--model", "brief", stdin="n\n")
    assert (asked.code, "nothing was removed" in asked.err) == (2, True)
    assert "removed 3 calls" in library.ok("cache", "prune", "--model", "brief", "--yes")
    assert (stats(library)["calls"], stats(library)["results"]) == (CASES, CASES + 3)


def test_calls_are_removed_by_their_age(library: Terminal) -> None:
    library.ok("eval", "assistant")
    change(library, "UPDATE calls SET made_at = made_at - 31 * 86400 WHERE rowid <= 5")
    told = json.loads(library.ok("cache", "prune", "--older-than", "30d", "--yes", "--json"))
    assert (told["removed"], told["left"]) == (5, CASES - 5)
    assert "0 calls" in library.ok("cache", "prune", "--older-than", "30d", "--yes")


def test_damaged_calls_are_counted_and_removed_without_a_question(library: Terminal) -> None:
    library.ok("eval", "assistant")
    change(library, "UPDATE calls SET completion = completion || ' ' WHERE rowid = 1")
    change(library, "UPDATE calls SET key = CAST(x'ff00' AS TEXT) WHERE rowid = 2")
    done = library("cache", "stats")
    assert "2 calls cannot be read: genaiops cache prune" in done.err
    assert "removed 2 calls" in library.ok("cache", "prune")
    assert stats(library)["damaged_calls"] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--older-than", "soon"), "such as 12h, 30d or 8w"),
        (("--model", "breif"), "did you mean 'brief'?"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    library: Terminal, words: tuple[str, ...], told: str
) -> None:
    library.ok("eval", "assistant", "-m", "brief", "-n", "1")
    done = library("cache", "prune", *words)
    assert (done.code, told in done.err) == (2, True), done
