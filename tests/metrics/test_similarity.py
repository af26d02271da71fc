import pytest

from genaiops.metrics import Resources
from genaiops.metrics.similarity import similarity
from tests.fakes import HashEmbedder
from tests.metrics.building import bind, case_of, run_of

pytestmark = pytest.mark.anyio


async def test_equal_texts_are_alike_and_others_less() -> None:
    embedder = HashEmbedder()
    assert await similarity("two weeks", ("two weeks",), embedder) == pytest.approx(1)
    assert await similarity("two weeks", ("a month", "two weeks"), embedder) == pytest.approx(1)
    assert 0 <= await similarity("penguins", ("thirty pounds",), embedder) < 0.5


async def test_the_only_embedder_is_handed_in_and_its_identity_counts() -> None:
    first, second = HashEmbedder(name="a"), HashEmbedder(name="b")
    metric = bind("similarity", resources=Resources(embedders={"minilm": first}))
    assert (await metric.score(case_of(), run_of())).value == pytest.approx(1)
    other = bind("similarity", resources=Resources(embedders={"minilm": second}))
    assert metric.info.digest != other.info.digest
