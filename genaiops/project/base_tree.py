"""The files of a commit in a temporary folder: as git keeps them, past attributes and filters."""

import hashlib
import shutil
import subprocess
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from genaiops.errors import ExecutionError, InputError
from genaiops.project.git import Git, git_environment
from genaiops.project.git_base import Base
from genaiops.project.root import KEPT_FOLDER

_LINK, _SUBMODULE, _PROGRAM = "120000", "160000", "100755"
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_MOST = 1024


@dataclass(frozen=True, slots=True)
class BaseTree:
    """A project as it was at a commit; `notes` say what of it is not there."""

    root: Path
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    sha: str
    path: PurePosixPath


@contextmanager
def base_tree(root: Path, base: Base) -> Generator[BaseTree | None]:
    """The project of a root at the base, until the end; None where it was not there yet.

    Files are read from the objects of the repository, so nothing in it is written or run.

    Raises:
        InputError: a file of it is not in this repository.
        ExecutionError: git or the disk fails.
    """
    git = Git(root)
    folder = f"{base.commit}:{base.folder.removesuffix('/')}"
    if git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", folder).code:
        yield None
        return
    with TemporaryDirectory(prefix="genaiops-base-") as place:
        # the name of the folder is that of a project without a name of its own
        tree = BaseTree(Path(place).resolve() / root.resolve().name)
        try:
            _unpack(git, folder, base, tree)
        except OSError as error:
            raise ExecutionError(f"{tree.root}: cannot be written: {error.strerror}") from error
        yield tree


def _unpack(git: Git, folder: str, base: Base, tree: BaseTree) -> None:
    tree.root.mkdir()
    entries = list(_entries(git, folder, base))
    submodules = [str(entry.path) for entry in entries if entry.mode == _SUBMODULE]
    if submodules:
        tree.notes.append(f"submodules are empty in {base.shown}: {', '.join(submodules)}")
    blobs = [entry for entry in entries if entry.mode != _SUBMODULE]
    links: list[tuple[Path, bytes]] = []
    with _reading(git) as objects:
        for entry in blobs:
            target = tree.root / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == _LINK:
                links.append((target, b"".join(_content(objects, entry, base))))
                continue
            with target.open("xb") as file:
                for part in _content(objects, entry, base):
                    file.write(part)
            if entry.mode == _PROGRAM:
                target.chmod(0o755)
            _fill_pointer(git, target, entry, base)
    for target, text in links:  # last, so that nothing is written through one
        target.symlink_to(text.decode("utf-8", "surrogateescape"))


def _entries(git: Git, folder: str, base: Base) -> Iterator[_Entry]:
    listed = git.ask("ls-tree", "-r", "-z", "--full-tree", folder)
    if listed.code:
        raise ExecutionError(f"{base.shown} cannot be read: {listed.told}")
    for line in listed.out.split(b"\0"):
        if not line:
            continue
        head, _, name = line.partition(b"\t")
        mode, _, sha = head.decode().split(" ")
        path = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if path.is_absolute() or {"..", ".git"} & set(path.parts):
            raise InputError(f"{base.shown} has a file called {str(path)!r}: it is not unpacked")
        if path.parts[0] == KEPT_FOLDER:  # recorded answers that came with a commit
            continue
        yield _Entry(mode, sha, path)


@contextmanager
def _reading(git: Git) -> Generator[subprocess.Popen[bytes]]:
    """A process that hands out objects, one by one."""
    command = git.command("cat-file", "--batch")
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603  git, with words of our own
        command, env=git_environment(), stdin=pipe, stdout=pipe
    ) as process:
        yield process


def _content(objects: subprocess.Popen[bytes], entry: _Entry, base: Base) -> Iterable[bytes]:
    asked, given = _pipes(objects)
    asked.write(f"{entry.sha}\n".encode())
    asked.flush()
    head = given.readline().split()
    if len(head) != 3:
        raise InputError(
            f"{base.shown}: {str(entry.path)!r} is not in this repository (a partial clone?): "
            f"git fetch --refetch origin"
        )
    left = int(head[2])
    while left:
        part = given.read(min(left, 1 << 20))
        if not part:
            raise ExecutionError(f"{base.shown}: git ended within {str(entry.path)!r}")
        left -= len(part)
        yield part
    given.read(1)  # the line feed behind it


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise ExecutionError("git was started without its pipes")
    return process.stdin, process.stdout


def _fill_pointer(git: Git, target: Path, entry: _Entry, base: Base) -> None:
    """Put the content in the place of a pointer of git LFS, where it is on this machine."""
    if target.stat().st_size > _POINTER_MOST:
        return
    text = target.read_bytes()
    if not text.startswith(_POINTER):
        return
    lines = dict(line.split(" ", 1) for line in text.decode().splitlines() if " " in line)
    sha256 = lines.get("oid", "").removeprefix("sha256:")
    kept = Path(git.said("rev-parse", "--path-format=absolute", "--git-common-dir"))
    own = kept / "lfs/objects" / sha256[:2] / sha256[2:4] / sha256
    for source in (own, git.folder / entry.path):
        if source.is_file() and _sha256(source) == sha256:
            shutil.copyfile(source, target)
            return
    raise InputError(
        f"{base.shown}: git LFS keeps {str(entry.path)!r}, and it is not here: "
        f"git lfs fetch origin {base.commit}"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
