"""The shipped models compare as the docs show: recorded answers, and the real embedder."""

import os
import shlex
import shutil

import pytest

from genaiops.errors import InputError
from genaiops.models.weights import WeightsCatalog
from tests.cli.terminal import Terminal
from tests.pages import PAGES, README, ROOT, Block, blocks, is_as_shown, type_in

PROJECT = ("genaiops.yaml", "catalog.yaml", "flows", "evals", "datasets", "indexes")
SHOWN = [block for page in PAGES for block in blocks(page) if block.mark.startswith("compare ")]
GATED = [block for block in blocks(README) if block.text.startswith("$ genaiops gate assistant")]

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The project that is shipped, trusted, in a folder of its own."""
    try:
        WeightsCatalog.load(dict(os.environ)).path("all-minilm-l6-v2-int8", "model.onnx")
    except InputError as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("example")
    for name in PROJECT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    terminal = Terminal(root)
    terminal.ok("trust", "--yes")
    return terminal


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """What commands printed; the same command runs once for all pages."""
    return {}


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_models_compare_as_the_page_shows(
    example: Terminal, printed: dict[str, str], block: Block
) -> None:
    if block.mark not in printed:
        printed[block.mark] = example.ok(*shlex.split(block.mark))
    assert is_as_shown(printed[block.mark], block.text), printed[block.mark]


@pytest.mark.parametrize("block", GATED, ids=str)
def test_the_example_is_gated_as_the_readme_shows(example: Terminal, block: Block) -> None:
    type_in(example, block)
