"""A small version of benchmarks/honesty.py, whose worlds and rules are put to the test as well."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from honesty_table.markdown import percent, tables
from honesty_table.peers import PEERS
from honesty_table.picture import picture
from honesty_table.sequential import LEAST_SAVED, NOISY, races
from honesty_table.table import MARGIN, OURS, Cell, Place, broken_bound, measure, places
from honesty_table.worlds import ACCURACY, WORLDS, World, draw

from tests.pages import DOCS, ROOT

SEED = 3
SCRIPT = ROOT / "benchmarks" / "honesty.py"
SMALL = [place for place in places((30, 100)) if place.drop <= MARGIN]
BY_NAME = {world.name: world for world in WORLDS}


@pytest.mark.parametrize("drop", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_the_truth_of_a_world_is_what_it_is_said_to_be(world: World, drop: float) -> None:
    samples = draw(world, np.random.default_rng(SEED), evaluations=400, cases=300, drop=drop)
    assert samples.baseline.mean() == pytest.approx(ACCURACY, abs=0.005)
    assert samples.differences.mean() == pytest.approx(-drop, abs=0.005)


def test_seventeen_of_a_hundred_answers_differ_where_nothing_changed() -> None:
    samples = draw(
        BY_NAME["noisy"], np.random.default_rng(SEED), evaluations=400, cases=300, drop=0
    )
    assert np.mean(samples.differences != 0) == pytest.approx(0.17, abs=0.005)


def test_a_world_without_noise_changes_only_by_what_breaks() -> None:
    for name in ("sparse", "clustered, sparse"):
        generator = np.random.default_rng(SEED)
        samples = draw(BY_NAME[name], generator, evaluations=50, cases=100, drop=0.05)
        assert set(np.unique(samples.differences)) == {-1.0, 0.0}


def test_documents_that_break_as_wholes_vary_more_than_as_many_cases() -> None:
    for name in ("clustered", "clustered, sparse"):
        generator = np.random.default_rng(SEED)
        samples = draw(BY_NAME[name], generator, evaluations=2000, cases=99, drop=0.05)
        free = samples.differences.var() / 99
        assert samples.differences.mean(1).var() > 1.25 * free


def test_like_evaluations_are_judged_once_and_get_the_same_word() -> None:
    samples = draw(BY_NAME["noisy"], np.random.default_rng(SEED), evaluations=300, cases=30, drop=0)
    distinct, like = samples.distinct()
    assert len(distinct) < 60
    for place in range(len(samples)):
        one, other = samples[place].differences, distinct[like[place]].differences
        assert sorted(one) == sorted(other)


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    return [measure(place, seed=SEED, evaluations=150) for place in SMALL]


@pytest.mark.slow
def test_our_gate_keeps_its_promise_in_every_world(cells: list[Cell]) -> None:
    assert [told for cell in cells if (told := broken_bound(cell))] == []


@pytest.mark.slow
def test_common_rules_break_it(cells: list[Cell]) -> None:
    """So the bound is one that a rule can break."""
    broken = {
        rule
        for cell in cells
        for rule, rates in cell.rates.items()
        if broken_bound(replace(cell, rates={OURS: rates}))
    }
    assert broken == set(PEERS)


@pytest.mark.slow
def test_tables_and_picture_show_every_rule_and_world(cells: list[Cell]) -> None:
    text = tables(cells, [])
    assert text.count("| clustered, sparse | 30 |") == 3
    assert all(f"| {rule} " in text for rule in PEERS)
    drawing = "".join(ET.fromstring(picture(cells)).itertext())  # noqa: S314  our own text
    assert all(word in drawing for word in (*PEERS, OURS, *BY_NAME))


@pytest.mark.slow
def test_stopping_early_saves_what_is_promised() -> None:
    raced = list(races(SEED, 120))
    assert [told for race in raced if (told := race.broken_bound())] == []
    saved = {race.drop: race.saved for race in raced if race.world == NOISY}
    assert saved[0.2] > saved[0.1] > saved[0.05]
    assert set(LEAST_SAVED) <= set(saved)


def test_a_cell_depends_on_the_seed_alone() -> None:
    place = Place(BY_NAME["sparse"], 30, MARGIN)
    one, same, other = (measure(place, seed=seed, evaluations=60) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.0002, "<0.1%"), (0.041, "4.1%"), (0.0996, "10%"), (0.41, "41%"),
     (0.997, "99.7%"), (0.99999, ">99.9%"), (1, "100%")],
)  # fmt: skip
def test_shares_are_rounded_never_to_nothing_or_all(share: float, text: str) -> None:
    assert percent(share) == text


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  ours


@pytest.mark.slow
def test_the_script_writes_both_and_tells_how_much_it_did(tmp_path: Path) -> None:
    done = run("--evaluations", "20", "--cases", "30", "-o", str(tmp_path / "table.md"))
    assert done.returncode == 0, done.stderr
    assert "seed 1: 20 evaluations of each world" in (tmp_path / "table.md").read_text("utf-8")
    assert (tmp_path / "table.svg").is_file()
    assert "0 bounds broken" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--evaluations", "0"), "--evaluations 0: at least 20, fewer show nothing"),
        (("--cases", "12"), "invalid choice: 12 (choose from 30, 100, 300, 1000)"),
        (("--seed", "-1"), "--seed -1: 0 or more"),
        (("-o", "table.html"), "-o table.html: name a .md file in a folder that is there"),
        (("-o", "nowhere/table.md"), "-o nowhere/table.md: name a .md file in a folder"),
    ],
)
def test_the_script_refuses_what_it_cannot_do(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr


def _rows(page: str) -> Iterator[list[str]]:
    """The rows of tables that begin with the name of a world."""
    for line in page.splitlines():
        found = [cell.strip() for cell in line.strip("|").split("|")]
        if re.match(r"\| [a-z, ]+ \| [\d,]+ \|", line):
            yield found


def _share(text: str) -> float:
    return 0.0 if text.startswith("<") else float(text.strip("*%>")) / 100


def test_the_table_in_the_docs_has_every_world_and_keeps_the_bounds() -> None:
    page = (DOCS / "honesty.md").read_text("utf-8")
    errors = [row for row in _rows(page) if len(row) == 3 + len(PEERS)]
    assert {(row[0], row[1]) for row in errors} == {
        (world.name, size) for world in WORLDS for size in ("30", "100", "300", "1,000")
    }
    assert max(_share(row[-1]) for row in errors) <= 0.055
