from datetime import date

import pytest

from genaiops.evaluations.selection import Evidence, choose
from genaiops.specs.catalog import CatalogSpec, SelectionSpec

TODAY = date(2026, 11, 21)
CATALOG = CatalogSpec.model_validate(
    {
        "models": {
            "a": {"provider": "extractive", "licence": "mit", "context_window": 8000},
            "b": {"provider": "extractive", "licence": "mit", "context_window": 4000},
            "c": {"provider": "extractive", "licence": "gpl", "context_window": 9000},
            "d": {"provider": "extractive", "licence": "mit", "retires": "2026-11-21"},
        }
    }
)


def evidence(model: str, **other: object) -> Evidence:
    values: dict[str, object] = {
        "failed": (),
        "unjudged": (),
        "quality": 0.5,
        "usd_per_1k_cases": 1.0,
        "latency_p95_s": 1.0,
        **other,
    }
    return Evidence(model=model, run_digest="r", **values)  # pyright: ignore[reportArgumentType]  test shorthand


def selection(prefer: str = "cheapest_passing", **require: object) -> SelectionSpec:
    return SelectionSpec.model_validate(
        {"prefer": prefer, "evidence": "evals/e.yaml", "require": require}
    )


@pytest.mark.parametrize(
    ("prefer", "chosen"),
    [("cheapest_passing", "b"), ("fastest_passing", "a"), ("best_quality", "c")],
)
def test_the_preference_decides_among_what_fits(prefer: str, chosen: str) -> None:
    found = {
        "a": evidence("a", latency_p95_s=0.1),
        "b": evidence("b", usd_per_1k_cases=0.1),
        "c": evidence("c", quality=0.9),
    }
    choice = choose(selection(prefer), CATALOG, found, TODAY)
    assert (choice.model, choice.evidence) == (chosen, found[chosen])


@pytest.mark.parametrize(
    ("require", "model", "reason"),
    [
        ({"licence": ["mit"]}, "c", "licence gpl is not among mit"),
        ({"context_window": ">=8000"}, "b", "context_window 4000, wanted >=8000"),
        ({"context_window": ">=8000"}, "d", "retired on 2026-11-21"),
        ({"capabilities": ["tools"]}, "a", "does not declare tools"),
        ({"models": ["b"]}, "a", "models a is not among b"),
        ({"region": ["eu"]}, "a", "region not stated is not among eu"),
        ({"usd_per_1k_cases": "<0.5"}, "a", "usd_per_1k_cases 1, wanted <0.5"),
    ],
)
def test_every_exclusion_is_explained(require: dict[str, object], model: str, reason: str) -> None:
    found = {name: evidence(name) for name in "abcd"}
    choice = choose(selection(**require), CATALOG, found, TODAY)
    assert {c.model: c.excluded for c in choice.candidates}[model] == reason


def test_a_model_without_evidence_is_told_how_to_get_some() -> None:
    choice = choose(selection(), CATALOG, {}, TODAY)
    assert (choice.model, choice.evidence) == (None, None)
    assert choice.candidates[0].excluded == "no evidence: genaiops eval evals/e.yaml -m a"


def test_a_model_whose_gates_fail_is_not_cheapest_passing() -> None:
    found = {"a": evidence("a", failed=("f1",)), "b": evidence("b")}
    choice = choose(selection(), CATALOG, found, TODAY)
    assert choice.model == "b"
    assert {c.model: c.excluded for c in choice.candidates}["a"] == "gates not passed: f1"
