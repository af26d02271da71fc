"""What somebody may do to the file of a chain: a hundred ways, drawn from a seed."""

from collections.abc import Callable, Iterator

import numpy as np

Lines = list[bytes]
Mutation = tuple[str, int, bytes]
"""What was done, the first record that is bad then, counted from 1, and the file."""


def mutations(lines: Lines, count: int, *, seed: int) -> Iterator[Mutation]:
    """So many mutations of a file, of all kinds in turn."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        first, changed = kind(list(lines), rng)
        yield kind.__name__, first, b"".join(changed)


def edit(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """One byte of a record is another one."""
    place = int(rng.integers(len(lines)))
    line = bytearray(lines[place])
    at = int(rng.integers(len(line) - 1))
    line[at] = ord("x") if line[at] != ord("x") else ord("y")
    lines[place] = bytes(line)
    return place + 1, lines


def rename(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """A deed is somebody else's."""
    place = int(rng.integers(len(lines)))
    lines[place] = lines[place].replace(b'"by":"', b'"by":"not ', 1)
    return place + 1, lines


def delete(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """A record within is gone."""
    place = int(rng.integers(len(lines) - 1))
    del lines[place]
    return place + 1, lines


def swap(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """Two records have changed places."""
    one, other = sorted(rng.choice(len(lines), size=2, replace=False).tolist())
    lines[one], lines[other] = lines[other], lines[one]
    return one + 1, lines


def insert(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """A record stands in a second place, too."""
    source, place = rng.integers(len(lines)), int(rng.integers(len(lines)))
    line = lines[int(source)]
    lines.insert(place, line)
    return place + 1 if lines[place] != lines[place + 1] else place + 2, lines


def space(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """A space that changes no value."""
    place = int(rng.integers(len(lines)))
    lines[place] = lines[place].replace(b",", b", ", 1)
    return place + 1, lines


def truncate(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """The end of the file is gone, by whole records: only a kept head tells."""
    place = int(rng.integers(len(lines)))
    return 0, lines[:place]


def cut(lines: Lines, rng: np.random.Generator) -> tuple[int, Lines]:
    """The end of the file is gone, within a record."""
    place = int(rng.integers(len(lines)))
    at = int(rng.integers(1, len(lines[place])))
    return place + 1, [*lines[:place], lines[place][:at]]


KINDS: tuple[Callable[[Lines, np.random.Generator], tuple[int, Lines]], ...] = (
    edit, rename, delete, swap, insert, space, truncate, cut,
)  # fmt: skip
