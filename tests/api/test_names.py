"""The names of `genaiops` itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import genaiops

HEAVY = {"pydantic", "numpy", "yaml", "aiohttp", "jinja2", "rich", "typer", "asyncio", "sqlite3"}


def test_nothing_heavy_is_loaded_before_a_name_is_used(tmp_path: Path) -> None:
    code = (
        "import json, sys, genaiops; before = set(sys.modules); genaiops.evaluate;"
        "print(json.dumps([sorted(before), sorted(sys.modules)]))"
    )
    out = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    before, after = json.loads(out)
    assert HEAVY.isdisjoint(before)
    assert {"pydantic", "numpy"} <= set(after)
    assert {"typer", "rich", "aiohttp"}.isdisjoint(after)


def test_its_names_are_listed_and_another_is_refused() -> None:
    assert set(genaiops.__all__) <= set(dir(genaiops))
    with pytest.raises(AttributeError, match="has no attribute 'evalute'"):
        genaiops.evalute  # type: ignore[attr-defined]  # noqa: B018  it is the fault
