"""The options of the plugin."""

import pytest

MAX_COST = "--genaiops-max-cost"


def add_options(parser: pytest.Parser) -> None:
    """Add --genaiops, and what its evaluations may cost."""
    group = parser.getgroup("genaiops")
    group.addoption("--genaiops", action="store_true", help="collect evals/*.yaml, one item a gate")
    group.addoption(
        MAX_COST, type=float, metavar="USD", help="US dollars at most for each evaluation"
    )


def is_on(config: pytest.Config) -> bool:
    """Whether evaluations are collected."""
    return bool(config.getoption("--genaiops"))


def cap_of(config: pytest.Config) -> float | None:
    """What each evaluation may cost in US dollars; None if that was not said."""
    return config.getoption(MAX_COST)
