import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("onnxruntime", reason="the local extra is not installed")
pytest.importorskip("tokenizers", reason="the local extra is not installed")

from genaiops.digests import digest
from genaiops.errors import ExecutionError, InputError
from genaiops.models.embed import RUNTIME_VERSION
from genaiops.models.local_embedder import LocalEmbedder
from genaiops.models.weights import WeightsCatalog
from genaiops.specs import catalog

NAME = "all-minilm-l6-v2-int8"
TEXTS = [
    "A man is playing a guitar",
    "Someone plays an instrument",
    "The stock market fell today",
    "x",
    "The meter is read every year in March, and the bill follows within ten working days. " * 12,
    "Größe, 中文, 😀",
    "",
]

pytestmark = [pytest.mark.weights, pytest.mark.anyio]


def make(batch: int = 16) -> LocalEmbedder:
    weights = WeightsCatalog.load(dict(os.environ))
    try:
        model, tokenizer = weights.path(NAME, "model.onnx"), weights.path(NAME, "tokenizer.json")
    except InputError as error:
        pytest.skip(str(error))
    spec = catalog.LocalEmbedder(provider="local", weights=NAME, batch=batch)
    return LocalEmbedder(spec, model, tokenizer, weights.digest(NAME))


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    return make()


async def test_vectors_are_float32_of_length_one(embedder: LocalEmbedder) -> None:
    vectors = await embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


async def test_no_text_gives_no_rows(embedder: LocalEmbedder) -> None:
    assert (await embedder.embed([])).shape == (0, embedder.dimensions)


async def test_likeness_is_that_of_the_published_model(embedder: LocalEmbedder) -> None:
    guitar, instrument, market = await embedder.embed(TEXTS[:3])
    assert guitar @ instrument == pytest.approx(0.67, abs=0.03)
    assert guitar @ market == pytest.approx(-0.05, abs=0.03)


@pytest.mark.slow
async def test_a_vector_is_the_same_bit_by_bit_in_every_batch(embedder: LocalEmbedder) -> None:
    together = await embedder.embed(TEXTS)
    alone = np.vstack([await embedder.embed([text]) for text in TEXTS])
    turned = (await make(batch=3).embed(TEXTS[::-1]))[::-1]
    assert together.tobytes() == alone.tobytes() == turned.tobytes()


async def test_a_text_is_cut_at_256_tokens(embedder: LocalEmbedder) -> None:
    cut, long, longer = await embedder.embed(["word " * 254, "word " * 255, "word " * 900])
    assert cut.tobytes() == long.tobytes() == longer.tobytes()


async def test_half_a_surrogate_pair_is_taken_as_a_replaced_character(
    embedder: LocalEmbedder,
) -> None:
    broken, replaced = await embedder.embed(["a \ud800 b", "a \ufffd b"])
    assert broken.tobytes() == replaced.tobytes()
    assert embedder.token_spans("a \ud800 b") == embedder.token_spans("a \ufffd b")


def test_spans_are_those_of_the_words_and_marks(embedder: LocalEmbedder) -> None:
    text = "Größe: 12 kWh 😀!"
    spans = embedder.token_spans(text)
    assert [text[start:end] for start, end in spans] == [
        "Gr",
        "ö",
        "ße",
        ":",
        "12",
        "kW",
        "h",
        "😀",
        "!",
    ]


def test_spans_of_a_long_text_are_not_cut(embedder: LocalEmbedder) -> None:
    assert len(embedder.token_spans("word " * 1000)) == 1000


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=60))
def test_spans_are_ordered_and_lie_in_the_text(embedder: LocalEmbedder, text: str) -> None:
    spans = embedder.token_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[0] <= after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
async def test_a_damaged_file_is_told_with_its_place(tmp_path: Path, damaged: str) -> None:
    weights = WeightsCatalog.load(dict(os.environ))
    for name in ("model.onnx", "tokenizer.json"):
        try:
            data = b"\xffdamaged" if name == damaged else weights.path(NAME, name).read_bytes()
        except InputError as error:
            pytest.skip(str(error))
        (tmp_path / name).write_bytes(data)
    spec = catalog.LocalEmbedder(provider="local", weights=NAME)
    broken = LocalEmbedder(spec, tmp_path / "model.onnx", tmp_path / "tokenizer.json", "")
    with pytest.raises(ExecutionError, match=f"{damaged}: cannot be loaded: .*weights verify"):
        await broken.embed(["x"])


def test_making_one_loads_no_runtime() -> None:
    code = """
import os, sys
from pathlib import Path
from genaiops.models.local_embedder import LocalEmbedder
from genaiops.specs.catalog import LocalEmbedder as Spec
made = LocalEmbedder(Spec(provider="local", weights="w"), Path("a"), Path("b"), "0")
print(made.identity, *{"onnxruntime", "tokenizers"} & set(sys.modules))
"""
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    identity = digest(["0", "minilm: 256 tokens, masked mean, unit length", RUNTIME_VERSION])
    assert done.stdout.split() == [identity]


async def test_the_identity_is_that_of_the_weights(embedder: LocalEmbedder) -> None:
    assert make(batch=3).identity == embedder.identity
    await embedder.aclose()
    assert (await embedder.embed(["again"])).shape == (1, embedder.dimensions)
