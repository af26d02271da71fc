"""Groundedness by a local model, claim by claim, on the test half of the contrast set.

Each pair is two calls of the model. Those of a model of 1.5 billion parameters take some twenty
minutes of a core, so the weights have to be named: `--judge-weights qwen2.5-coder-1.5b`.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from training.labelled import Answer, Pair, contrast

from agreement.intervals import share
from agreement.row import NotThere, Row
from genaiops.errors import CallError, GenaiopsError
from genaiops.metrics.groundedness import groundedness
from genaiops.models.catalog import Catalog
from genaiops.protocols import Model
from genaiops.records import Passage
from genaiops.specs.catalog import CatalogSpec

BILLIONS = "1.5b"
WANTED = "≥ 0.95"
"""Of a model of 1.5 billion parameters."""


def rows(_data: Path, judge_weights: Path | None) -> Iterator[Row]:
    """The share of pairs whose true sentence the model finds better supported, by kind."""
    if judge_weights is None:
        raise NotThere("name the weights of a local model: --judge-weights qwen2.5-coder-1.5b")
    try:
        found = asyncio.run(_judged(str(judge_weights)))
    except GenaiopsError as error:
        raise NotThere(str(error)) from error
    name = f"groundedness ({judge_weights.name})"
    for kind in (None, *dict.fromkeys(pair.kind for pair, _ in found)):
        points = [points for pair, points in found if kind in {None, pair.kind}]
        value, low, high = share(round(sum(points)), len(points))
        wanted = WANTED if kind is None and name.endswith(f"{BILLIONS})") else None
        where = "contrast set, test split" + (f", {kind}" if kind else "")
        yield Row(name, where, "pairs in the right order", len(points), value, low, high, wanted)


async def _judged(weights: str) -> list[tuple[Pair, float]]:
    """The pairs with 1 for the right order, half for a tie."""
    entry = {"judge": {"provider": "local", "weights": weights, "prefix_cache": True}}
    spec = CatalogSpec.model_validate({"models": entry})
    model = Catalog(spec, root=Path(__file__).parent, environment={}, locked={}).build_model(
        "judge"
    )
    try:
        return [(pair, await _points(pair, model)) for pair in contrast("test")]
    finally:
        await model.aclose()


async def _points(pair: Pair, model: Model) -> float:
    right, wrong = [await _support(each, model) for each in (pair.supported, pair.contradicted)]
    return 1.0 if right > wrong else 0.5 * (right == wrong)


async def _support(answer: Answer, model: Model) -> float:
    """The score; where the model says neither yes nor no, the worst, as gates take it."""
    passages = [
        Passage(document=str(place), start=0, end=len(text), text=text)
        for place, text in enumerate(answer.passages)
    ]
    try:
        return (await groundedness(answer.text, passages, model=model)).value or 0.0
    except CallError:
        return 0.0
