from pathlib import Path

import pytest

from genaiops.errors import SpecError
from genaiops.project.files import load_project
from genaiops.project.variants import varied_flow
from genaiops.specs.flow import RetrieveNode
from tests.project.build import LIBRARY, build_project

VARIANTS = """\
        variants:
          near: {search: {k: 1, rerank: {by: embedder, keep: 1}}}
          wrong:
            search:
              rerank: {by: embedder}
        """


def test_a_variant_brings_its_values_and_its_places(tmp_path: Path) -> None:
    flow = LIBRARY["flows/assistant/flow.yaml"].rstrip(" ") + VARIANTS
    loaded = load_project(build_project(tmp_path, {"flows/assistant/flow.yaml": flow})).flow(
        "assistant"
    )
    varied = varied_flow(loaded, "near")
    search = varied.spec.nodes["search"]
    assert isinstance(search, RetrieveNode)
    assert search.k == 1
    assert varied.document.places["nodes", "search", "k"].line == 13
    assert varied.document.places["nodes", "search", "query"].line == 4
    assert varied.document.places["nodes", "answer"] == loaded.document.places["nodes", "answer"]


def test_an_override_that_does_not_fit_is_told_in_the_variant(tmp_path: Path) -> None:
    flow = LIBRARY["flows/assistant/flow.yaml"].rstrip(" ") + VARIANTS
    loaded = load_project(build_project(tmp_path, {"flows/assistant/flow.yaml": flow})).flow(
        "assistant"
    )
    with pytest.raises(SpecError, match=r"flow\.yaml:16:7: missing key 'keep'"):
        varied_flow(loaded, "wrong")
