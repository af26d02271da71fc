"""Persons and places that a text names, found by Presidio with a model of spaCy: its door."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from threading import Lock
from typing import Any, Literal, Protocol, cast, get_args

from genaiops.errors import InputError, MissingExtra, suggest
from genaiops.resolve import load_extra
from genaiops.threads import call_in_thread

NamedKind = Literal["person", "location"]
NAMED_KINDS: tuple[NamedKind, ...] = get_args(NamedKind)
SPACY_MODEL = "en_core_web_sm"
"""The smallest English one of spaCy's own."""

_PACKAGE = "presidio_analyzer"
_ENTITIES: Mapping[str, NamedKind] = {kind.upper(): kind for kind in NAMED_KINDS}
_LANGUAGE = "en"
"""Under this name Presidio keeps the one model, whatever its language is."""
_PIECE = re.compile(r".{1,2000}(?:(?<=[.!?\n])(?!\S)|\Z)|.{1,2000}(?!\S)|.{2000}", re.DOTALL)
"""What is read at once, to the end of a sentence or word: time grows with the square of brackets
in a row."""
_PERSONS = frozenset({"PERSON", "PER"})
"""What models of spaCy call persons."""
_TURN = Lock()


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A person or a place, as the text names it."""

    kind: NamedKind
    text: str


class _Result(Protocol):
    entity_type: str
    start: int
    end: int


class _Analyzer(Protocol):
    def analyze(self, text: str, language: str, entities: list[str]) -> Sequence[_Result]: ...


def require_model(spacy_model: str) -> None:
    """Look whether Presidio and a model of spaCy are installed; neither is imported.

    Raises:
        MissingExtra: Presidio is not.
        InputError: the model is not.
    """
    if find_spec(_PACKAGE) is None:
        raise MissingExtra(f"finding a {' or '.join(NAMED_KINDS)}", "pii")
    installed = {
        each.name
        for each in entry_points(group="spacy_models")
        if each.dist is not None and each.dist.name.replace("-", "_") == each.name
    }  # a model in a package of another name spaCy does not find, and Presidio would download
    if spacy_model not in installed:
        raise InputError(
            f"spacy_model: spaCy's model {spacy_model!r} is not installed"
            f"{suggest(spacy_model, installed)}; `python -m spacy download {SPACY_MODEL}` gets the "
            f"small English one"
        )


async def find_named(text: str, spacy_model: str) -> list[NamedEntity]:
    """The persons and places of a text, in their order; read in threads.

    Raises:
        InputError: Presidio or the model is not installed, or the model finds no names.
    """
    found = list[NamedEntity]()
    for piece in _PIECE.findall(text):
        found += await call_in_thread(partial(_named, piece, spacy_model))
    return found


def _named(text: str, spacy_model: str) -> list[NamedEntity]:
    with _TURN:  # spaCy does not say that its models may be used by two threads at once
        analyzer = _analyzer(spacy_model)
        results = analyzer.analyze(text, language=_LANGUAGE, entities=list(_ENTITIES))
    ordered = sorted(results, key=lambda each: (each.start, each.end))
    return [
        NamedEntity(_ENTITIES[each.entity_type], text[each.start : each.end].strip())
        for each in ordered
    ]


@cache
def _analyzer(spacy_model: str) -> _Analyzer:
    """Presidio with its recognizer of names alone, loaded on use: it takes seconds.

    Its others look for what patterns find, and that of e-mail addresses fetches a list of domains.

    Raises:
        InputError: Presidio or the model is not installed, or the model knows no persons.
    """
    require_model(spacy_model)
    presidio: Any = load_extra(_PACKAGE, "pii_leak", "pii")
    engines: Any = load_extra(f"{_PACKAGE}.nlp_engine", "pii_leak", "pii")
    recognizers: Any = load_extra(f"{_PACKAGE}.predefined_recognizers", "pii_leak", "pii")
    engine = engines.SpacyNlpEngine([{"lang_code": _LANGUAGE, "model_name": spacy_model}])
    engine.load()
    labels = {label for pipe in engine.nlp[_LANGUAGE].pipe_labels.values() for label in pipe}
    if not labels & _PERSONS:
        raise InputError(f"spacy_model: {spacy_model!r} finds no persons: name another model")
    registry = presidio.RecognizerRegistry([recognizers.SpacyRecognizer(_LANGUAGE)])
    return cast("_Analyzer", presidio.AnalyzerEngine(registry=registry, nlp_engine=engine))
