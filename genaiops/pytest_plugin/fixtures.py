"""Fixtures for an evaluation that is written as an ordinary test; loaded when one is asked for."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genaiops.pytest_plugin.options import cap_of

if TYPE_CHECKING:
    from genaiops.api.evaluated import Evaluated


@pytest.fixture(scope="module")
def genaiops_project(request: pytest.FixtureRequest) -> Path:
    """The folder of the project around the test, whatever the working folder is."""
    from genaiops.errors import InputError
    from genaiops.project.root import find_project_file

    try:
        return find_project_file(request.path.parent).parent
    except InputError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def genaiops_evaluate(
    request: pytest.FixtureRequest, genaiops_project: Path
) -> "Callable[..., Evaluated]":
    """`genaiops.evaluate` in the project around the test, within `--genaiops-max-cost`."""
    from genaiops import evaluate

    cap_usd = cap_of(request.config)
    if cap_usd is None:
        return partial(evaluate, project=genaiops_project)
    return partial(evaluate, project=genaiops_project, max_cost=cap_usd)
