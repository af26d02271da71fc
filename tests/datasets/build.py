"""Datasets in a folder, and what is said of them."""

from pathlib import Path

import pytest

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import SpecError


def opened(folder: Path, content: str | bytes, name: str = "d.csv") -> Dataset:
    """A file of this content, opened."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_dataset(path, name)


def faults(folder: Path, content: str | bytes, name: str = "d.csv") -> list[str]:
    """What is wrong with a file of this content."""
    with pytest.raises(SpecError) as caught:
        opened(folder, content, name)
    return [str(fault) for fault in caught.value.faults]


def warnings(folder: Path, content: str | bytes, name: str = "d.csv") -> list[str]:
    """What is to be known of a file of this content, which can be read."""
    return [str(fault) for fault in opened(folder, content, name).warnings]
