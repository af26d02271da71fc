"""The labels of one sample in a file into which several people may write at the same time."""

import fcntl
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.errors import ExecutionError, InputError
from genaiops.project.label_file import Sample, read_labels

Entry = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class KeptLabels:
    """The file of one sample; it is there from its first label on."""

    path: Path
    sample: Sample

    def entries(self) -> list[Entry]:
        """What all people said, in the order in which they did.

        Raises:
            InputError: somebody began the file meanwhile by another draw.
            SpecError: the file holds something else than labels.
        """
        if not self.path.exists():
            return []
        known = read_labels(self.path, str(self.path))
        if known.sample != self.sample:
            raise InputError(
                f"{self.path} was begun meanwhile by another draw: leave by q, and the same "
                "command goes on with that one"
            )
        return [dict(label.row.values) for label in known.labels]

    @contextmanager
    def changing(self) -> Generator[list[Entry]]:
        """What all people said, to be changed and written; nobody else writes meanwhile.

        Raises:
            InputError, SpecError: as `entries`.
            ExecutionError: the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self.path.parent):
                entries = self.entries()
                yield entries
                self._write(entries)
        except OSError as error:
            raise ExecutionError(f"{self.path}: cannot be written: {error.strerror}") from error

    def _write(self, entries: Sequence[Entry]) -> None:
        head = {"sample": self.sample.model_dump(mode="json")}
        text = "".join(f"{canonical_json(line)}\n" for line in [head, *entries])
        aside = self.path.with_suffix(".tmp")
        aside.unlink(missing_ok=True)  # never through a link that stands there
        aside.write_text(text, "utf-8")
        aside.replace(self.path)


def begun_labels(path: Path, wanted: Sample) -> KeptLabels:
    """The file of a sample, by the seed with which it was begun; else a new one.

    Raises:
        InputError: the file holds labels of other answers.
        SpecError: it holds something else than labels.
    """
    if not path.exists():
        return KeptLabels(path, wanted)
    found = read_labels(path, str(path)).sample
    if found is None or found.model_copy(update={"seed": wanted.seed}) != wanted:
        raise InputError(f"{path} holds labels of other answers: name another file by -o FILE")
    return KeptLabels(path, found)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Hold the lock of a folder, which the kernel lets go of when the process ends.

    The folder, because the file in it is another one after each change.
    """
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
