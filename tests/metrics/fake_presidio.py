"""A package `presidio_analyzer` that knows two names, where the real one is not wanted."""

from pathlib import Path

from tests.metrics.packages import install

MODEL, NAMELESS = "xx_two_names", "xx_no_names"

_ENGINES = """
from types import SimpleNamespace

loads = []

class SpacyNlpEngine:
    def __init__(self, models):
        self.models = models

    def load(self):
        (model,) = self.models
        loads.append(model["model_name"])
        labels = ["PERSON", "GPE"] if model["model_name"] == "xx_two_names" else ["MONEY"]
        self.nlp = {model["lang_code"]: SimpleNamespace(pipe_labels={"ner": labels})}
"""
_RECOGNIZERS = """
class SpacyRecognizer:
    def __init__(self, supported_language):
        self.supported_language = supported_language
"""
_PRESIDIO = """
import re
import threading
from types import SimpleNamespace

NAMES = {"Ada Lovelace": "PERSON", "Paris": "LOCATION"}
threads, lengths = [], []

class RecognizerRegistry:
    def __init__(self, recognizers):
        self.recognizers = recognizers

class AnalyzerEngine:
    def __init__(self, registry, nlp_engine):
        pass

    def analyze(self, text, language, entities):
        if "boom" in text:
            raise RuntimeError("no such luck")
        threads.append(threading.current_thread())
        lengths.append(len(text))
        return [
            SimpleNamespace(entity_type=kind, start=found.start(), end=found.end())
            for name, kind in reversed(NAMES.items())
            for found in re.finditer(name, text)
            if kind in entities
        ]
"""


def install_fake(folder: Path) -> None:
    """Put it into a folder, with a model that finds names and one that finds none."""
    package = folder / "presidio_analyzer"
    package.mkdir()
    (package / "__init__.py").write_text(_PRESIDIO)
    (package / "nlp_engine.py").write_text(_ENGINES)
    (package / "predefined_recognizers.py").write_text(_RECOGNIZERS)
    for name in (MODEL, NAMELESS):
        install(folder, name, "", {name: name}, "spacy_models")
