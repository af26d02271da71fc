"""A package makes its metric known by an entry point; what comes with genaiops stays what it is."""

import sys
from pathlib import Path

import pytest

from genaiops.errors import InputError
from genaiops.metrics.catalog import load_metric
from genaiops.metrics.find import find_metric
from genaiops.metrics.installed import installed_metrics
from tests.metrics.packages import install

SOURCE = "def brevity(answer: str) -> float:\n    return 1 / len(answer.split())\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_metric_of_an_installed_package_is_found_by_its_name(site: Path) -> None:
    install(site, "manners_a", SOURCE, {"brevity": "manners_a:brevity"})
    assert find_metric("brevity", {})(answer="one two") == 0.5


def test_listing_imports_nothing(site: Path) -> None:
    install(site, "manners_b", "raise RuntimeError('imported')", {"curt": "manners_b:curt"})
    (found,) = installed_metrics()["curt"]
    assert (found.package, found.target) == ("manners_b", "manners_b:curt")
    assert "manners_b" not in sys.modules


def test_a_package_does_not_change_what_a_name_of_ours_means(site: Path) -> None:
    install(site, "manners_c", SOURCE, {"answer_f1": "manners_c:brevity"})
    assert find_metric("answer_f1", {}) is load_metric("answer_f1")


def test_a_name_of_two_packages_is_refused_and_both_are_told(site: Path) -> None:
    install(site, "manners_d", SOURCE, {"curt": "manners_d:brevity"})
    install(site, "manners_e", SOURCE, {"curt": "manners_e:brevity"})
    with pytest.raises(InputError) as refused:
        find_metric("curt", {})
    assert str(refused.value) == (
        "manners_d and manners_e each register a metric 'curt'; name the function itself: "
        "manners_d:brevity or manners_e:brevity"
    )


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("raise RuntimeError('half installed')", "brevity", "RuntimeError: half installed"),
        ("import not_there_at_all", "brevity", "imports 'not_there_at_all', which is not"),
        (SOURCE, "bravity", "unknown attribute of manners_f 'bravity'; did you mean 'brevity'?"),
        ("brevity = 3", "brevity", "manners_f:brevity is no function"),
    ],
)
def test_a_broken_one_says_of_which_package_it_is(
    site: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, told: str
) -> None:
    monkeypatch.delitem(sys.modules, "manners_f", raising=False)
    install(site, "manners_f", source, {"curt": f"manners_f:{target}"})
    with pytest.raises(
        InputError, match="the metric 'curt' of the installed package manners_f: "
    ) as e:
        find_metric("curt", {})
    assert told in str(e.value)
    monkeypatch.delitem(sys.modules, "manners_f", raising=False)


def test_an_unknown_name_is_told_with_the_nearest_of_all(site: Path) -> None:
    install(site, "manners_g", SOURCE, {"brevity": "manners_g:brevity"})
    with pytest.raises(InputError, match=r"unknown metric 'brevty'; did you mean 'brevity'\?"):
        find_metric("brevty", {})
